//! The custom jobs of every project and region. A list goes on after a key, and the check of a quota looks at what is active alone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;

use jiff::Timestamp;

use crate::emulator::timeline::CustomJob;

/// Project number and region.
type Scope = (String, String);

/// The order of jobs: by creation, then id.
pub(crate) type JobKey = (Timestamp, String);

/// The custom jobs of a region.
#[derive(Debug, Default)]
struct Region {
    jobs: BTreeMap<JobKey, CustomJob>,
    /// Those that requests created and that had not ended when they were looked at last.
    active: Vec<JobKey>,
}

/// The custom jobs of every project and region.
#[derive(Debug, Default)]
pub(crate) struct JobStore {
    regions: HashMap<Scope, Region>,
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
        let key = (job.walk.created(), job.id.clone());
        if job.is_created {
            region.active.push(key.clone());
        }
        region.jobs.insert(key, job);
    }

    /// Removes a job.
    pub(crate) fn remove(&mut self, number: &str, region: &str, id: &str) {
        if let Some(created) = self.created.remove(id)
            && let Some(region) = self.regions.get_mut(&(number.to_owned(), region.to_owned()))
        {
            region.jobs.remove(&(created, id.to_owned()));
        }
    }

    /// Of `all` ids that were planned, forgets those that are not in `kept`: they will never be submitted.
    pub(crate) fn keep(&mut self, all: &[String], kept: &HashSet<String>) {
        for id in all.iter().filter(|id| !kept.contains(*id)) {
            if let Some(created) = self.created.remove(id) {
                self.regions
                    .values_mut()
                    .for_each(|region| drop(region.jobs.remove(&(created, id.clone()))));
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
        let region = self.regions.get_mut(&(number.to_owned(), region.to_owned()))?;
        let job = region.jobs.get_mut(&(created, id.to_owned()));
        job.filter(|job| job.visible <= now)
    }

    /// The newest jobs of all regions that are visible at `now`, at most `count`; and how many jobs there are, planned ones too.
    pub(crate) fn newest_of_all(&self, count: usize, now: Timestamp) -> (Vec<&CustomJob>, usize) {
        let all = self.regions.values().map(|region| region.jobs.len()).sum();
        let newest = self.regions.values().flat_map(|region| {
            region
                .jobs
                .values()
                .rev()
                .filter(|job| job.visible <= now)
                .take(count)
        });
        let mut newest: Vec<&CustomJob> = newest.collect();
        newest.sort_by_key(|job| std::cmp::Reverse(job.walk.created()));
        newest.truncate(count);
        (newest, all)
    }

    /// The jobs of a region, newest first; those after `before` in that order, if there is one.
    pub(crate) fn newest_first(
        &self,
        number: &str,
        region: &str,
        before: Option<JobKey>,
    ) -> impl Iterator<Item = &CustomJob> {
        let region = self.regions.get(&(number.to_owned(), region.to_owned()));
        let to = before.map_or(Bound::Unbounded, Bound::Excluded);
        let jobs = region.map(|region| region.jobs.range((Bound::Unbounded, to)).rev());
        jobs.into_iter().flatten().map(|(_, job)| job)
    }

    /// The jobs of a region that requests created and that have not ended.
    pub(crate) fn active(
        &mut self,
        number: &str,
        region: &str,
        now: Timestamp,
    ) -> impl Iterator<Item = &CustomJob> {
        let region = self.regions.get_mut(&(number.to_owned(), region.to_owned()));
        let region = region.map(|region| {
            let jobs = &region.jobs;
            let active = |key: &JobKey| jobs.get(key).is_some_and(|job| job.walk.ended(now).is_none());
            region.active.retain(active);
            &*region
        });
        region
            .into_iter()
            .flat_map(|region| region.active.iter().filter_map(|key| region.jobs.get(key)))
    }
}
