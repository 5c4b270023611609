//! What `liftoff doctor` looks at, and how it finds it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that a launch needs. The order is that in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Project and regions.
    Configuration,
    /// Pattern files of the user's own.
    Patterns,
    /// Where launches are recorded.
    Journal,
    /// What requests are signed with.
    Credentials,
    /// Cloud Run: the job, and its executions.
    CloudRun,
    /// Whether Cloud Run would start the job, with Liftoff's variable in its environment.
    Start,
    /// The runner's log.
    CloudLogging,
    /// Custom jobs.
    VertexAi,
    /// This machine's clock beside Google's.
    Clock,
}

impl Check {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Configuration => "Configuration",
            Self::Patterns => "Patterns",
            Self::Journal => "Journal",
            Self::Credentials => "Credentials",
            Self::CloudRun => "Cloud Run",
            Self::Start => "Start",
            Self::CloudLogging => "Cloud Logging",
            Self::VertexAi => "Vertex AI",
            Self::Clock => "Clock",
        }
    }
}

/// How a thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As it should be.
    Good,
    /// A launch works, and something is weaker than it could be.
    Warning,
    /// A launch fails, or cannot be watched.
    Failed,
    /// Not looked at, because something else is in the way.
    Skipped,
}

/// One thing, looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checked {
    /// What.
    pub check: Check,
    /// How it was found.
    pub standing: Standing,
    /// What was found, in a sentence.
    pub found: String,
    /// What to do, with the command that does it; null if there is nothing to do.
    pub hint: Option<String>,
}
