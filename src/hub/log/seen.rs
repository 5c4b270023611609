//! Each entry once.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use crate::core::entry::{EntryKey, LogEntry};

/// The entries that were delivered and may be shown again by a later read.
pub(super) struct Seen {
    keys: HashSet<EntryKey>,
    by_time: BTreeSet<(Timestamp, u64)>,
    order: HashMap<u64, EntryKey>,
    next: u64,
    bound: Timestamp,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            keys: HashSet::new(),
            by_time: BTreeSet::new(),
            order: HashMap::new(),
            next: 0,
            bound: Timestamp::MIN,
        }
    }
}

impl Seen {
    /// Entries from before this are no longer remembered.
    pub(super) fn bound(&self) -> Timestamp {
        self.bound
    }

    /// Of these entries the ones not seen before, oldest first.
    pub(super) fn keep_new(&mut self, entries: Vec<LogEntry>) -> Vec<LogEntry> {
        let mut fresh: Vec<LogEntry> = entries
            .into_iter()
            .filter(|entry| self.keys.insert(entry.key.clone()))
            .collect();
        for entry in &fresh {
            self.by_time.insert((entry.timestamp(), self.next));
            self.order.insert(self.next, entry.key.clone());
            self.next += 1;
        }
        fresh.sort_by(|a, b| (a.timestamp(), &a.key.insert_id).cmp(&(b.timestamp(), &b.key.insert_id)));
        fresh
    }

    /// No later read will show entries from before this.
    pub(super) fn forget_before(&mut self, bound: Timestamp) {
        self.bound = self.bound.max(bound);
        while let Some((at, number)) = self.by_time.first().copied()
            && at < bound
        {
            self.by_time.pop_first();
            if let Some(key) = self.order.remove(&number) {
                self.keys.remove(&key);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}
