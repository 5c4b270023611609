//! The evidence kept for the verdict: the first few pieces and the last, twenty at most.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::core::Moment;
use crate::core::event::EventKind;
use crate::core::evidence::Evidence;
use crate::core::signal::Effect;
use crate::core::source::Source;

/// A verdict lists this many pieces (contract).
const KEPT: usize = 20;
/// Of these, the oldest ones that are never dropped: how the launch began.
const FIRST: usize = 5;
/// Longer texts are cut: evidence quotes lines, it does not carry them.
const LONGEST: usize = 500;

#[derive(Default)]
pub(super) struct EvidenceLog {
    first: Vec<Evidence>,
    last: VecDeque<Evidence>,
    total: usize,
}

impl EvidenceLog {
    /// Keeps a piece and tells it.
    pub(super) fn add(
        &mut self,
        now: Moment,
        source: Source,
        occurred_at: Option<Timestamp>,
        definite: bool,
        what: &str,
        out: &mut Vec<Effect>,
    ) {
        let what = what.chars().take(LONGEST).collect();
        let occurred_at = occurred_at.unwrap_or(now.wall);
        let piece = Evidence {
            occurred_at,
            observed_at: now.wall,
            source,
            definite,
            what,
        };
        self.total += 1;
        out.push(Effect::Emit(Box::new(EventKind::Evidence(piece.clone()))));
        if self.first.len() < FIRST {
            self.first.reserve_exact(1); // most launches have two or three
            self.first.push(piece);
            return;
        }
        if self.last.len() == KEPT - FIRST {
            self.last.pop_front();
        }
        self.last.push_back(piece);
    }

    /// What the verdict lists, oldest first.
    pub(super) fn listed(&self) -> Vec<Evidence> {
        self.first.iter().chain(&self.last).cloned().collect()
    }

    /// How many pieces there were.
    pub(super) fn total(&self) -> usize {
        self.total
    }
}
