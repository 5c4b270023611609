//! The log of every project, in the order of its queries.
//!
//! A query walks from its lower to its upper key, or back; one that insists on an execution or a job walks that one's entries alone.
//! What the log may take is bounded: Cloud Logging keeps entries for thirty days, this one as many as fit, the newest by timestamp.
//!
//! A [`LogStore`] owns it all and minds what it weighs; the entries of one project, and the ways to them, are a [`ProjectLog`]'s.
//! One more way to find entries goes there.

mod project;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Name, named::Printers};
use crate::emulator::timeline::{Entry, Names};

use project::{Entries, ProjectLog, key};

pub(crate) use project::{EntryKey, Kept, Span};

/// Bytes that all entries may take, as [`super::weight`] counts them.
const MOST: usize = 256 << 20;

/// The run that prints entries: its number and its names.
pub(crate) type Printer<'a> = (usize, &'a Names);

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
        self.projects.entry(project.to_owned()).or_default().follow();
    }

    /// Nobody follows this project any more.
    pub(crate) fn unfollow(&mut self, project: &str) {
        if let Some(log) = self.projects.get_mut(project) {
            log.arrivals = None;
        }
    }

    /// When the first entry that is received at `from` or later is; it may be to come.
    pub(crate) fn next_arrival(&self, project: &str, from: Timestamp) -> Option<Timestamp> {
        self.projects.get(project)?.next_arrival(from)
    }

    /// The entries that were received from `from` until just before `to`.
    pub(crate) fn arrived(
        &self,
        project: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = &Kept> {
        let log = self.projects.get(project).into_iter();
        log.flat_map(move |log| log.arrived(from, to))
    }

    /// The entries of a span of a project's log; of those that carry `name`, if there is one.
    pub(crate) fn between<'a>(&'a self, project: &str, name: Option<&Name>, span: Span) -> Entries<'a> {
        match self.projects.get(project) {
            Some(log) => log.between(name, span),
            None => Box::new(std::iter::empty()),
        }
    }
}
