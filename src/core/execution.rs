//! A Cloud Run execution, as far as judging it goes.

use jiff::Timestamp;

use super::ids::ExecutionName;

/// What an execution's `Completed` condition says (Cloud Run Admin API v2, `Execution.conditions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecutionState {
    /// Not started yet; also while its start is delayed (`DELAYED_START_PENDING`).
    Pending,
    /// Started.
    Running,
    /// A cancel was asked for: not an end, whatever the condition's state reads.
    Cancelling,
    /// Every task succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// Someone cancelled it.
    Cancelled,
    /// Someone deleted it (reason `DELETED`, or 404 after it had been seen).
    Deleted,
    /// A state that this version does not know: not an end.
    Unknown(String),
}

impl ExecutionState {
    /// Whether no further change is possible.
    pub fn is_end(&self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::Deleted
        )
    }

    /// The state in one lowercase word.
    pub fn word(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
            Self::Unknown(word) => word,
        }
    }
}

/// One reading of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionView {
    /// Its name.
    pub name: ExecutionName,
    /// Its uid: names may be reused after a deletion, uids are not.
    pub uid: String,
    /// When it was created, by the server's clock.
    pub create_time: Option<Timestamp>,
    /// When its first task started.
    pub start_time: Option<Timestamp>,
    /// When it ended.
    pub completion_time: Option<Timestamp>,
    /// When it last changed: an older reading never moves a state back.
    pub update_time: Option<Timestamp>,
    /// What its `Completed` condition says.
    pub state: ExecutionState,
    /// `executionReason`, or the common `reason`, of that condition.
    pub reason: Option<String>,
    /// That condition's message.
    pub message: Option<String>,
    /// Tasks now running.
    pub running: u32,
    /// Tasks that succeeded.
    pub succeeded: u32,
    /// Tasks that failed.
    pub failed: u32,
    /// Tasks that were cancelled.
    pub cancelled: u32,
    /// Retries so far.
    pub retried: u32,
    /// Tasks in all.
    pub tasks: u32,
    /// `template.maxRetries`; 3, Cloud Run's default, where the answer has none.
    pub max_retries: u32,
    /// Console link to its log.
    pub log_uri: Option<String>,
    /// `LIFTOFF_LAUNCH_ID` in its container environment.
    pub launch_id: Option<String>,
}

#[cfg(test)]
impl ExecutionView {
    /// An execution of which nothing is known but this.
    pub(crate) fn bare(name: ExecutionName, state: ExecutionState) -> Self {
        Self {
            name,
            uid: String::new(),
            create_time: None,
            start_time: None,
            completion_time: None,
            update_time: None,
            state,
            reason: None,
            message: None,
            running: 0,
            succeeded: 0,
            failed: 0,
            cancelled: 0,
            retried: 0,
            tasks: 1,
            max_retries: 0,
            log_uri: None,
            launch_id: None,
        }
    }
}

/// One attempt's result of one task (`Task.lastAttemptResult`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskView {
    /// Index of the task.
    pub index: u32,
    /// How often it was retried.
    pub retried: u32,
    /// Exit code of the last attempt; absent where the container could not exit cleanly.
    pub exit_code: Option<i32>,
    /// Signal that ended the last attempt.
    pub term_signal: Option<i32>,
    /// What Cloud Run says about it.
    pub message: Option<String>,
}
