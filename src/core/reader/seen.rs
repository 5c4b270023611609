//! Which entries were read: the log is read in overlapping windows, so most entries arrive more than once.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::core::entry::EntryKey;

/// Entries remembered. Only those that meant something or stood in an open block are, and the hub has removed most duplicates
/// before, so this covers far more than the overlap of two reads.
const REMEMBERED: usize = 512;

/// A ring of hashed entry keys; two that collide (1 in 10^16 at this size) cost a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(VecDeque<u64>);

impl Seen {
    /// Whether an entry is new; remembers it.
    pub(super) fn is_new(&mut self, key: &EntryKey) -> bool {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        if self.0.contains(&hash) {
            return false;
        }
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(hash);
        true
    }
}
