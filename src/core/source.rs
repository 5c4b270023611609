//! The three sources of evidence.

use serde::{Deserialize, Serialize};

/// Where evidence comes from. Each source has one watcher per launch and one hub per scope.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Cloud Logging.
    Log,
    /// Cloud Run.
    Execution,
    /// Vertex AI.
    Vertex,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Log, Self::Execution, Self::Vertex];

    /// Google's name for the API, for people.
    pub fn service(self) -> &'static str {
        match self {
            Self::Log => "Cloud Logging",
            Self::Execution => "Cloud Run",
            Self::Vertex => "Vertex AI",
        }
    }
}

/// How well a source answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "state", content = "detail", rename_all = "lowercase")]
pub enum Health {
    /// The last read was good.
    Answering,
    /// Reads fail and are repeated; the text says how.
    Failing(String),
    /// Given up: a permanent error, 120 s without a good answer, or a watcher beyond its restarts.
    Lost(String),
}
