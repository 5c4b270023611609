//! Launches of one batch and one queue: runners take each other's items.
//!
//! A runner takes the head of its queue, whoever put it there. So in a batch, where the user named what each launch is to
//! submit, another launch's runner may submit this one's item and this one's runner somebody else's. Neither is a failure:
//! the launch waits for its own, as long as any of the batch's runners is alive.

use super::{LaunchState, Ruling};
use crate::core::execution::ExecutionState;
use crate::core::finding::Phase;
use crate::core::source::Source;
use crate::core::verdict::{Outcome, Path};

impl LaunchState {
    /// Whether a runner of another launch may still submit what this one waits for.
    pub(super) fn has_siblings(&self) -> bool {
        let settled = match (self.alone, self.jobs.listed) {
            (Some(alone), Some(listed)) => listed >= alone,
            (alone, _) => alone.is_some() && !self.sources.is_live(Source::Vertex),
        };
        self.spec.in_batch && self.spec.identity.is_given() && !settled
    }

    /// Whether this launch's runner took an item that is not the one that the user named. What its log says of that item
    /// says nothing of ours.
    pub(super) fn took_anothers_item(&self) -> bool {
        let named = self.spec.identity.queue_item.as_ref();
        let received = &self.log.queue_items;
        self.spec.in_batch && named.is_some_and(|named| !received.is_empty() && !received.contains(named))
    }

    /// Whether this launch's own runner can submit nothing more for it, and another's may.
    pub(super) fn waits_for_siblings(&self) -> bool {
        let Some(execution) = &self.execution else {
            return false;
        };
        let without_ours = match execution.view.state {
            ExecutionState::Succeeded => !self.log.received() || self.took_anothers_item(),
            _ => self.took_anothers_item(),
        };
        execution.end_seen.is_some() && without_ours && self.has_siblings()
    }

    /// The runner ended well, and its agent had polled and received nothing: the queue had nothing for it.
    pub(super) fn queue_empty(&self) -> Option<Ruling> {
        let polled = self.log.phases.contains(&Phase::AgentPolling);
        if !polled || self.log.received() || !self.sources.is_live(Source::Log) {
            return None;
        }
        let summary = "The runner's agent polled its queue and received nothing: the queue was empty, or another agent \
                       took the item";
        let hint = "Look for the item in the queue: if it is gone, another runner has it (name it with --queue-item or \
                    --run-id to follow it there); if it is still there, launch again";
        let ruling = Ruling::new(Outcome::Undetermined, Path::Unverified, summary);
        Some(ruling.category("queue-empty").hint(hint))
    }
}
