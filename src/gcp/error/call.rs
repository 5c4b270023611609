//! The calls that Liftoff makes, and what each needs.

use super::super::endpoints::Api;

/// One method of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `jobs.run`
    RunJob,
    /// `jobs.run` with `validateOnly`
    ValidateRun,
    /// `jobs.get`
    GetJob,
    /// `executions.get`
    GetExecution,
    /// `executions.list`
    ListExecutions,
    /// `executions.cancel`
    CancelExecution,
    /// `tasks.list`
    ListTasks,
    /// `operations.get`
    GetOperation,
    /// `operations.wait`
    WaitOperation,
    /// `entries.list`
    ListEntries,
    /// `customJobs.list`
    ListCustomJobs,
    /// `customJobs.get`
    GetCustomJob,
    /// `customJobs.cancel`
    CancelCustomJob,
}

const RUN_VIEWER: &str = "roles/run.viewer";

impl Call {
    /// The API that it belongs to.
    pub fn api(self) -> Api {
        match self {
            Self::ListEntries => Api::Logging,
            Self::ListCustomJobs | Self::GetCustomJob | Self::CancelCustomJob => Api::Vertex,
            _ => Api::Run,
        }
    }

    /// Whether the server may keep it open for long before it answers.
    pub(in crate::gcp) fn is_held(self) -> bool {
        self == Self::WaitOperation
    }

    /// What it does to its target: "cannot … projects/p/…".
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::RunJob => "start",
            Self::ValidateRun => "validate a run of",
            Self::GetJob | Self::GetExecution | Self::GetOperation | Self::GetCustomJob => "read",
            Self::ListExecutions => "list the executions of",
            Self::CancelExecution | Self::CancelCustomJob => "cancel",
            Self::ListTasks => "list the tasks of",
            Self::WaitOperation => "wait for",
            Self::ListEntries => "read the log of",
            Self::ListCustomJobs => "list the custom jobs of",
        }
    }

    /// The IAM permission that it needs.
    pub fn permission(self) -> &'static str {
        self.needs().0
    }

    /// A predefined role that has the permission.
    pub(super) fn role(self) -> &'static str {
        self.needs().1
    }

    fn needs(self) -> (&'static str, &'static str) {
        match self {
            Self::RunJob | Self::ValidateRun => ("run.jobs.run", "roles/run.jobsExecutorWithOverrides"),
            Self::GetJob => ("run.jobs.get", RUN_VIEWER),
            Self::GetExecution => ("run.executions.get", RUN_VIEWER),
            Self::ListExecutions => ("run.executions.list", RUN_VIEWER),
            Self::CancelExecution => ("run.executions.cancel", "roles/run.developer"),
            Self::ListTasks => ("run.tasks.list", RUN_VIEWER),
            Self::GetOperation | Self::WaitOperation => ("run.operations.get", RUN_VIEWER),
            Self::ListEntries => ("logging.logEntries.list", "roles/logging.viewer"),
            Self::ListCustomJobs => ("aiplatform.customJobs.list", "roles/aiplatform.viewer"),
            Self::GetCustomJob => ("aiplatform.customJobs.get", "roles/aiplatform.viewer"),
            Self::CancelCustomJob => ("aiplatform.customJobs.cancel", "roles/aiplatform.user"),
        }
    }
}
