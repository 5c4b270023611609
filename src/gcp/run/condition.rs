//! What an execution's conditions say about its state.
//!
//! The `Completed` condition is the authority; times and counts may be written in separate updates and only tell pending
//! from running, and a cancellation from a failure that names no reason.

use serde::Deserialize;

use super::wire::{lax, named, spelled};
use crate::core::execution::ExecutionState;

/// `Condition`. Its enums are open: new values keep appearing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Condition {
    #[serde(default, rename = "type", deserialize_with = "spelled")]
    kind: String,
    #[serde(default, deserialize_with = "spelled")]
    state: String,
    #[serde(default, deserialize_with = "lax")]
    message: Option<String>,
    #[serde(default, deserialize_with = "spelled")]
    reason: String,
    #[serde(default, deserialize_with = "spelled")]
    execution_reason: String,
}

const STATES: [(&str, &str); 5] = [
    ("0", "STATE_UNSPECIFIED"),
    ("1", "CONDITION_PENDING"),
    ("2", "CONDITION_RECONCILING"),
    ("3", "CONDITION_FAILED"),
    ("4", "CONDITION_SUCCEEDED"),
];

const EXECUTION_REASONS: [(&str, &str); 7] = [
    ("0", "EXECUTION_REASON_UNDEFINED"),
    ("1", "JOB_STATUS_SERVICE_POLLING_ERROR"),
    ("2", "NON_ZERO_EXIT_CODE"),
    ("3", "CANCELLED"),
    ("4", "CANCELLING"),
    ("5", "DELETED"),
    ("6", "DELAYED_START_PENDING"),
];

const COMMON_REASONS: [(&str, &str); 16] = [
    ("0", "COMMON_REASON_UNDEFINED"),
    ("1", "UNKNOWN"),
    ("3", "REVISION_FAILED"),
    ("4", "PROGRESS_DEADLINE_EXCEEDED"),
    ("6", "CONTAINER_MISSING"),
    ("7", "CONTAINER_PERMISSION_DENIED"),
    ("8", "CONTAINER_IMAGE_UNAUTHORIZED"),
    ("9", "CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED"),
    ("10", "ENCRYPTION_KEY_PERMISSION_DENIED"),
    ("11", "ENCRYPTION_KEY_CHECK_FAILED"),
    ("12", "SECRETS_ACCESS_CHECK_FAILED"),
    ("13", "WAITING_FOR_OPERATION"),
    ("14", "IMMEDIATE_RETRY"),
    ("15", "POSTPONED_RETRY"),
    ("16", "INTERNAL"),
    ("17", "VPC_NETWORK_NOT_FOUND"),
];

/// The `Completed` condition, its enums as names.
#[derive(Clone, Debug, Default)]
pub(super) struct Completed {
    state: String,
    /// `executionReason`, else the common `reason`.
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
}

impl Completed {
    /// Finds it among an execution's conditions.
    pub(super) fn find(conditions: Vec<Condition>) -> Self {
        let found = conditions
            .into_iter()
            .find(|condition| condition.kind == "Completed");
        let condition = found.unwrap_or_default();
        let given = |reason: String, names: &[(&str, &str)]| {
            let reason = named(reason, names);
            Some(reason).filter(|reason| !reason.is_empty() && !reason.ends_with("_UNDEFINED"))
        };
        Self {
            state: named(condition.state, &STATES),
            reason: given(condition.execution_reason, &EXECUTION_REASONS)
                .or_else(|| given(condition.reason, &COMMON_REASONS)),
            message: condition.message.filter(|message| !message.is_empty()),
        }
    }

    /// The state that it amounts to.
    pub(super) fn state(&self, seen: &Seen) -> ExecutionState {
        match (self.state.as_str(), self.reason.as_deref()) {
            (_, Some("CANCELLING")) => ExecutionState::Cancelling,
            (_, Some("DELETED")) => ExecutionState::Deleted,
            ("CONDITION_FAILED" | "CONDITION_SUCCEEDED", _) if seen.outdated => seen.progress(),
            ("CONDITION_SUCCEEDED", _) | ("CONDITION_FAILED", None) if seen.all_cancelled() => {
                ExecutionState::Cancelled
            }
            ("CONDITION_SUCCEEDED", _) => ExecutionState::Succeeded,
            ("CONDITION_FAILED", Some("CANCELLED")) => ExecutionState::Cancelled,
            // Cloud Run lost sight of the execution for a moment and "will retry".
            ("CONDITION_FAILED", Some("JOB_STATUS_SERVICE_POLLING_ERROR")) => seen.progress(),
            ("CONDITION_FAILED", _) => ExecutionState::Failed,
            (_, Some("CANCELLED")) => ExecutionState::Cancelling,
            ("" | "STATE_UNSPECIFIED" | "CONDITION_PENDING" | "CONDITION_RECONCILING", _) => seen.progress(),
            (other, _) => ExecutionState::Unknown(other.chars().take(64).collect()),
        }
    }
}

/// What else the execution says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// It has a start time, or tasks that run or ended.
    pub(super) started: bool,
    /// `observedGeneration` is behind `generation`: the conditions speak of an earlier wish.
    pub(super) outdated: bool,
    pub(super) deleted: bool,
    pub(super) succeeded: u32,
    pub(super) failed: u32,
    pub(super) cancelled: u32,
}

impl Seen {
    fn progress(&self) -> ExecutionState {
        match (self.deleted, self.started) {
            (true, _) => ExecutionState::Deleted,
            (false, true) => ExecutionState::Running,
            (false, false) => ExecutionState::Pending,
        }
    }

    fn all_cancelled(&self) -> bool {
        self.cancelled > 0 && self.succeeded == 0 && self.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state_of(json: &str, seen: Seen) -> ExecutionState {
        let condition: Condition = serde_json::from_str(json).unwrap();
        let started = serde_json::from_str(r#"{"type":"Started","state":"CONDITION_SUCCEEDED"}"#).unwrap();
        Completed::find(vec![started, condition]).state(&seen)
    }

    fn completed(state: &str, reason: &str) -> String {
        format!(r#"{{"type":"Completed","state":"{state}"{reason}}}"#)
    }

    #[test]
    fn the_completed_condition_decides() {
        use ExecutionState::{Cancelled, Cancelling, Deleted, Failed, Pending, Running, Succeeded, Unknown};
        let started = Seen {
            started: true,
            ..Seen::default()
        };
        let counted = Seen {
            cancelled: 1,
            ..started
        };
        let why = |reason: &str| format!(r#","executionReason":"{reason}""#);
        let common = r#","reason":"CONTAINER_MISSING""#.to_owned();
        for (state, reason, seen, wanted) in [
            ("CONDITION_PENDING", String::new(), Seen::default(), Pending),
            ("CONDITION_PENDING", String::new(), started, Running),
            (
                "CONDITION_PENDING",
                why("DELAYED_START_PENDING"),
                Seen::default(),
                Pending,
            ),
            ("CONDITION_RECONCILING", String::new(), started, Running),
            ("CONDITION_SUCCEEDED", String::new(), started, Succeeded),
            ("CONDITION_SUCCEEDED", String::new(), counted, Cancelled),
            ("CONDITION_FAILED", why("NON_ZERO_EXIT_CODE"), started, Failed),
            ("CONDITION_FAILED", why("NEW_REASON"), started, Failed),
            ("CONDITION_FAILED", common, Seen::default(), Failed),
            ("CONDITION_FAILED", String::new(), started, Failed),
            ("CONDITION_FAILED", String::new(), counted, Cancelled),
            ("CONDITION_FAILED", why("CANCELLED"), started, Cancelled),
            ("CONDITION_FAILED", why("CANCELLING"), started, Cancelling),
            ("CONDITION_RECONCILING", why("CANCELLING"), started, Cancelling),
            ("CONDITION_FAILED", why("DELETED"), started, Deleted),
            (
                "CONDITION_FAILED",
                why("JOB_STATUS_SERVICE_POLLING_ERROR"),
                started,
                Running,
            ),
            (
                "CONDITION_NEW",
                String::new(),
                started,
                Unknown("CONDITION_NEW".to_owned()),
            ),
            ("STATE_UNSPECIFIED", String::new(), Seen::default(), Pending),
        ] {
            let json = completed(state, &reason);
            assert_eq!(state_of(&json, seen), wanted, "{json} {seen:?}");
        }
    }

    #[test]
    fn enums_may_come_as_numbers() {
        let json = r#"{"type":"Completed","state":3,"executionReason":4}"#;
        assert_eq!(state_of(json, Seen::default()), ExecutionState::Cancelling);
        let json = r#"{"type":"Completed","state":9,"executionReason":null}"#;
        assert_eq!(
            state_of(json, Seen::default()),
            ExecutionState::Unknown("9".to_owned())
        );
    }

    #[test]
    fn an_end_that_speaks_of_an_earlier_generation_is_none() {
        let outdated = Seen {
            started: true,
            outdated: true,
            ..Seen::default()
        };
        let json = completed("CONDITION_SUCCEEDED", "");
        assert_eq!(state_of(&json, outdated), ExecutionState::Running);
    }

    #[test]
    fn without_a_completed_condition_the_times_tell() {
        let state = |seen| Completed::find(Vec::new()).state(&seen);
        assert_eq!(state(Seen::default()), ExecutionState::Pending);
        let deleted = Seen {
            deleted: true,
            ..Seen::default()
        };
        assert_eq!(state(deleted), ExecutionState::Deleted);
    }
}
