//! A Vertex AI custom job, as far as judging it goes.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ids::CustomJobName;
use super::verdict::ApiStatus;

/// How much older than its execution a job may be by the servers' clocks and still be its. The list's filter, the hub's
/// routing and the judge must agree on it: a job that one of them lets through and another drops is lost.
pub const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(5);

/// `JobState` of Vertex AI v1. Open: what Google adds tomorrow is `Other`, and not an end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waiting for quota or a slot.
    Queued,
    /// Being prepared.
    Pending,
    /// Running.
    Running,
    /// Ended well.
    Succeeded,
    /// Failed.
    Failed,
    /// Being cancelled: may still become succeeded, failed or cancelled.
    Cancelling,
    /// Cancelled.
    Cancelled,
    /// Stopped, can be resumed.
    Paused,
    /// Expired.
    Expired,
    /// Being updated; returns to running.
    Updating,
    /// Some of its work succeeded.
    PartiallySucceeded,
    /// Any other value, as the API spelled it.
    Other(String),
}

const STATES: [(&str, JobState); 11] = [
    ("JOB_STATE_QUEUED", JobState::Queued),
    ("JOB_STATE_PENDING", JobState::Pending),
    ("JOB_STATE_RUNNING", JobState::Running),
    ("JOB_STATE_SUCCEEDED", JobState::Succeeded),
    ("JOB_STATE_FAILED", JobState::Failed),
    ("JOB_STATE_CANCELLING", JobState::Cancelling),
    ("JOB_STATE_CANCELLED", JobState::Cancelled),
    ("JOB_STATE_PAUSED", JobState::Paused),
    ("JOB_STATE_EXPIRED", JobState::Expired),
    ("JOB_STATE_UPDATING", JobState::Updating),
    ("JOB_STATE_PARTIALLY_SUCCEEDED", JobState::PartiallySucceeded),
];

impl JobState {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        let known = STATES.iter().find(|(name, _)| *name == text);
        known.map_or_else(
            || Self::Other(text.chars().take(64).collect()),
            |(_, state)| state.clone(),
        )
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        STATES
            .iter()
            .find(|(_, state)| state == self)
            .map_or("JOB_STATE_UNSPECIFIED", |(name, _)| name)
    }

    /// Whether the job can change no more.
    pub fn is_end(&self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::Expired | Self::PartiallySucceeded
        )
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for JobState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for JobState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(deserializer)?))
    }
}

/// One reading of a custom job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    /// Its name.
    pub name: CustomJobName,
    /// Its display name.
    pub display_name: String,
    /// Its state.
    pub state: JobState,
    /// When it was created, by the server's clock.
    pub create_time: Timestamp,
    /// When it ended.
    pub end_time: Option<Timestamp>,
    /// When it last changed: an older reading never moves a state back.
    pub update_time: Option<Timestamp>,
    /// Why it failed or was cancelled.
    pub error: Option<ApiStatus>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// `WANDB_LAUNCH_TRACE_ID` of its container: the queue item that it came from. Known only after a get, because lists
    /// are read without the environment, which also holds API keys and is never kept.
    pub trace_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_reads_back_as_it_was_spelled() {
        for (name, state) in STATES {
            assert_eq!(JobState::parse(name), state);
            assert_eq!(state.as_str(), name);
        }
    }

    #[test]
    fn a_state_of_tomorrow_is_kept_and_is_no_end() {
        let future = JobState::parse("JOB_STATE_FUTURE_42");
        assert_eq!(future.as_str(), "JOB_STATE_FUTURE_42");
        assert!(!future.is_end());
    }
}
