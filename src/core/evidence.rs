//! Evidence: typed, timed, sourced facts about a launch.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::rfc3339_micros;
use super::source::Source;

/// One fact about a launch, as the verdict lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// When it happened, by the server's clock.
    #[serde(serialize_with = "rfc3339_micros")]
    #[schemars(with = "String")]
    pub occurred_at: Timestamp,
    /// When this process learned of it.
    #[serde(serialize_with = "rfc3339_micros")]
    #[schemars(with = "String")]
    pub observed_at: Timestamp,
    /// Who said so.
    pub source: Source,
    /// Whether it can decide alone.
    pub definite: bool,
    /// The fact in words: `projects/…/customJobs/45 is JOB_STATE_PENDING`.
    pub what: String,
}
