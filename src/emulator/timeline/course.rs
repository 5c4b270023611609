//! The course of an execution: attempts, retries, end, cancel.
//!
//! A [`Course`] is written here, whole from a scenario or piece by piece as processes live; what it says at an instant is in
//! [`reading`], and one more figure goes there. Who owns it is the [`super::Run`].

mod lane;
mod reading;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

use crate::emulator::{
    clock::{Pace, later},
    scenario::RunnerPlan,
};

use lane::{Attempt, Lane};

pub(crate) use lane::Exit;

/// From a cancel to the container's end: `SIGTERM`, and a runner that obeys.
const TERM_TAKES: Duration = Duration::from_secs(1);
/// From a cancel to the end of CANCELLING.
const CANCEL_TAKES: Duration = Duration::from_secs(2);

/// When everything happens to the tasks of one execution. All times are the server's.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    /// When the execution was created.
    pub(crate) created: Timestamp,
    /// When its resources were available.
    pub(crate) provisioned: Timestamp,
    /// What happens to the tasks: one lane stands for all of them, or each has its own.
    lanes: Vec<Lane>,
    /// Tasks of the execution.
    tasks: u32,
    /// When and how the execution ends; none if it never does.
    pub(crate) end: Option<(Timestamp, End)>,
    /// When it was cancelled.
    pub(crate) cancelled: Option<Timestamp>,
}

/// How an execution ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Every task succeeded.
    Succeeded,
    /// A task used up its retries.
    Failed(Exit),
    /// Somebody cancelled it.
    Cancelled,
}

impl Course {
    /// Lays out `plan` for `tasks` tasks that all do the same; `cancel` is when a request cancelled it.
    pub(crate) fn lay_out(
        plan: &RunnerPlan,
        pace: &Pace,
        (tasks, timeout): (u32, Duration),
        cancel: Option<Timestamp>,
    ) -> Self {
        let attempts = plan.attempt.iter();
        let attempts: Vec<Attempt> = attempts
            .map(|attempt| Attempt::lay_out(attempt, pace, timeout))
            .collect();
        let last = attempts.last().and_then(|last| last.exit.clone());
        let end = last.map(|(at, exit)| {
            let how = if exit.is_success() {
                End::Succeeded
            } else {
                End::Failed(exit)
            };
            (later(at, pace.scaled(plan.completed_after.0)), how)
        });
        let over = end.as_ref().map(|(at, _)| *at);
        let course = Self {
            created: pace.accepted(),
            provisioned: pace.at(plan.provisioned.0),
            lanes: vec![Lane { attempts, over }],
            tasks,
            end,
            cancelled: None,
        };
        let planned = plan.cancelled_at.map(|at| pace.at(at.0));
        match cancel.into_iter().chain(planned).min() {
            Some(at) => course.cancelled_at(at, pace),
            None => course,
        }
    }

    /// The same course with a cancel: attempts that had not begun do not, one that runs gets `SIGTERM`.
    fn cancelled_at(mut self, at: Timestamp, pace: &Pace) -> Self {
        if self.ended(at).is_some() {
            return self;
        }
        let term = later(at, pace.scaled(TERM_TAKES));
        let end = later(at, pace.scaled(CANCEL_TAKES));
        for lane in &mut self.lanes {
            lane.attempts.retain(|attempt| attempt.start <= at);
            for attempt in &mut lane.attempts {
                if attempt.exit.as_ref().is_none_or(|(end, _)| *end > term) {
                    attempt.exit = Some((term, Exit::of_code(143)));
                }
            }
            lane.over = Some(end);
        }
        self.end = Some((end, End::Cancelled));
        self.cancelled = Some(at);
        self
    }

    /// The course of real processes: each task has a lane of its own, and nothing has happened yet.
    pub(crate) fn of_processes(created: Timestamp, tasks: u32) -> Self {
        Self {
            created,
            provisioned: created,
            lanes: (0..tasks).map(|_| Lane::default()).collect(),
            tasks,
            end: None,
            cancelled: None,
        }
    }

    /// A process of a task begins.
    pub(crate) fn begin(&mut self, task: u32, now: Timestamp) {
        if let Some(lane) = self.lane_mut(task) {
            lane.attempts.push(Attempt {
                start: now,
                exit: None,
            });
        }
    }

    /// The last process of a task has ended.
    pub(crate) fn exit(&mut self, task: u32, now: Timestamp, exit: Exit) {
        if let Some(attempt) = self.lane_mut(task).and_then(|lane| lane.attempts.last_mut()) {
            attempt.exit = Some((now, exit));
        }
    }

    /// A task is over. True if it was the last one: then the execution ends.
    pub(crate) fn finish(&mut self, task: u32, now: Timestamp) -> bool {
        if let Some(lane) = self.lane_mut(task) {
            lane.over = Some(now);
        }
        if self.lanes.iter().any(|lane| lane.over.is_none()) {
            return false;
        }
        let how = match self.lanes.iter().find(|lane| !lane.succeeded()) {
            None => End::Succeeded,
            Some(_) if self.cancelled.is_some() => End::Cancelled,
            Some(failed) => {
                let exit = failed.attempts.last().and_then(|last| last.exit.clone());
                End::Failed(exit.map_or_else(|| Exit::of_code(1), |(_, exit)| exit))
            }
        };
        self.end = Some((now, how));
        true
    }

    fn lane_mut(&mut self, task: u32) -> Option<&mut Lane> {
        usize::try_from(task)
            .ok()
            .and_then(|task| self.lanes.get_mut(task))
    }
}
