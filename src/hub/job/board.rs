//! The jobs as last read.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::core::ids::CustomJobName;
use crate::core::job::{CLOCK_SLACK, JobView};

/// Every job of the window. A job's trace id, once read, is kept with it: lists do not show it.
#[derive(Default)]
pub(super) struct Board {
    /// Boxed: of a large table up to half the places are empty.
    jobs: HashMap<CustomJobName, Box<Posted>>,
}

struct Posted {
    view: JobView,
    /// It was read whole: a trace id that is missing then is missing for good.
    whole: bool,
}

impl Board {
    /// Takes jobs of a page; gives back what is new or has changed, oldest first.
    pub(super) fn take(&mut self, jobs: Vec<JobView>) -> Vec<JobView> {
        let mut news: Vec<JobView> = jobs.into_iter().filter_map(|job| self.post(job)).collect();
        news.sort_by(by_age);
        news
    }

    fn post(&mut self, job: JobView) -> Option<JobView> {
        let known = self.jobs.get(&job.name);
        let whole = known.is_some_and(|known| known.whole);
        let trace_id = known.and_then(|known| known.view.trace_id.clone());
        let view = JobView { trace_id, ..job };
        if known.is_some_and(|known| known.view == view) {
            return None;
        }
        let posted = Posted {
            view: view.clone(),
            whole,
        };
        self.jobs.insert(view.name.clone(), Box::new(posted));
        Some(view)
    }

    /// The jobs that `test` accepts, oldest first.
    pub(super) fn find(&self, test: impl Fn(&JobView) -> bool) -> Vec<&JobView> {
        let all = self.jobs.values().map(|posted| &posted.view);
        let mut jobs: Vec<_> = all.filter(|job| test(job)).collect();
        jobs.sort_by(|a, b| by_age(a, b));
        jobs
    }

    /// A job that was read whole before, with its present state.
    pub(super) fn detail(&self, name: &CustomJobName) -> Option<JobView> {
        let posted = self.jobs.get(name).filter(|posted| posted.whole)?;
        Some(posted.view.clone())
    }

    /// Keeps a job that was read whole.
    pub(super) fn keep_whole(&mut self, job: &JobView) {
        let posted = Posted {
            view: job.clone(),
            whole: true,
        };
        self.jobs.insert(job.name.clone(), Box::new(posted));
    }

    /// No subscriber is concerned with jobs from before this.
    pub(super) fn forget_before(&mut self, oldest: Timestamp) {
        if let Ok(bound) = oldest.checked_sub(CLOCK_SLACK) {
            self.jobs.retain(|_, posted| posted.view.create_time >= bound);
        }
    }
}

/// Oldest first.
fn by_age(a: &JobView, b: &JobView) -> Ordering {
    (a.create_time, a.name.id()).cmp(&(b.create_time, b.name.id()))
}
