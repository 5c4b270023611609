//! The log of every project, in the order of its queries.
//!
//! A query walks from its lower to its upper key, or back; one that insists on an execution or a job walks that one's entries alone.
//! What the log may take is bounded: Cloud Logging keeps entries for thirty days, this one as many as fit, the newest by timestamp.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use jiff::Timestamp;

use super::{Name, named::Printers, weight};
use crate::emulator::timeline::{Entry, Names};

/// The order of queries: timestamp, then insertId.
pub(crate) type EntryKey = (Timestamp, String);

/// Less than every key.
const LEAST: EntryKey = (Timestamp::MIN, String::new());

/// Bytes that all entries may take, as [`weight`] counts them.
const MOST: usize = 256 << 20;

/// An entry, and the number of the run that printed it; none for one that a request wrote.
pub(crate) type Kept = (Option<usize>, Entry);

/// The run that prints entries: its number and its names.
pub(crate) type Printer<'a> = (usize, &'a Names);

/// A part of a log, and in which direction it is read.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) from: Bound<EntryKey>,
    pub(crate) to: Bound<EntryKey>,
    pub(crate) descending: bool,
}

/// The entries of every project, by its number.
#[derive(Debug)]
pub(crate) struct LogStore {
    projects: HashMap<String, ProjectLog>,
    printers: Printers,
    most: usize,
    weight: usize,
    dropped: u64,
}

impl Default for LogStore {
    fn default() -> Self {
        Self {
            projects: HashMap::new(),
            printers: Printers::default(),
            most: MOST,
            weight: 0,
            dropped: 0,
        }
    }
}

/// How full the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fill {
    /// Entries that are kept, those to come included.
    pub(crate) entries: usize,
    /// Bytes that they take.
    pub(crate) bytes: usize,
    /// Bytes that they may take.
    pub(crate) most: usize,
    /// Entries that were dropped for newer ones.
    pub(crate) dropped: u64,
}

/// The entries of one project.
#[derive(Debug, Default)]
struct ProjectLog {
    entries: BTreeMap<EntryKey, Kept>,
    named: HashMap<Name, BTreeSet<EntryKey>>,
    /// The same by the time of their arrival, while somebody follows the log.
    arrivals: Option<BTreeSet<(Timestamp, EntryKey)>>,
}

impl ProjectLog {
    /// Adds an entry under its names: how much more it all weighs.
    fn add(&mut self, run: Option<usize>, entry: Entry, names: Vec<Name>) -> usize {
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
    fn remove(&mut self, key: &EntryKey, printers: &Printers) -> usize {
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
}

impl LogStore {
    /// Adds entries, and drops the project's oldest ones where they leave too little room. One of the same timestamp and insertId as
    /// another takes its place, as Logging removes duplicates.
    pub(crate) fn put(&mut self, project: &str, printer: Option<Printer<'_>>, entries: Vec<Entry>) {
        if let Some((run, names)) = printer {
            self.printers.add(run, names);
        }
        let run = printer.map(|(run, _)| run);
        let log = self.projects.entry(project.to_owned()).or_default();
        for entry in entries {
            self.weight -= log.remove(&key(&entry), &self.printers);
            let names = self.printers.names_of(run, &entry);
            self.weight += log.add(run, entry, names);
        }
        self.make_room(project);
    }

    /// Takes the entries `before` of a run out and puts others in.
    pub(crate) fn replace(
        &mut self,
        project: &str,
        printer: Printer<'_>,
        before: &[Entry],
        entries: Vec<Entry>,
    ) {
        if let Some(log) = self.projects.get_mut(project) {
            for entry in before {
                self.weight -= log.remove(&key(entry), &self.printers);
            }
        }
        self.put(project, Some(printer), entries);
    }

    /// Drops the oldest entries of the project that was written to last, and of the others once that has none, until all fit.
    fn make_room(&mut self, project: &str) {
        while self.weight > self.most {
            let full = |log: &&mut ProjectLog| !log.entries.is_empty();
            let log = match self.projects.get_mut(project).filter(full) {
                Some(log) => Some(log),
                None => self.projects.values_mut().find(full),
            };
            let Some((log, oldest)) = log.and_then(|log| {
                let oldest = log.entries.keys().next()?.clone();
                Some((log, oldest))
            }) else {
                return;
            };
            self.weight -= log.remove(&oldest, &self.printers);
            self.dropped += 1;
        }
    }

    /// How full it is.
    pub(crate) fn fill(&self) -> Fill {
        Fill {
            entries: self.projects.values().map(|log| log.entries.len()).sum(),
            bytes: self.weight,
            most: self.most,
            dropped: self.dropped,
        }
    }

    /// From now on [`Self::arrived`] answers for this project.
    pub(crate) fn follow(&mut self, project: &str) {
        let log = self.projects.entry(project.to_owned()).or_default();
        if log.arrivals.is_none() {
            let arrivals = log
                .entries
                .values()
                .map(|(_, entry)| (entry.received, key(entry)));
            log.arrivals = Some(arrivals.collect());
        }
    }

    /// Nobody follows this project any more.
    pub(crate) fn unfollow(&mut self, project: &str) {
        if let Some(log) = self.projects.get_mut(project) {
            log.arrivals = None;
        }
    }

    /// When the first entry that is received at `from` or later is; it may be to come.
    pub(crate) fn next_arrival(&self, project: &str, from: Timestamp) -> Option<Timestamp> {
        let arrivals = self.projects.get(project)?.arrivals.as_ref()?;
        arrivals.range((from, LEAST)..).next().map(|(at, _)| *at)
    }

    /// The entries that were received from `from` until just before `to`.
    pub(crate) fn arrived(
        &self,
        project: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = &Kept> {
        let log = self.projects.get(project);
        log.and_then(|log| Some((log, log.arrivals.as_ref()?)))
            .into_iter()
            .flat_map(move |(log, arrivals)| {
                let arrived = arrivals.range((from, LEAST)..(to.max(from), LEAST));
                arrived.filter_map(|(_, key)| log.entries.get(key))
            })
    }

    /// The entries of a span of a project's log; of those that carry `name`, if there is one.
    pub(crate) fn between<'a>(
        &'a self,
        project: &str,
        name: Option<&Name>,
        span: Span,
    ) -> Box<dyn Iterator<Item = (&'a EntryKey, &'a Kept)> + 'a> {
        let nothing = || Box::new(std::iter::empty());
        let Some(log) = self.projects.get(project).filter(|_| span.holds_something()) else {
            return nothing();
        };
        let range = (span.from, span.to);
        let Some(name) = name else {
            let entries = log.entries.range(range);
            return directed(entries, span.descending);
        };
        let Some(keys) = log.named.get(name) else {
            return nothing();
        };
        let entries = keys.range(range).filter_map(|key| log.entries.get_key_value(key));
        directed(entries, span.descending)
    }
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

fn key(entry: &Entry) -> EntryKey {
    (entry.at, entry.insert_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{clock::later, scenario::Stream, timeline::Kind};
    use std::time::Duration;

    fn line(second: u64, text: &str) -> Entry {
        let at = later(Timestamp::UNIX_EPOCH, Duration::from_secs(second));
        Entry {
            at,
            received: at,
            visible: at,
            insert_id: format!("{second:08}"),
            kind: Kind::Line {
                stream: Stream::Stdout,
                severity: None,
                task: 0,
                attempt: 0,
                text: text.to_owned(),
            },
        }
    }

    fn names(execution: &str) -> Names {
        Names {
            execution: execution.to_owned(),
            job: "train".to_owned(),
            ..Names::default()
        }
    }

    fn seconds(store: &LogStore, name: Option<&Name>, descending: bool) -> Vec<i64> {
        let span = Span {
            from: Bound::Unbounded,
            to: Bound::Unbounded,
            descending,
        };
        let entries = store.between("p", name, span);
        entries.map(|(key, _)| key.0.as_second()).collect()
    }

    #[test]
    fn a_name_leads_to_its_own_entries_in_the_order_of_the_query() {
        let mut store = LogStore::default();
        for second in 0..10 {
            let run = usize::try_from(second % 2).unwrap();
            let names = names(if run == 0 { "Even" } else { "odd" });
            store.put("p", Some((run, &names)), vec![line(second, "x")]);
        }
        assert_eq!(
            seconds(&store, Some(&Name::execution("even")), false),
            [0, 2, 4, 6, 8]
        );
        assert_eq!(
            seconds(&store, Some(&Name::execution("ODD")), true),
            [9, 7, 5, 3, 1]
        );
        assert_eq!(seconds(&store, Some(&Name::job("train")), false).len(), 10);
        assert!(seconds(&store, Some(&Name::job("other")), false).is_empty());
        store.replace(
            "p",
            (0, &names("Even")),
            &[line(2, "x"), line(4, "x")],
            vec![line(5, "later")],
        );
        assert_eq!(
            seconds(&store, Some(&Name::execution("even")), false),
            [0, 5, 6, 8]
        );
        assert_eq!(
            seconds(&store, None, false),
            [0, 1, 3, 5, 6, 7, 8, 9],
            "one key, one entry"
        );
        assert_eq!(store.fill().entries, 8);
    }

    #[test]
    fn the_oldest_entries_make_room_for_new_ones_and_leave_nothing_behind() {
        let mut store = LogStore {
            most: 100_000,
            ..LogStore::default()
        };
        store.follow("p");
        for second in 0..5000 {
            let names = names(&format!("run-{}", second / 10));
            let run = usize::try_from(second / 10).unwrap();
            store.put(
                "p",
                Some((run, &names)),
                vec![line(second, "a line of some length")],
            );
        }
        let fill = store.fill();
        assert!(
            fill.bytes <= fill.most && fill.bytes > fill.most - 1000,
            "{fill:?}"
        );
        assert_eq!(fill.entries as u64 + fill.dropped, 5000);
        assert_eq!(seconds(&store, None, true)[0], 4999);
        let log = &store.projects["p"];
        assert_eq!(log.arrivals.as_ref().map(BTreeSet::len), Some(fill.entries));
        assert_eq!(log.named[&Name::job("train")].len(), fill.entries);
        assert!(log.named.len() <= fill.entries / 10 + 3, "{}", log.named.len());
        store.put("q", None, vec![line(0, &"x".repeat(200_000))]);
        assert_eq!(
            (store.fill().entries, store.fill().bytes),
            (fill.entries, fill.bytes),
            "what never fits goes first"
        );
    }
}
