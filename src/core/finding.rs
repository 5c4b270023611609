//! What the patterns say about a line of a runner's log.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::CustomJobName;

/// What a line means for the launch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// This launch cannot succeed.
    Fatal,
    /// Something retries it.
    Transient,
    /// Looks like an error and is none.
    Benign,
    /// The custom job is proven to exist.
    Success,
    /// A phase of the launch.
    Progress,
    /// Nothing of the above.
    Info,
}

impl Label {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Transient => "transient",
            Self::Benign => "benign",
            Self::Success => "success",
            Self::Progress => "progress",
            Self::Info => "info",
        }
    }
}

/// How much a fatal line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FatalScope {
    /// The agent gave the queue item up: no retry of the container brings it back.
    Item,
    /// This attempt of the task; Cloud Run may start another.
    Attempt,
}

/// The phases of a launch, in the order in which they happen.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Cloud Run started the container.
    ContainerStarted,
    /// The agent polls its queue.
    AgentPolling,
    /// The agent took an item from the queue.
    JobReceived,
    /// The training code was fetched.
    CodeFetched,
    /// An image is being built or pushed.
    Building,
    /// The submission to Vertex AI began.
    Submitting,
    /// The custom job exists.
    Submitted,
}

/// How a container ended, by Cloud Run's own line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerExit {
    /// `Container called exit(N).`
    Code(i32),
    /// `Container terminated on signal N.`
    Signal(i32),
}

/// One thing that the log of an execution says: a line, or a block of lines, matched by a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it means.
    pub label: Label,
    /// For a fatal one: what it ends.
    pub scope: FatalScope,
    /// It names no cause of its own (`exit(1)`, a bare give-up marker): never replaces a specific category.
    pub vague: bool,
    /// Kebab-case category, such as `quota-exceeded`.
    pub category: Arc<str>,
    /// One line that a person understands at once.
    pub summary: String,
    /// The next action.
    pub hint: Option<String>,
    /// Documentation link.
    pub doc: Option<Arc<str>>,
    /// Id of the pattern that matched.
    pub pattern: Arc<str>,
    /// The line that decided, raw: sanitise before showing it.
    pub line: String,
    /// The phase that it marks.
    pub phase: Option<Phase>,
    /// The runner's wrapper claims success (`Job submitted to Vertex AI!`): a weak sign, printed before anything is submitted.
    pub weak_success: bool,
    /// The custom job that a proof line names.
    pub job: Option<CustomJobName>,
    /// The queue item that the agent received (`runQueueItemId` in its dump); the job carries it as `WANDB_LAUNCH_TRACE_ID`.
    pub queue_item: Option<String>,
    /// Set on Cloud Run's exit lines, which never decide.
    pub exit: Option<ContainerExit>,
    /// Task index.
    pub task: u32,
    /// Attempt of that task.
    pub attempt: u32,
    /// When the line was printed.
    pub at: Timestamp,
}
