//! Which verdicts are true when: what a supervisor of the scenario is held to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::Lapse;

/// A verdict that is true from a time on. Several may be true at once: a fast judge may rightly say one, a slow
/// one another.
///
/// The words are those of Liftoff's verdicts (outcome, path, category); the emulator only hands them on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    #[serde(default = "submitted")]
    pub(crate) until: String,
    pub(crate) from: Lapse,
    pub(crate) to: Option<Lapse>,
    pub(crate) outcome: String,
    pub(crate) path: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) exit: i32,
    #[serde(default)]
    pub(crate) given: BTreeMap<String, String>,
}

impl Truth {
    /// The goal that it answers: `submitted`, `running` or `succeeded`.
    pub fn until(&self) -> &str {
        &self.until
    }

    /// The first offset from the accepted `jobs.run` at which an answer of an API can show it.
    pub fn from(&self) -> Duration {
        self.from.0
    }

    /// The offset from which it is no longer true; none for a truth that stays.
    pub fn to(&self) -> Option<Duration> {
        self.to.map(|to| to.0)
    }

    /// `success`, `failure`, `cancelled`, `timeout` or `undetermined`.
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// The way the verdict was reached; none where more than one is right.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The cause of a failure.
    pub fn category(&self) -> Option<&str> {
        self.category.as_deref()
    }

    /// The exit code that goes with it.
    pub fn exit(&self) -> i32 {
        self.exit
    }

    /// What must be said at the start for it to be true, such as `run-id` = `wanted-run`. Empty: nothing.
    pub fn given(&self) -> &BTreeMap<String, String> {
        &self.given
    }

    /// Whether it is true at `offset`.
    pub fn holds_at(&self, offset: Duration) -> bool {
        self.from.0 <= offset && self.to.is_none_or(|to| offset < to.0)
    }
}

fn submitted() -> String {
    "submitted".to_owned()
}
