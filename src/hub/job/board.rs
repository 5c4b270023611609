//! The jobs as last read, and whom they may concern.

use std::collections::HashMap;

use jiff::Timestamp;

use super::JobSubscription;
use crate::core::ids::CustomJobName;
use crate::core::job::{CLOCK_SLACK, JobView};

/// Every job of the window.
#[derive(Default)]
pub(super) struct Board {
    jobs: HashMap<CustomJobName, JobView>,
    /// Trace ids as read; `None` for a job that has none.
    traces: HashMap<CustomJobName, Option<String>>,
}

impl Board {
    /// Takes a complete list; gives back what is new or has changed.
    pub(super) fn take(&mut self, jobs: Vec<JobView>) -> Vec<JobView> {
        let mut news = Vec::new();
        for job in jobs {
            if self.jobs.get(&job.name) != Some(&job) {
                self.jobs.insert(job.name.clone(), job.clone());
                news.push(job);
            }
        }
        news.sort_by(|a, b| (a.create_time, a.name.id()).cmp(&(b.create_time, b.name.id())));
        news
    }

    /// What a newcomer may want to know.
    pub(super) fn concerning(&self, wanted: &JobSubscription) -> Vec<JobView> {
        let mut jobs: Vec<_> = self
            .jobs
            .values()
            .filter(|job| concerns(job, wanted))
            .cloned()
            .collect();
        jobs.sort_by(|a, b| (a.create_time, a.name.id()).cmp(&(b.create_time, b.name.id())));
        jobs
    }

    /// A job that was read whole before, with its present state.
    pub(super) fn detail(&self, name: &CustomJobName) -> Option<JobView> {
        let trace_id = self.traces.get(name)?.clone();
        self.jobs.get(name).map(|job| JobView {
            trace_id,
            ..job.clone()
        })
    }

    pub(super) fn keep_detail(&mut self, job: &JobView) {
        self.traces.insert(job.name.clone(), job.trace_id.clone());
    }

    /// No subscriber is concerned with jobs from before this.
    pub(super) fn forget_before(&mut self, oldest: Timestamp) {
        let Ok(bound) = oldest.checked_sub(CLOCK_SLACK) else {
            return;
        };
        self.jobs.retain(|_, job| job.create_time >= bound);
        let jobs = &self.jobs;
        self.traces.retain(|name, _| jobs.contains_key(name));
    }
}

/// Whether a job may concern a launch: created in its window, and not labelled for another.
///
/// A job labelled for an execution that is not this launch's may still be the one that its user named (another runner took
/// the item), so only launches that cannot want it are left out: the judge decides.
pub(super) fn concerns(job: &JobView, wanted: &JobSubscription) -> bool {
    let window = wanted
        .from
        .checked_sub(CLOCK_SLACK)
        .is_ok_and(|from| job.create_time >= from);
    let label = |key: &str| {
        job.labels
            .get(key)
            .map(String::as_str)
            .filter(|value| !value.contains('$'))
    };
    let marked = [
        label("cloud-run-execution").map(|value| value == wanted.execution),
        label("liftoff-launch").map(|value| value == wanted.launch.as_str()),
    ];
    let ours = marked.contains(&Some(true));
    let others = marked.contains(&Some(false));
    window && (ours || !others || wanted.named)
}
