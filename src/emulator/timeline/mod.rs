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
use serde_json::Value;

pub(crate) use course::{Course, End, Exit};
pub(crate) use jobs::{CustomJob, Walk, lay_out as lay_out_jobs, queue_item};
pub(crate) use logs::{Entry, Kind, completion, entry, exit_line, insert_id, lay_out as lay_out_logs};
pub(crate) use substitute::Names;

use crate::emulator::{clock::Pace, run::deployed::Life, scenario::Scenario};

/// How long a delayed execution waits for its start, in the scenario's time: Google says at most twelve hours, "depending on
/// available capacity".
const CAPACITY_TAKES: Duration = Duration::from_mins(1);

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
    /// From a line's timestamp to where queries show it.
    pub(crate) lag: Duration,
    /// Whether its tasks are real processes: then its course is written as they live, not laid out.
    pub(crate) is_process: bool,
    /// The timestamp of the last line that its processes printed.
    pub(crate) printed: Timestamp,
}

/// What a run's tasks are made of.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// `google.cloud.run.v2.TaskTemplate` in JSON form.
    pub(crate) task: Arc<Value>,
    /// Tasks of the execution.
    pub(crate) task_count: u32,
    /// Tasks that may run at a time; zero for all.
    pub(crate) parallelism: u32,
    /// Timeout of one attempt.
    pub(crate) timeout: Duration,
    /// Attempts beyond the first that a task may have.
    pub(crate) max_retries: u32,
    /// Whether its start waits for capacity (`delayExecution`).
    pub(crate) is_delayed: bool,
}

impl Template {
    /// An environment variable of the first container. Empty if absent.
    pub(crate) fn variable(&self, name: &str) -> &str {
        let env = self.task["containers"][0]["env"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        env.iter()
            .find(|known| known["name"] == name)
            .and_then(|known| known["value"].as_str())
            .unwrap_or_default()
    }

    /// Tasks that run at a time.
    pub(crate) fn parallelism(&self) -> u32 {
        match self.parallelism {
            0 => self.task_count,
            parallelism => parallelism.min(self.task_count),
        }
    }
}

impl Run {
    /// Lays out a run that was accepted at the beginning of `pace`. One that is delayed goes on from a later one.
    pub(crate) fn new(life: &Life, names: Names, uid: String, pace: Pace, template: Template) -> Self {
        let plan = &life.scenario.runner;
        let accepted = pace.accepted();
        let pace = if template.is_delayed {
            pace.begun_after(CAPACITY_TAKES)
        } else {
            pace
        };
        let mut course = if life.is_process {
            Course::of_processes(pace.accepted(), template.task_count)
        } else {
            Course::lay_out(plan, &pace, (template.task_count, template.timeout), None)
        };
        course.created = accepted;
        Self {
            is_process: life.is_process,
            printed: pace.accepted(),
            lag: life.scenario.lag,
            scenario: Arc::clone(&life.scenario),
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
        if !over && self.is_process {
            self.course.cancelled = Some(now); // its end comes with the ends of its processes
        } else if !over {
            let created = self.course.created;
            self.course = Course::lay_out(
                &self.scenario.runner,
                &self.pace,
                (self.template.task_count, self.template.timeout),
                Some(now),
            );
            self.course.created = created;
        }
        !over
    }

    /// Whether its start still waits for capacity.
    pub(crate) fn is_waiting(&self, now: Timestamp) -> bool {
        self.template.is_delayed && now < self.pace.accepted()
    }

    /// Whether a get or list shows it.
    pub(crate) fn exists(&self, now: Timestamp) -> bool {
        self.deleted.is_none_or(|at| now < at)
    }
}
