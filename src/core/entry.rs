//! One log entry, as far as Liftoff reads it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What makes an entry itself: Cloud Logging calls entries of one project with equal timestamp and insert id duplicates;
/// the log name is added because ids are only unique within a log. Keys are in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    /// When the program printed it, by its host's clock.
    pub timestamp: Timestamp,
    /// Google's id, opaque.
    pub insert_id: String,
    /// Full log name, such as `projects/p/logs/run.googleapis.com%2Fstdout`.
    pub log_name: Arc<str>,
}

impl EntryKey {
    /// Its identity in few bytes.
    pub fn id(&self) -> EntryId {
        EntryId::of(self.timestamp, &self.insert_id, &self.log_name)
    }
}

/// A key in sixteen bytes: the time, and a hash of the key; in the order of time. Two entries of one nanosecond that collide
/// (1 in 10^19) are taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// When the program printed it.
    pub timestamp: Timestamp,
    hash: u64,
}

impl EntryId {
    /// The identity of the entry with these fields.
    pub fn of(timestamp: Timestamp, insert_id: &str, log_name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (timestamp, insert_id, log_name).hash(&mut hasher);
        Self {
            timestamp,
            hash: hasher.finish(),
        }
    }
}

/// Which of a Cloud Run job's logs an entry came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// The container's standard output.
    Stdout,
    /// The container's standard error.
    Stderr,
    /// Cloud Run's own lines (`varlog/system`), such as `Container called exit(0).`
    System,
    /// Audit entries.
    Audit,
    /// Any other log.
    Other,
}

/// Cloud Logging's severities; absent means `Default`. A hint only, never a verdict.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// 0: none given, as for plain lines of stdout and stderr.
    Default,
    /// 100
    Debug,
    /// 200
    Info,
    /// 300
    Notice,
    /// 400
    Warning,
    /// 500
    Error,
    /// 600
    Critical,
    /// 700
    Alert,
    /// 800
    Emergency,
}

impl Severity {
    /// Reads a severity's name or number; what is neither is `Default`.
    pub fn parse(text: &str) -> Self {
        match text {
            "DEBUG" | "100" => Self::Debug,
            "INFO" | "200" => Self::Info,
            "NOTICE" | "300" => Self::Notice,
            "WARNING" | "400" => Self::Warning,
            "ERROR" | "500" => Self::Error,
            "CRITICAL" | "600" => Self::Critical,
            "ALERT" | "700" => Self::Alert,
            "EMERGENCY" | "800" => Self::Emergency,
            _ => Self::Default,
        }
    }
}

/// One log entry of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its identity.
    pub key: EntryKey,
    /// Its log.
    pub stream: Stream,
    /// Its severity.
    pub severity: Severity,
    /// When Cloud Logging received it; the difference to the timestamp is a lower bound of the log's lag.
    pub received: Option<Timestamp>,
    /// Label `run.googleapis.com/execution_name`.
    pub execution: Option<Arc<str>>,
    /// Label `run.googleapis.com/task_index`; 0 where absent.
    pub task: u32,
    /// Label `run.googleapis.com/task_attempt`; 0 where absent.
    pub attempt: u32,
    /// The text: `textPayload`, or what a `jsonPayload` or `protoPayload` says. May hold several lines.
    pub text: String,
}

impl LogEntry {
    /// When the program printed it.
    pub fn timestamp(&self) -> Timestamp {
        self.key.timestamp
    }
}
