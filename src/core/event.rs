//! Events: the public, versioned protocol between a launch and whoever looks at it.
//!
//! One [`Event`] is one line of `--output json`. Enums are open and fields are only ever added; `liftoff config --schema`
//! prints the JSON Schema made from these types, and tests hold the output to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize, Serializer};

use super::checkup::Checked;
use super::entry::{Severity, Stream};
use super::evidence::Evidence;
use super::finding::Phase;
use super::ids::ExecutionName;
use super::source::{Health, Source};
use super::spec::Goal;
use super::verdict::{Diagnosis, Links, ProcessError, Summary, Verdict};

/// Version of the protocol.
pub const SCHEMA: u32 = 1;

/// One event of one launch (or, without a launch, of the process).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Counts up from 1 within a process.
    pub seq: u64,
    /// The launch; null for the process's own lines.
    pub launch: Option<String>,
    /// The batch; null outside one.
    pub batch: Option<String>,
    /// The launch's name in its batch.
    pub name: Option<String>,
    /// Which `jobs.run` of this launch; null before the first.
    pub attempt: Option<u32>,
    /// When, by the local clock.
    #[serde(serialize_with = "rfc3339_micros")]
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Since the launch was asked for.
    pub elapsed_ms: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// What would be launched (only with `batch --dry-run`).
    LaunchPlanned(Box<Planned>),
    /// Before anything is sent.
    LaunchRequested(Requested),
    /// The execution exists.
    LaunchStarted(LaunchStarted),
    /// The launch entered a phase.
    Phase(PhaseReached),
    /// A line of the runner's log (only with `--logs`).
    Log(LogLine),
    /// A fact was learned.
    Evidence(Evidence),
    /// A source failed, was lost or answers again.
    Source(SourceChanged),
    /// The final word.
    Verdict(Box<Verdict>),
    /// What was found out after a failure.
    Diagnosis(Box<Diagnosis>),
    /// A launch as the journal has it (only `liftoff history`).
    Recorded(Box<Recorded>),
    /// A thing that a launch needs was looked at (only `liftoff doctor`).
    Checked(Checked),
    /// The runner was not started, or cannot be said to have been: no verdict follows.
    NotStarted(ProcessError),
    /// The last line.
    Summary(Box<Summary>),
}

/// What would be launched, by a batch file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Planned {
    /// The line of the file, from 1.
    pub line: usize,
    /// The Cloud Run job: `projects/P/locations/R/jobs/J`.
    pub job: String,
    /// Region of the job.
    pub region: String,
    /// Project where the custom job is expected.
    pub vertex_project: String,
    /// Region where the custom job is expected.
    pub vertex_region: String,
    /// The goal.
    pub until: Goal,
    /// The deadline in seconds; null waits for ever.
    pub timeout_s: Option<u64>,
    /// Arguments that replace the job's own, redacted; null keeps them.
    pub args: Option<Vec<String>>,
    /// `NAME=value` of each variable, redacted.
    pub env: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Queue item id.
    pub queue_item: Option<String>,
    /// W&B run id.
    pub run_id: Option<String>,
    /// The job's display name.
    pub run_name: Option<String>,
    /// Why Cloud Run would refuse it; null if it would not.
    pub refused: Option<String>,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Requested {
    /// The Cloud Run job: `projects/P/locations/R/jobs/J`.
    pub job: String,
    /// Region of the job.
    pub region: String,
    /// Project where the custom job is expected.
    pub vertex_project: String,
    /// Region where the custom job is expected.
    pub vertex_region: String,
    /// The goal.
    pub until: Goal,
    /// The deadline in seconds; null waits for ever.
    pub timeout_s: Option<u64>,
    /// Whether an execution is to be attached to rather than started.
    pub attach: bool,
}

/// The execution exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LaunchStarted {
    /// Its full name.
    #[schemars(with = "String")]
    pub execution: ExecutionName,
    /// It was there before this process came.
    pub attached: bool,
    /// Where to look.
    pub links: Links,
    /// What is weaker than it should be, in words (`started without LIFTOFF_LAUNCH_ID: …`).
    pub notes: Vec<String>,
}

/// The launch entered a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PhaseReached {
    /// The phase.
    pub phase: Phase,
    /// When, by the server's clock.
    #[serde(serialize_with = "rfc3339_micros")]
    #[schemars(with = "String")]
    pub occurred_at: Timestamp,
    /// The line that says so, sanitised and redacted; null where a state says so.
    pub line: Option<String>,
}

/// A line of the runner's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LogLine {
    /// When it was printed.
    #[serde(serialize_with = "rfc3339_micros")]
    #[schemars(with = "String")]
    pub occurred_at: Timestamp,
    /// Where.
    pub stream: Stream,
    /// Its severity.
    pub severity: Severity,
    /// Task index.
    pub task: u32,
    /// Attempt of the task.
    pub task_attempt: u32,
    /// The line; reporters sanitise and redact it.
    pub text: String,
}

/// A source's health changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SourceChanged {
    /// Which.
    pub source: Source,
    /// How it is now.
    #[serde(flatten)]
    pub health: Health,
}

/// How far a launch came, by the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Nothing was sent.
    Planned,
    /// `jobs.run` may have been sent; nothing more is known.
    Intended,
    /// There is an execution.
    Accepted,
    /// It is over.
    Ended,
}

/// A launch as the journal has it: how far its last attempt came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Recorded {
    /// How far it came.
    pub state: Progress,
    /// When it was asked for.
    #[serde(serialize_with = "rfc3339_micros")]
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    /// The Cloud Run job: `projects/P/locations/R/jobs/J`.
    pub job: String,
    /// Its project.
    pub project: String,
    /// The execution.
    pub execution: Option<String>,
    /// The verdict's outcome, or `detached`, `not_started`, `unverified`; null until it ended.
    pub outcome: Option<String>,
    /// The exit code of this launch alone; null until it ended.
    pub exit_code: Option<u8>,
    /// Kebab-case cause.
    pub category: Option<String>,
    /// One line: the verdict's summary, or why there is none.
    pub summary: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// The custom job.
    pub custom_job: Option<String>,
    /// What the user calls it by.
    pub labels: BTreeMap<String, String>,
}

/// Writes a timestamp as RFC 3339 in UTC with exactly six fraction digits.
pub(super) fn rfc3339_micros<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&micros(*at))
}

/// RFC 3339 in UTC with six fraction digits: `2026-11-23T10:00:00.000000Z`.
pub fn micros(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S.%6fZ")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_six_digits_whatever_they_came_with() {
        let whole: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let nanos: Timestamp = "2026-11-23T10:00:00.123456789Z".parse().unwrap();
        assert_eq!(micros(whole), "2026-11-23T10:00:00.000000Z");
        assert_eq!(micros(nanos), "2026-11-23T10:00:00.123456Z");
    }
}
