//! The one final word on a launch.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evidence::Evidence;
use super::ids::{CustomJobName, ExecutionName};
use super::job::JobState;
use super::spec::Goal;

/// How a launch came out. Serialised in lowercase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The goal was reached.
    Success,
    /// It cannot be reached any more.
    Failure,
    /// Someone cancelled or deleted the execution or the job.
    Cancelled,
    /// The deadline passed.
    Timeout,
    /// Sight was lost, or ownership is unclear.
    Undetermined,
    /// This process was told to stop.
    Interrupted,
}

/// By which way the verdict was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Our job is in a state that is not an end.
    JobActive,
    /// Our job succeeded.
    JobSucceeded,
    /// The runner's log proves the submission.
    LogSubmitted,
    /// The runner ended well and nothing better could be asked.
    ExecutionCompleted,
    /// A fatal line of the log.
    LogFatal,
    /// Our job failed.
    JobFailed,
    /// The execution failed.
    ExecutionFailed,
    /// Our job was cancelled.
    JobCancelled,
    /// The execution was cancelled or deleted.
    ExecutionCancelled,
    /// The deadline passed.
    Timeout,
    /// No live source can reach the goal.
    SourcesLost,
    /// Two jobs match, or an unmarked one may be ours.
    Ambiguous,
    /// The job is not the one that the user named.
    OtherRun,
    /// The runner ended well and no job of this launch exists; or the start itself could not be verified.
    Unverified,
    /// A signal ended the supervision.
    Interrupted,
}

/// A `google.rpc.Status`, cut down to what people need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ApiStatus {
    /// Numeric `google.rpc.Code`, or the HTTP status of a failed call.
    pub code: i32,
    /// What the API says.
    pub message: String,
}

/// Where to look next. Each is a URL or null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Links {
    /// The execution in the console.
    pub execution: Option<String>,
    /// Its log in the console.
    pub logs: Option<String>,
    /// The custom job in the console.
    pub custom_job: Option<String>,
    /// The run in W&B.
    pub wandb: Option<String>,
}

/// The verdict on one launch. Given once; its outcome, path and exit code never change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// How it came out.
    pub outcome: Outcome,
    /// By which way.
    pub path: Path,
    /// The process's exit code for this launch.
    pub exit_code: u8,
    /// The goal that was asked for.
    pub until: Goal,
    /// Whether a success is certain; null unless success.
    pub confirmed: Option<bool>,
    /// Kebab-case cause; null for a success. May become more specific in the diagnosis.
    pub category: Option<String>,
    /// One line.
    pub summary: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The execution.
    #[schemars(with = "Option<String>")]
    pub execution: Option<ExecutionName>,
    /// Our custom job, or the one that the log names.
    #[schemars(with = "Option<String>")]
    pub custom_job: Option<CustomJobName>,
    /// Short name of the execution that submitted it, where that is another than this launch's: runners of one queue take
    /// each other's items.
    pub submitted_by: Option<String>,
    /// Its state, as last read.
    #[schemars(with = "Option<String>")]
    pub job_state: Option<JobState>,
    /// Region of the execution.
    pub region: String,
    /// Region where the job was looked for.
    pub vertex_region: String,
    /// The API's own error.
    pub error: Option<ApiStatus>,
    /// Where to look.
    pub links: Links,
    /// At most 20 pieces, the deciding one last.
    pub evidence: Vec<Evidence>,
    /// How many there were.
    pub evidence_total: usize,
}

/// What was found out after a failure. Refines category, summary and hint; changes nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Diagnosis {
    /// The most specific category known.
    pub category: Option<String>,
    /// One line.
    pub summary: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Documentation.
    pub doc: Option<String>,
    /// Exit code of the runner's task.
    pub task_exit_code: Option<i32>,
    /// Signal that ended the runner's task.
    pub task_signal: Option<i32>,
    /// The runner's last lines that say something, sanitised and redacted, oldest first.
    pub last_lines: Vec<String>,
    /// The API's own error.
    pub error: Option<ApiStatus>,
    /// What is weaker than it should be (`the log could not be read after …`).
    pub notes: Vec<String>,
}

/// Whether a runner was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Started {
    /// Verified: none.
    No,
    /// Yes.
    Yes,
    /// It cannot be told.
    Unknown,
}

/// Whether running the same command again is a good idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Retry {
    /// Nothing was started.
    Safe,
    /// A second runner might be billed.
    Unsafe,
    /// The cause has to be fixed first, or there is nothing left to do.
    Pointless,
}

/// A launch's verdict merged with its diagnosis, as the summary lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Final {
    /// The launch.
    pub launch: String,
    /// Its name in a batch.
    pub name: Option<String>,
    /// From the start of the launch to the verdict, ms.
    pub elapsed_ms: Option<u64>,
    /// The verdict, refined by the diagnosis.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// A launch that came to no verdict, because its runner was not started, or cannot be said to have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NotStarted {
    /// The launch.
    pub launch: String,
    /// Its name in a batch.
    pub name: Option<String>,
    /// The exit code that says so.
    pub exit_code: u8,
    /// Whether a runner was started.
    pub started: Started,
    /// Why.
    #[serde(flatten)]
    pub error: ProcessError,
}

/// The last line of every process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Summary {
    /// The process's exit code.
    pub exit_code: u8,
    /// Whether a runner was started.
    pub started: Started,
    /// Whether to run it again.
    pub retry: Retry,
    /// What went wrong outside any launch (usage, configuration, credentials); null otherwise.
    pub error: Option<ProcessError>,
    /// The verdicts.
    pub launches: Vec<Final>,
    /// The launches that came to none, because their runner was not started, or cannot be said to have been.
    pub not_started: Vec<NotStarted>,
    /// Number of launches by outcome, and of API requests by source.
    #[schemars(with = "std::collections::BTreeMap<String, Value>")]
    pub counts: serde_json::Map<String, Value>,
}

/// One of several things that are wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ErrorDetail {
    /// The file.
    pub file: Option<String>,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// The field, such as `region` or `env.SEED`.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for ErrorDetail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: {}", self.message),
            (Some(file), None) => write!(f, "{file}: {}", self.message),
            (None, _) => f.write_str(&self.message),
        }
    }
}

/// Why a process ended without a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProcessError {
    /// Kebab-case kind, such as `no-credentials`.
    pub kind: String,
    /// What happened, to what.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The single mistakes, where there are several or they have places; else empty.
    #[serde(default)]
    pub details: Vec<ErrorDetail>,
}

/// Exit codes (a contract: see the README's table).
pub mod exit {
    /// Goal reached.
    pub const SUCCESS: u8 = 0;
    /// The launch failed.
    pub const FAILED: u8 = 1;
    /// Usage, configuration, no such job.
    pub const USAGE: u8 = 2;
    /// Timed out.
    pub const TIMEOUT: u8 = 3;
    /// Refused before anything started.
    pub const REFUSED: u8 = 4;
    /// Undetermined.
    pub const UNDETERMINED: u8 = 5;
    /// Cancelled or deleted by someone.
    pub const CANCELLED: u8 = 6;
    /// A bug in Liftoff.
    pub const BUG: u8 = 7;
    /// May have started, cannot be verified.
    pub const UNVERIFIED: u8 = 8;
    /// Not started, verified.
    pub const NOT_STARTED: u8 = 9;
    /// Interrupted by SIGHUP.
    pub const HANGUP: u8 = 129;
    /// Interrupted by SIGINT.
    pub const INTERRUPT: u8 = 130;
    /// Interrupted by SIGTERM.
    pub const TERMINATED: u8 = 143;
}

impl Verdict {
    /// Refines the verdict by what was found out after it. Outcome, path and exit code stay.
    pub fn refine(&mut self, diagnosis: &Diagnosis) {
        if self.outcome == Outcome::Success {
            return;
        }
        self.category.clone_from(&diagnosis.category);
        self.summary.clone_from(&diagnosis.summary);
        self.hint.clone_from(&diagnosis.hint);
        if self.error.is_none() {
            self.error.clone_from(&diagnosis.error);
        }
    }
}
