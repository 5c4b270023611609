//! Jobs that are read whole: for their trace ids, or because somebody named them.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::core::ids::{CustomJobName, LaunchId};

/// A job is tried this often before its trace id counts as unreadable.
const TRIES: u32 = 3;

/// The reads that were asked for. One read serves everyone who asks.
#[derive(Default)]
pub(super) struct Whole {
    queue: VecDeque<CustomJobName>,
    reads: HashMap<CustomJobName, Read>,
    /// The hub itself wanted these, once: it never asks again for one that could not be read.
    tried: HashSet<CustomJobName>,
}

#[derive(Default)]
struct Read {
    tries: u32,
    askers: HashSet<LaunchId>,
}

/// What to make of an answer that was none.
pub(super) enum Failed {
    /// It is tried again.
    Again,
    /// It cannot be read: who asked.
    Unreadable(HashSet<LaunchId>),
}

impl Whole {
    /// A launch asks for it.
    pub(super) fn ask(&mut self, launch: &LaunchId, name: CustomJobName) {
        self.want(&name);
        self.reads.entry(name).or_default().askers.insert(launch.clone());
    }

    /// The hub wants to know whose it is.
    pub(super) fn find_out(&mut self, name: &CustomJobName) {
        if self.tried.insert(name.clone()) {
            self.want(name);
        }
    }

    fn want(&mut self, name: &CustomJobName) {
        if !self.reads.contains_key(name) {
            self.queue.push_back(name.clone());
            self.reads.insert(name.clone(), Read::default());
        }
    }

    /// The next to read.
    pub(super) fn next(&mut self) -> Option<CustomJobName> {
        self.queue.pop_front()
    }

    /// Whether anything is to be read.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// It was read: who asked.
    pub(super) fn done(&mut self, name: &CustomJobName) -> HashSet<LaunchId> {
        self.reads
            .remove(name)
            .map(|read| read.askers)
            .unwrap_or_default()
    }

    /// It was not.
    pub(super) fn failed(&mut self, name: &CustomJobName, permanent: bool) -> Failed {
        let Some(read) = self.reads.get_mut(name) else {
            return Failed::Unreadable(HashSet::new());
        };
        read.tries += 1;
        if permanent || read.tries >= TRIES {
            return Failed::Unreadable(self.done(name));
        }
        self.queue.push_back(name.clone());
        Failed::Again
    }

    /// What was in flight has to be sent again.
    pub(super) fn start_over(&mut self) {
        self.queue = self.reads.keys().cloned().collect();
    }

    /// Nobody looks for jobs any more.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
