//! What the cloud holds beyond executions: log entries per project, custom jobs per region.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Bound;

use jiff::Timestamp;

use crate::emulator::timeline::{CustomJob, Entry};

/// The order of queries: timestamp, then insertId.
pub(crate) type EntryKey = (Timestamp, String);

/// Less than every key.
const LEAST: EntryKey = (Timestamp::MIN, String::new());

/// An entry, and the number of the run that printed it; none for one that a request wrote.
pub(crate) type Kept = (Option<usize>, Entry);

/// The entries of every project, by its number.
#[derive(Debug, Default)]
pub(crate) struct LogStore {
    projects: HashMap<String, ProjectLog>,
}

/// The entries of one project.
#[derive(Debug, Default)]
struct ProjectLog {
    entries: BTreeMap<EntryKey, Kept>,
    /// The same by the time of their arrival, while somebody follows the log.
    arrivals: Option<BTreeSet<(Timestamp, EntryKey)>>,
}

impl LogStore {
    /// Adds entries. One of the same timestamp and insertId as another takes its place, as Logging removes duplicates.
    pub(crate) fn put(&mut self, project: &str, run: Option<usize>, entries: Vec<Entry>) {
        let log = self.projects.entry(project.to_owned()).or_default();
        if let Some(arrivals) = &mut log.arrivals {
            arrivals.extend(entries.iter().map(|entry| (entry.received, key(entry))));
        }
        log.entries
            .extend(entries.into_iter().map(|entry| (key(&entry), (run, entry))));
    }

    /// Takes the entries `before` of a run out and puts others in.
    pub(crate) fn replace(&mut self, project: &str, run: usize, before: &[Entry], entries: Vec<Entry>) {
        if let Some(log) = self.projects.get_mut(project) {
            for entry in before {
                log.entries.remove(&key(entry));
                if let Some(arrivals) = &mut log.arrivals {
                    arrivals.remove(&(entry.received, key(entry)));
                }
            }
        }
        self.put(project, Some(run), entries);
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

    /// The entries of a project between two keys, in the order of the query.
    pub(crate) fn between<'a>(
        &'a self,
        project: &str,
        from: Bound<EntryKey>,
        to: Bound<EntryKey>,
        descending: bool,
    ) -> Box<dyn Iterator<Item = &'a Kept> + 'a> {
        let Some(log) = self.projects.get(project).filter(|_| holds_something(&from, &to)) else {
            return Box::new(std::iter::empty());
        };
        let entries = log.entries.range((from, to)).map(|(_, entry)| entry);
        if descending {
            Box::new(entries.rev())
        } else {
            Box::new(entries)
        }
    }
}

fn key(entry: &Entry) -> EntryKey {
    (entry.at, entry.insert_id.clone())
}

/// `BTreeMap::range` panics on a range that ends before it begins.
fn holds_something(from: &Bound<EntryKey>, to: &Bound<EntryKey>) -> bool {
    match (from, to) {
        (Bound::Included(from), Bound::Included(to)) => from <= to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
            from < to
        }
        _ => true,
    }
}

/// Project number and region.
type Scope = (String, String);

/// The custom jobs of every project and region.
#[derive(Debug, Default)]
pub(crate) struct JobStore {
    regions: HashMap<Scope, BTreeMap<(Timestamp, String), CustomJob>>,
    created: HashMap<String, Timestamp>,
}

impl JobStore {
    /// Adds a job.
    pub(crate) fn put(&mut self, job: CustomJob) {
        self.created.insert(job.id.clone(), job.walk.created());
        let region = self
            .regions
            .entry((job.number.clone(), job.region.clone()))
            .or_default();
        region.insert((job.walk.created(), job.id.clone()), job);
    }

    /// Removes a job.
    pub(crate) fn remove(&mut self, number: &str, region: &str, id: &str) {
        if let Some(created) = self.created.remove(id)
            && let Some(jobs) = self.regions.get_mut(&(number.to_owned(), region.to_owned()))
        {
            jobs.remove(&(created, id.to_owned()));
        }
    }

    /// Of `all` ids that were planned, forgets those that are not in `kept`: they will never be submitted.
    pub(crate) fn keep(&mut self, all: &[String], kept: &HashSet<String>) {
        for id in all.iter().filter(|id| !kept.contains(*id)) {
            if let Some(created) = self.created.remove(id) {
                self.regions
                    .values_mut()
                    .for_each(|jobs| drop(jobs.remove(&(created, id.clone()))));
            }
        }
    }

    /// A job that answers show at `now`.
    pub(crate) fn get(
        &mut self,
        number: &str,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Option<&mut CustomJob> {
        let created = *self.created.get(id)?;
        let jobs = self.regions.get_mut(&(number.to_owned(), region.to_owned()))?;
        jobs.get_mut(&(created, id.to_owned()))
            .filter(|job| job.visible <= now)
    }

    /// The newest jobs of all regions that are visible at `now`, at most `count`; and how many jobs there are, planned ones too.
    pub(crate) fn newest_of_all(&self, count: usize, now: Timestamp) -> (Vec<&CustomJob>, usize) {
        let all = self.regions.values().map(BTreeMap::len).sum();
        let newest = self
            .regions
            .values()
            .flat_map(|jobs| jobs.values().rev().filter(|job| job.visible <= now).take(count));
        let mut newest: Vec<&CustomJob> = newest.collect();
        newest.sort_by_key(|job| std::cmp::Reverse(job.walk.created()));
        newest.truncate(count);
        (newest, all)
    }

    /// The jobs of a region, newest first.
    pub(crate) fn newest_first(&self, number: &str, region: &str) -> impl Iterator<Item = &CustomJob> {
        let jobs = self.regions.get(&(number.to_owned(), region.to_owned()));
        jobs.into_iter().flat_map(|jobs| jobs.values().rev())
    }
}
