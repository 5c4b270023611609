//! Each entry once.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::core::entry::{EntryId, LogEntry};

/// What was seen, and a call in flight may look at when its answer comes.
pub(super) type SharedSeen = Rc<RefCell<Seen>>;

/// The entries that were delivered and may be shown again by a later read, the oldest first: they are the first to be
/// forgotten.
#[derive(Debug)]
pub(super) struct Seen {
    ids: BTreeSet<EntryId>,
    bound: Timestamp,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            ids: BTreeSet::new(),
            bound: Timestamp::MIN,
        }
    }
}

impl Seen {
    /// Entries from before this are no longer remembered.
    pub(super) fn bound(&self) -> Timestamp {
        self.bound
    }

    /// Whether an entry was seen before.
    pub(super) fn contains(&self, id: EntryId) -> bool {
        self.ids.contains(&id)
    }

    /// Of these entries the ones not seen before, oldest first.
    pub(super) fn keep_new(&mut self, entries: Vec<LogEntry>) -> Vec<LogEntry> {
        let mut fresh: Vec<LogEntry> = entries
            .into_iter()
            .filter(|entry| self.ids.insert(entry.key.id()))
            .collect();
        fresh.sort_by(|a, b| a.key.cmp(&b.key));
        fresh
    }

    /// No later read will show entries from before this.
    pub(super) fn forget_before(&mut self, bound: Timestamp) {
        self.bound = self.bound.max(bound);
        while self.ids.first().is_some_and(|id| id.timestamp < bound) {
            self.ids.pop_first();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }
}
