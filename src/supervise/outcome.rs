//! How a launch ended, for the process that has to exit.

use jiff::Timestamp;

use crate::core::ids::ExecutionName;
use crate::core::start::StartFailure;
use crate::core::verdict::{ProcessError, Retry, Started, Verdict, exit};
use crate::journal::End;

/// One launch at its end.
#[derive(Clone, Debug)]
pub struct LaunchEnd {
    /// The launch.
    pub launch: String,
    /// Its name in a batch.
    pub name: Option<String>,
    /// Which try it was, from 1.
    pub attempt: u32,
    /// From the start of the launch to the verdict, ms.
    pub elapsed_ms: u64,
    /// The verdict, if it came to one.
    pub verdict: Option<Verdict>,
    /// Why it did not.
    pub failure: Option<StartFailure>,
    /// Whether a runner was started.
    pub started: Started,
    /// The runner, as far as it is known to be alive still.
    pub runner: Option<ExecutionName>,
}

impl LaunchEnd {
    /// The exit code of this launch alone.
    pub fn exit_code(&self) -> u8 {
        let by_failure = self.failure.as_ref().map(|failure| failure.exit_code);
        // A detached launch ends well without a verdict.
        self.verdict
            .as_ref()
            .map(|verdict| verdict.exit_code)
            .or(by_failure)
            .unwrap_or(exit::SUCCESS)
    }

    /// Nothing was started because Cloud Run refused for the rate or for too many executions: that passes.
    pub fn is_crowded_out(&self) -> bool {
        self.failure.as_ref().is_some_and(StartFailure::is_crowded_out)
    }

    /// Whether to run it again.
    pub fn retry(&self) -> Retry {
        match (self.started, self.exit_code()) {
            (Started::No, exit::NOT_STARTED) => Retry::Safe,
            (_, exit::SUCCESS) | (Started::No, _) | (Started::Yes, exit::FAILED | exit::CANCELLED) => {
                Retry::Pointless
            }
            (Started::Yes | Started::Unknown, _) => Retry::Unsafe,
        }
    }

    /// What the journal says of it.
    pub(super) fn record(&self, at: Timestamp) -> End {
        End {
            at,
            started: self.started,
            elapsed_ms: self.elapsed_ms,
            exit_code: self.exit_code(),
            verdict: self.verdict.clone(),
            failure: self.error(),
        }
    }

    /// What the summary says of a launch without a verdict.
    pub fn error(&self) -> Option<ProcessError> {
        self.failure.as_ref().map(StartFailure::error)
    }
}

/// The worst exit code of several launches, in the order 0, 6, 3, 5, 1, 9, 8, 4, 2, 7; an interruption outranks them.
pub fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    const ORDER: [u8; 13] = [0, 6, 3, 5, 1, 9, 8, 4, 2, 7, 129, 143, 130];
    let rank = |code: &u8| ORDER.iter().position(|known| known == code).unwrap_or(9);
    codes.into_iter().max_by_key(rank).unwrap_or(exit::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_code_is_by_the_contracts_order_not_by_number() {
        assert_eq!(worst([0, 6, 3]), 3);
        assert_eq!(worst([1, 5, 3]), 1);
        assert_eq!(worst([9, 8, 1]), 8);
        assert_eq!(worst([2, 4, 8]), 2);
        assert_eq!(worst([7, 2]), 7);
        assert_eq!(worst([]), 0);
    }
}
