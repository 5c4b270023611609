//! Each entry once.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use crate::core::entry::{EntryKey, LogEntry};

/// The entries that were delivered and may be shown again by a later read: the time of each, by which the oldest are the
/// first to be forgotten, and the hash of its key. Two of one nanosecond that collide (1 in 10^19) cost a line.
pub(super) struct Seen {
    keys: BTreeSet<(Timestamp, u64)>,
    bound: Timestamp,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            keys: BTreeSet::new(),
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
    pub(super) fn contains(&self, key: &EntryKey) -> bool {
        self.keys.contains(&hashed(key))
    }

    /// Of these entries the ones not seen before, oldest first.
    pub(super) fn keep_new(&mut self, entries: Vec<LogEntry>) -> Vec<LogEntry> {
        let mut fresh: Vec<LogEntry> = entries
            .into_iter()
            .filter(|entry| self.keys.insert(hashed(&entry.key)))
            .collect();
        fresh.sort_by(|a, b| a.key.cmp(&b.key));
        fresh
    }

    /// No later read will show entries from before this.
    pub(super) fn forget_before(&mut self, bound: Timestamp) {
        self.bound = self.bound.max(bound);
        while self.keys.first().is_some_and(|(at, _)| *at < bound) {
            self.keys.pop_first();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}

fn hashed(key: &EntryKey) -> (Timestamp, u64) {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (key.timestamp, hasher.finish())
}
