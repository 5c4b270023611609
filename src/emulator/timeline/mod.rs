//! The pure heart of the emulator: scenario + time (+ the time of a cancel) = what the cloud is like.
//!
//! ```text
//! jobs.run ─▶ Run ─┬─ course: attempts, end, cancel        ─▶ execution, tasks, operation
//!                  ├─ logs:   entries with three times     ─▶ LogStore   (timestamp ≤ received ≤ visible)
//!                  └─ jobs:   state walks of custom jobs   ─▶ JobStore
//! ```
//!
//! Everything is laid out once, when `jobs.run` is accepted, and again when a cancel changes it; reading is a
//! comparison with the clock.

mod course;
mod jobs;
mod logs;
mod substitute;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub(crate) use course::{Course, End, Exit};
pub(crate) use jobs::{CustomJob, Walk, lay_out as lay_out_jobs, queue_item};
pub(crate) use logs::{Entry, Kind, lay_out as lay_out_logs};
pub(crate) use substitute::Names;

use crate::emulator::{clock::Pace, scenario::Scenario, wire::run_job::EnvVar};

/// One accepted `jobs.run`: an execution and all that follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// What it plays.
    pub(crate) scenario: Arc<Scenario>,
    /// Names of everything that belongs to it.
    pub(crate) names: Names,
    /// The execution's uid.
    pub(crate) uid: String,
    /// Its offsets on the server's clock.
    pub(crate) pace: Pace,
    /// The job's template with the overrides of this run.
    pub(crate) template: Template,
    /// What its tasks do.
    pub(crate) course: Course,
    /// When it was deleted.
    pub(crate) deleted: Option<Timestamp>,
}

/// What a run's tasks are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    /// Container arguments.
    pub(crate) args: Vec<String>,
    /// Container environment.
    pub(crate) env: Vec<EnvVar>,
    /// Tasks of the execution.
    pub(crate) task_count: u32,
    /// Timeout of one attempt.
    pub(crate) timeout: Duration,
}

impl Template {
    /// An environment variable. Empty if absent.
    pub(crate) fn variable(&self, name: &str) -> &str {
        self.env
            .iter()
            .find(|known| known.name == name)
            .map_or("", |known| &known.value)
    }
}

impl Run {
    /// Lays out an accepted run.
    pub(crate) fn new(
        scenario: Arc<Scenario>,
        names: Names,
        uid: String,
        pace: Pace,
        template: Template,
    ) -> Self {
        let course = Course::lay_out(&scenario.runner, &pace, template.timeout, None);
        Self {
            scenario,
            names,
            uid,
            pace,
            template,
            course,
            deleted: None,
        }
    }

    /// Cancels it at `now`. False if it had ended, or is being cancelled.
    pub(crate) fn cancel(&mut self, now: Timestamp) -> bool {
        let over = self.course.ended(now).is_some() || self.course.cancelled.is_some_and(|at| at <= now);
        if !over {
            self.course = Course::lay_out(
                &self.scenario.runner,
                &self.pace,
                self.template.timeout,
                Some(now),
            );
        }
        !over
    }

    /// Deletes it at `now`, and ends it if it still runs.
    pub(crate) fn delete(&mut self, now: Timestamp) {
        self.cancel(now);
        self.deleted.get_or_insert(now);
    }

    /// Whether a get or list shows it.
    pub(crate) fn exists(&self, now: Timestamp) -> bool {
        self.deleted.is_none_or(|at| now < at)
    }
}
