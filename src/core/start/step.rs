//! What a start does next, and how it came out.

use std::sync::Arc;

use tokio::time::Instant;

use crate::core::execution::ExecutionView;
use crate::core::verdict::{ProcessError, Started};

/// Kind of a failure that passes: refused for the rate, or for too many executions, and verified not started.
pub const RATE_LIMITED: &str = "rate-limited";

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartStep {
    /// Send `jobs.run`; `bare` without any override.
    Post {
        /// Without overrides: the permission for them is missing and nothing needs them.
        bare: bool,
    },
    /// List the job's executions, completely, and look for ours.
    List,
    /// Wait until then.
    WaitUntil(Instant),
    /// It is over.
    Done(StartEnd),
}

/// How a start came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartEnd {
    /// There is an execution.
    Running {
        /// Its reading.
        execution: Arc<ExecutionView>,
        /// The operation that `jobs.run` answered with.
        operation: Option<String>,
        /// It was found in the list.
        adopted: bool,
        /// It runs without our launch id.
        bare: bool,
    },
    /// There is none, or that cannot be told.
    Failed(StartFailure),
}

/// Why no runner was started, or why that cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StartFailure {
    /// Kebab-case kind, such as `no-such-job`.
    pub kind: &'static str,
    /// What happened, to what.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The exit code that says so.
    pub exit_code: u8,
    /// Whether a runner was started.
    pub started: Started,
}

impl StartFailure {
    /// As events and the summary tell it.
    pub fn error(&self) -> ProcessError {
        ProcessError {
            kind: self.kind.to_owned(),
            message: self.message.clone(),
            hint: self.hint.clone(),
            details: Vec::new(),
        }
    }

    /// Cloud Run refused for the rate or for too many executions, and nothing was started: that passes.
    pub fn is_crowded_out(&self) -> bool {
        self.kind == RATE_LIMITED && self.started == Started::No
    }
}
