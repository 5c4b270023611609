//! What a reader tells: a finding, and how it came about.

use jiff::Timestamp;

use crate::core::finding::Finding;
use crate::core::pattern::{Hit, Place};

/// What a deciding line stood in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// In nothing: it stands for itself.
    Alone,
    /// In a block that a give-up marker opened: fatal whatever is in it.
    GiveUp,
    /// In a traceback that nobody announced.
    Traceback,
    /// In the job that the agent dumped.
    Dump,
    /// After the line that announces it.
    Pair,
}

/// A finding, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is said.
    pub finding: Finding,
    /// What the deciding line stood in.
    pub within: Within,
    /// When the line was printed that opened what it stood in; its own time where it stands for itself.
    pub opened: Timestamp,
    /// When the deciding line was printed.
    pub decided: Timestamp,
    /// What the pattern captured, by name.
    pub captures: Vec<(String, String)>,
}

impl Told {
    /// What a line says by itself.
    pub(super) fn alone(hit: Hit, place: Place) -> Self {
        let (finding, captures) = hit.into_finding(place);
        Self {
            within: Within::Alone,
            opened: finding.at,
            decided: finding.at,
            captures,
            finding,
        }
    }
}
