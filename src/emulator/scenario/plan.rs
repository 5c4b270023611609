//! The tables of a scenario file.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::Lapse;

/// `[runner]`: the Cloud Run execution.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunnerPlan {
    /// Cloud Run's `maxRetries`.
    #[serde(default)]
    pub(crate) max_retries: u32,
    /// Timeout of one attempt; a `jobs.run` override replaces it.
    #[serde(default = "hour")]
    pub(crate) timeout: Lapse,
    /// When the container's resources are available.
    #[serde(default = "two_seconds")]
    pub(crate) provisioned: Lapse,
    /// From the last container's end to the execution's.
    #[serde(default = "half_a_second")]
    pub(crate) completed_after: Lapse,
    /// When somebody else cancels the execution.
    pub(crate) cancelled_at: Option<Lapse>,
    /// `[[runner.attempt]]`: what each attempt of the task does, in order.
    pub(crate) attempt: Vec<AttemptPlan>,
}

impl RunnerPlan {
    /// A runner without an attempt, one hour each if it had.
    pub(super) fn empty() -> Self {
        Self {
            max_retries: 0,
            timeout: hour(),
            provisioned: Lapse::default(),
            completed_after: Lapse::default(),
            cancelled_at: None,
            attempt: Vec::new(),
        }
    }
}

/// One attempt. Without `exit` it runs until the timeout, or for ever.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttemptPlan {
    /// When its container starts.
    pub(crate) start: Lapse,
    /// How it ends.
    pub(crate) exit: Option<ExitPlan>,
}

/// How a container ends: with a code, or by a signal; `message` replaces Cloud Run's usual words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExitPlan {
    pub(crate) at: Lapse,
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) message: Option<String>,
}

/// `[[log]]`: what the runner prints. Each line of `text` becomes an entry of its own, as in Cloud Logging.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogPlan {
    /// When it is printed: the entry's `timestamp`.
    pub(crate) at: Lapse,
    /// How long after that a query can show it; the scenario's `lag` if absent.
    pub(crate) lag: Option<Lapse>,
    /// The attempt that prints it.
    #[serde(default)]
    pub(crate) attempt: u32,
    /// The log that it goes to.
    #[serde(default)]
    pub(crate) stream: Stream,
    /// The entry's severity; none for plain text, as Cloud Run does.
    pub(crate) severity: Option<Severity>,
    /// The text, with `${…}` names substituted.
    pub(crate) text: String,
    /// How often it is printed, `every` so long: floods and heartbeats.
    #[serde(default = "once")]
    pub(crate) count: u32,
    /// Time between two of `count`.
    #[serde(default)]
    pub(crate) every: Lapse,
}

/// The Cloud Run log that a line goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stream {
    #[default]
    Stdout,
    Stderr,
    /// Cloud Run's own words: `varlog/system`.
    System,
}

/// Log severities (`google/logging/type/log_severity.proto`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Severity {
    Debug,
    Info,
    Notice,
    Warning,
    Error,
    Critical,
}

impl Severity {
    /// The JSON name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Notice => "NOTICE",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }
}

/// `[[job]]`: a Vertex AI custom job.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobPlan {
    /// When it is created.
    pub(crate) at: Lapse,
    /// Whether this runner submitted it.
    pub(crate) owner: Owner,
    /// How it can be told that it is ours.
    pub(crate) mark: Mark,
    /// Its region; the execution's if absent.
    pub(crate) region: Option<String>,
    /// Its display name.
    pub(crate) display_name: String,
    /// Its labels beyond `wandb-run-id` and the mark.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    /// Its container's environment beyond W&B's own.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// `[since its creation, state]`, in order; the first at `0s`.
    pub(crate) states: Vec<(Lapse, JobState)>,
    /// The API's error once it has failed.
    pub(crate) error: Option<ErrorPlan>,
    /// How long after its creation a list or get shows it.
    #[serde(default = "half_a_second")]
    pub(crate) visible_after: Lapse,
}

/// A `google.rpc.Status` as a scenario gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorPlan {
    pub(crate) code: i32,
    pub(crate) message: String,
}

/// Who submitted a custom job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Owner {
    Ours,
    Foreign,
}

/// What ties a custom job to its execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mark {
    /// Label `cloud-run-execution`, and the trace id.
    Label,
    /// Only the queue item's id in `WANDB_LAUNCH_TRACE_ID`.
    TraceId,
    /// Nothing.
    None,
}

/// `google.cloud.aiplatform.v1.JobState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum JobState {
    Queued,
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelling,
    Cancelled,
    Paused,
    Expired,
    Updating,
    PartiallySucceeded,
}

impl JobState {
    /// The JSON name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "JOB_STATE_QUEUED",
            Self::Pending => "JOB_STATE_PENDING",
            Self::Running => "JOB_STATE_RUNNING",
            Self::Succeeded => "JOB_STATE_SUCCEEDED",
            Self::Failed => "JOB_STATE_FAILED",
            Self::Cancelling => "JOB_STATE_CANCELLING",
            Self::Cancelled => "JOB_STATE_CANCELLED",
            Self::Paused => "JOB_STATE_PAUSED",
            Self::Expired => "JOB_STATE_EXPIRED",
            Self::Updating => "JOB_STATE_UPDATING",
            Self::PartiallySucceeded => "JOB_STATE_PARTIALLY_SUCCEEDED",
        }
    }

    /// Whether nothing follows.
    pub(crate) fn is_end(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::Expired | Self::PartiallySucceeded
        )
    }
}

fn hour() -> Lapse {
    Lapse(Duration::from_hours(1))
}

fn two_seconds() -> Lapse {
    Lapse(Duration::from_secs(2))
}

fn half_a_second() -> Lapse {
    Lapse(Duration::from_millis(500))
}

fn once() -> u32 {
    1
}
