//! The log of one project: its entries in the order of queries, and two more ways to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use jiff::Timestamp;

use crate::emulator::{
    store::{Name, named::Printers, weight},
    timeline::Entry,
};

/// The order of queries: timestamp, then insertId.
pub(crate) type EntryKey = (Timestamp, String);

/// Less than every key.
const LEAST: EntryKey = (Timestamp::MIN, String::new());

/// An entry, and the number of the run that printed it; none for one that a request wrote.
pub(crate) type Kept = (Option<usize>, Entry);

/// A part of a log, and in which direction it is read.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) from: Bound<EntryKey>,
    pub(crate) to: Bound<EntryKey>,
    pub(crate) descending: bool,
}

impl Span {
    /// `BTreeMap::range` panics on a range that ends before it begins.
    fn holds_something(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Included(from), Bound::Included(to)) => from <= to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
                from < to
            }
            _ => true,
        }
    }
}

/// The entries of one project.
#[derive(Debug, Default)]
pub(super) struct ProjectLog {
    pub(super) entries: BTreeMap<EntryKey, Kept>,
    /// Those that carry a name.
    pub(super) named: HashMap<Name, BTreeSet<EntryKey>>,
    /// The same by the time of their arrival, while somebody follows the log.
    pub(super) arrivals: Option<BTreeSet<(Timestamp, EntryKey)>>,
}

impl ProjectLog {
    /// Adds an entry under its names: how much more it all weighs.
    pub(super) fn add(&mut self, run: Option<usize>, entry: Entry, names: Vec<Name>) -> usize {
        let (key, weight) = (key(&entry), weight::of(&entry));
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.insert((entry.received, key.clone()));
        }
        for name in names {
            self.named.entry(name).or_default().insert(key.clone());
        }
        self.entries.insert(key, (run, entry));
        weight
    }

    /// Removes an entry: what it weighed.
    pub(super) fn remove(&mut self, key: &EntryKey, printers: &Printers) -> usize {
        let Some((run, entry)) = self.entries.remove(key) else {
            return 0;
        };
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.remove(&(entry.received, key.clone()));
        }
        for name in printers.names_of(run, &entry) {
            if let Some(keys) = self.named.get_mut(&name) {
                keys.remove(key);
                if keys.is_empty() {
                    self.named.remove(&name);
                }
            }
        }
        weight::of(&entry)
    }

    /// From now on [`Self::arrived`] answers.
    pub(super) fn follow(&mut self) {
        if self.arrivals.is_none() {
            let entries = self.entries.values();
            let arrivals = entries.map(|(_, entry)| (entry.received, key(entry)));
            self.arrivals = Some(arrivals.collect());
        }
    }

    /// When the first entry that is received at `from` or later is.
    pub(super) fn next_arrival(&self, from: Timestamp) -> Option<Timestamp> {
        let arrivals = self.arrivals.as_ref()?;
        arrivals.range((from, LEAST)..).next().map(|(at, _)| *at)
    }

    /// The entries that were received from `from` until just before `to`.
    pub(super) fn arrived(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = &Kept> {
        self.arrivals.iter().flat_map(move |arrivals| {
            let arrived = arrivals.range((from, LEAST)..(to.max(from), LEAST));
            arrived.filter_map(|(_, key)| self.entries.get(key))
        })
    }

    /// The entries of a span; of those that carry `name`, if there is one.
    pub(super) fn between<'a>(&'a self, name: Option<&Name>, span: Span) -> Entries<'a> {
        if !span.holds_something() {
            return Box::new(std::iter::empty());
        }
        let range = (span.from, span.to);
        let Some(name) = name else {
            return directed(self.entries.range(range), span.descending);
        };
        let Some(keys) = self.named.get(name) else {
            return Box::new(std::iter::empty());
        };
        let entries = keys
            .range(range)
            .filter_map(|key| self.entries.get_key_value(key));
        directed(entries, span.descending)
    }
}

/// Entries of a query, with their keys, in its order.
pub(crate) type Entries<'a> = Box<dyn Iterator<Item = (&'a EntryKey, &'a Kept)> + 'a>;

fn directed<'a, T>(
    entries: impl DoubleEndedIterator<Item = T> + 'a,
    descending: bool,
) -> Box<dyn Iterator<Item = T> + 'a> {
    if descending {
        Box::new(entries.rev())
    } else {
        Box::new(entries)
    }
}

/// An entry's place in the order of queries.
pub(super) fn key(entry: &Entry) -> EntryKey {
    (entry.at, entry.insert_id.clone())
}
