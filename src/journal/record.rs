//! What a journal holds, as values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::stored::Stored;
use crate::core::ids::{ExecutionName, LaunchId};
use crate::core::spec::LaunchSpec;
use crate::core::verdict::{Outcome, ProcessError, Started, Verdict, exit};

/// A batch that is about to begin.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBatch {
    /// Its id.
    pub id: String,
    /// When.
    pub created_at: Timestamp,
    /// The batch file; `None` for stdin.
    pub source: Option<String>,
    /// Digest of the batch file's bytes: `resume` knows by it whether the file is still the same.
    pub digest: Option<String>,
    /// What `resume` has to know of the command line. It must hold no secret.
    pub options: Value,
}

/// A launch that is about to begin, or that exists and is about to be watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLaunch {
    /// What was asked for. Its id is the launch's, and the one that the runner of its first attempt gets.
    pub spec: LaunchSpec,
    /// What the user calls it by.
    pub labels: BTreeMap<String, String>,
    /// Place within the batch, from 0.
    pub position: u32,
    /// When.
    pub created_at: Timestamp,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// When.
    pub at: Timestamp,
    /// Whether a runner was started.
    pub started: Started,
    /// From the start of the launch to the verdict, ms.
    pub elapsed_ms: u64,
    /// The exit code of this launch alone.
    pub exit_code: u8,
    /// The verdict, merged with its diagnosis, if it came to one.
    pub verdict: Option<Verdict>,
    /// Why it did not.
    pub failure: Option<ProcessError>,
}

impl End {
    /// The outcome in one word: the verdict's, or `detached`, `not_started`, `unverified`.
    pub fn outcome(&self) -> String {
        let word = |verdict: &Verdict| serde_json::to_value(verdict.outcome).ok();
        match (self.verdict.as_ref().and_then(word), self.started) {
            (Some(word), _) => word.as_str().unwrap_or_default().to_owned(),
            (None, Started::Yes) if self.exit_code == exit::SUCCESS => "detached".to_owned(),
            (None, Started::No) => "not_started".to_owned(),
            (None, Started::Yes | Started::Unknown) => "unverified".to_owned(),
        }
    }

    /// Whether the launch came to its end. One whose supervision was interrupted did not: it can be gone on with.
    pub fn is_final(&self) -> bool {
        let interrupted = |verdict: &Verdict| verdict.outcome == Outcome::Interrupted;
        !self.verdict.as_ref().is_some_and(interrupted)
    }

    /// The cause in one kebab-case word.
    pub fn category(&self) -> Option<&str> {
        let verdict = self
            .verdict
            .as_ref()
            .and_then(|verdict| verdict.category.as_deref());
        verdict.or(self.failure.as_ref().map(|failure| failure.kind.as_str()))
    }
}

/// How far an attempt came.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptState {
    /// Nothing was sent.
    Planned,
    /// `jobs.run` may have been sent: only a list can tell.
    Intended {
        /// When.
        at: Timestamp,
        /// Without the id: no list can tell.
        bare: bool,
    },
    /// There is an execution.
    Accepted(Accepted),
    /// It is over.
    Ended(Box<End>),
}

/// An execution of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its name.
    pub execution: ExecutionName,
    /// The operation that `jobs.run` answered with.
    pub operation: Option<String>,
    /// When this was learned.
    pub at: Timestamp,
}

/// One attempt of a launch, as it was left.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// The `LIFTOFF_LAUNCH_ID` of its runner.
    pub runner: LaunchId,
    /// How far it came.
    pub state: AttemptState,
    /// The execution, also where it has ended.
    pub accepted: Option<Accepted>,
}

/// One launch, as it was left.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// Its id.
    pub id: LaunchId,
    /// Its batch.
    pub batch: Option<String>,
    /// Its name in the batch.
    pub name: Option<String>,
    /// Place within the batch, from 0.
    pub position: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What was asked for, as far as it is stored.
    pub spec: Stored,
    /// What the user calls it by.
    pub labels: BTreeMap<String, String>,
    /// Its attempts, at least one, in order.
    pub attempts: Vec<Attempt>,
}

impl Launch {
    /// Leaves out the attempts after the one of this runner or execution. The launch's own id means its last.
    pub fn forget_after(&mut self, name: &str) {
        let is_named = |attempt: &Attempt| {
            let execution = attempt.accepted.as_ref().map(|accepted| &accepted.execution);
            attempt.runner.as_str() == name
                || execution
                    .is_some_and(|execution| execution.short() == name || execution.to_string() == name)
        };
        if self.id.as_str() != name
            && let Some(at) = self.attempts.iter().rposition(is_named)
        {
            self.attempts.truncate(at + 1);
        }
    }

    /// The last attempt: the one that counts.
    pub fn last(&self) -> Option<&Attempt> {
        self.attempts.last()
    }
}

/// A batch, as it was left.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// What it began with.
    pub begun: NewBatch,
    /// When it was finished, and the exit code; `None` while there is something to resume.
    pub finished: Option<(Timestamp, u8)>,
    /// Its launches, by position.
    pub launches: Vec<Launch>,
}
