//! The course of an execution: attempts, retries, end, cancel.

use std::time::Duration;

use jiff::Timestamp;

use crate::emulator::{
    clock::{Pace, later},
    scenario::{AttemptPlan, ExitPlan, RunnerPlan},
};

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

/// The life of one task.
#[derive(Debug, Clone, Default)]
struct Lane {
    /// Its attempts, in order.
    attempts: Vec<Attempt>,
    /// From when it counts as succeeded, failed or cancelled.
    over: Option<Timestamp>,
}

impl Lane {
    fn is_over(&self, now: Timestamp) -> bool {
        self.over.is_some_and(|at| at <= now)
    }

    fn succeeded(&self) -> bool {
        let last = self.attempts.last().and_then(|last| last.exit.as_ref());
        last.is_some_and(|(_, exit)| exit.is_success())
    }

    fn is_running(&self, now: Timestamp) -> bool {
        begun(&self.attempts, now)
            .last()
            .is_some_and(|last| last.exit.as_ref().is_none_or(|(end, _)| *end > now))
    }
}

/// One attempt of a task.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// When its container starts.
    pub(crate) start: Timestamp,
    /// When and how it ends.
    pub(crate) exit: Option<(Timestamp, Exit)>,
}

/// How a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exit {
    /// Its exit code, if it could exit.
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// Cloud Run's words, where they are not the usual ones.
    pub(crate) message: Option<String>,
}

impl Exit {
    /// Whether the attempt succeeded.
    pub(crate) fn is_success(&self) -> bool {
        self.code == Some(0) && self.signal.is_none()
    }

    /// `Task X failed with …`: what the Completed condition says after the task's name.
    pub(crate) fn failure(&self) -> String {
        match (&self.message, self.code) {
            // Seen with memory limits, exit code 0 included.
            (Some(message), code) => format!(
                "failed with exit code: {} and message: {message}",
                code.unwrap_or(0)
            ),
            (None, Some(code)) => {
                format!("failed with exit code: {code} and message: The container exited with an error.")
            }
            (None, None) => "failed with message: The container exited with an error.".to_owned(),
        }
    }

    /// An exit with that code.
    pub(crate) fn of_code(code: i32) -> Self {
        Self {
            code: Some(code),
            signal: None,
            message: None,
        }
    }

    /// The end of an attempt that ran for too long.
    pub(crate) fn timeout() -> Self {
        let message = "The configured timeout was reached.".to_owned();
        Self {
            code: None,
            signal: Some(9),
            message: Some(message),
        }
    }
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
        let attempts: Vec<Attempt> = plan
            .attempt
            .iter()
            .map(|attempt| lay_out(attempt, pace, timeout))
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

    /// How it ended, if it has.
    pub(crate) fn ended(&self, now: Timestamp) -> Option<&End> {
        self.end.as_ref().filter(|(at, _)| *at <= now).map(|(_, how)| how)
    }

    /// When it ended, if it has.
    pub(crate) fn ended_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.end.as_ref().map(|(at, _)| *at).filter(|at| *at <= now)
    }

    /// When its first container started, if it has.
    pub(crate) fn started_at(&self, now: Timestamp) -> Option<Timestamp> {
        let firsts = self.lanes.iter().filter_map(|lane| lane.attempts.first());
        firsts.map(|attempt| attempt.start).min().filter(|at| *at <= now)
    }

    /// The attempts of a task.
    pub(crate) fn attempts(&self, task: u32) -> &[Attempt] {
        let own = usize::try_from(task).ok().and_then(|task| self.lanes.get(task));
        own.or(self.lanes.first()).map_or(&[], |lane| &lane.attempts)
    }

    /// The attempts of a task that have begun.
    pub(crate) fn begun(&self, task: u32, now: Timestamp) -> &[Attempt] {
        begun(self.attempts(task), now)
    }

    /// When a task was over, if it is.
    pub(crate) fn over_at(&self, task: u32, now: Timestamp) -> Option<Timestamp> {
        let own = usize::try_from(task).ok().and_then(|task| self.lanes.get(task));
        own.or(self.lanes.first())?.over.filter(|at| *at <= now)
    }

    /// Tasks whose container runs.
    pub(crate) fn running(&self, now: Timestamp) -> u32 {
        self.count(|lane| lane.is_running(now))
    }

    /// Tasks that succeeded.
    pub(crate) fn succeeded(&self, now: Timestamp) -> u32 {
        self.count(|lane| lane.is_over(now) && lane.succeeded())
    }

    /// Tasks that used up their retries.
    pub(crate) fn failed(&self, now: Timestamp) -> u32 {
        self.count(|lane| lane.is_over(now) && !lane.succeeded() && self.cancelled.is_none())
    }

    /// Tasks that were cancelled.
    pub(crate) fn cancelled(&self, now: Timestamp) -> u32 {
        self.count(|lane| lane.is_over(now) && !lane.succeeded() && self.cancelled.is_some())
    }

    /// Attempts beyond the first, of all tasks.
    pub(crate) fn retried(&self, now: Timestamp) -> u32 {
        let retries = |lane: &Lane| begun(&lane.attempts, now).len().saturating_sub(1);
        let retries: usize = self.lanes.iter().map(retries).sum();
        u32::try_from(retries)
            .unwrap_or(u32::MAX)
            .saturating_mul(self.weight())
    }

    /// Failed attempts whose task was to be tried again: when the last was, and how many.
    pub(crate) fn failures(&self, now: Timestamp) -> Option<(Timestamp, usize)> {
        let all = self.lanes.iter().flat_map(|lane| begun(&lane.attempts, now));
        let failed = all
            .filter_map(|attempt| attempt.exit.as_ref())
            .filter(|(at, exit)| *at <= now && !exit.is_success());
        let (last, count) = (failed.clone().map(|(at, _)| *at).max()?, failed.count());
        Some((last, count))
    }

    /// Whether it is between a cancel and its end.
    pub(crate) fn is_cancelling(&self, now: Timestamp) -> bool {
        self.cancelled.is_some_and(|at| at <= now) && self.ended(now).is_none()
    }

    /// The last moment at which the runner's own program ran; none if it never ends.
    pub(crate) fn silent_from(&self) -> Option<Timestamp> {
        self.attempts(0)
            .last()
            .map_or(self.cancelled, |last| last.exit.as_ref().map(|(end, _)| *end))
    }

    /// The last change that has happened: `updateTime`.
    pub(crate) fn updated_at(&self, now: Timestamp) -> Timestamp {
        let attempts = || self.lanes.iter().flat_map(|lane| &lane.attempts);
        let exits = attempts().filter_map(|attempt| attempt.exit.as_ref().map(|(at, _)| *at));
        attempts()
            .map(|attempt| attempt.start)
            .chain(exits)
            .chain([self.provisioned])
            .chain(self.cancelled)
            .chain(self.end.as_ref().map(|(at, _)| *at))
            .filter(|at| *at <= now)
            .max()
            .unwrap_or(self.created)
    }

    fn count(&self, is: impl Fn(&Lane) -> bool) -> u32 {
        let lanes = self.lanes.iter().filter(|lane| is(lane)).count();
        u32::try_from(lanes)
            .unwrap_or(u32::MAX)
            .saturating_mul(self.weight())
    }

    /// Tasks that one lane stands for.
    fn weight(&self) -> u32 {
        if self.lanes.len() == 1 { self.tasks } else { 1 }
    }
}

fn begun(attempts: &[Attempt], now: Timestamp) -> &[Attempt] {
    &attempts[..attempts.partition_point(|attempt| attempt.start <= now)]
}

fn lay_out(plan: &AttemptPlan, pace: &Pace, timeout: Duration) -> Attempt {
    let limit = plan.start.0.saturating_add(timeout);
    let exit = match &plan.exit {
        Some(exit) if exit.at.0 <= limit => (exit.at.0, exit_of(exit)),
        _ => (limit, Exit::timeout()),
    };
    Attempt {
        start: pace.at(plan.start.0),
        exit: Some((pace.at(exit.0), exit.1)),
    }
}

fn exit_of(plan: &ExitPlan) -> Exit {
    Exit {
        code: plan.code,
        signal: plan.signal,
        message: plan.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(toml: &str, cancel: Option<u64>) -> Course {
        let plan: RunnerPlan = toml::from_str(toml).unwrap();
        let pace = Pace::new(Timestamp::UNIX_EPOCH, 1.0);
        Course::lay_out(&plan, &pace, (1, plan.timeout.0), cancel.map(second))
    }

    fn second(at: u64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, Duration::from_secs(at))
    }

    const GOOD: &str = "[[attempt]]\nstart = \"4s\"\nexit = {at = \"40s\", code = 0}";

    #[test]
    fn a_good_runner_is_pending_then_running_then_succeeded() {
        let course = course(GOOD, None);
        assert_eq!(
            (course.started_at(second(3)), course.running(second(3))),
            (None, 0)
        );
        assert!(course.running(second(4)) == 1 && course.ended(second(40)).is_none());
        assert_eq!(course.running(second(40)), 0);
        assert_eq!(course.ended(second(41)), Some(&End::Succeeded));
    }

    #[test]
    fn a_retried_failure_does_not_end_the_execution() {
        let two = "max_retries = 1\n[[attempt]]\nstart = \"4s\"\nexit = {at = \"9s\", code = 1}\n\
                   [[attempt]]\nstart = \"12s\"\nexit = {at = \"30s\", code = 0}";
        let course = course(two, None);
        assert!(course.ended(second(10)).is_none() && course.running(second(10)) == 0);
        assert_eq!(course.begun(0, second(13)).len(), 2);
        assert_eq!(course.ended(second(31)), Some(&End::Succeeded));
    }

    #[test]
    fn a_cancel_passes_through_cancelling_and_ends_the_container_with_143() {
        let course = course(GOOD, Some(10));
        assert!(course.is_cancelling(second(11)) && !course.is_cancelling(second(12)));
        assert_eq!(course.ended(second(12)), Some(&End::Cancelled));
        assert_eq!(course.attempts(0)[0].exit.as_ref().unwrap().1.code, Some(143));
    }

    #[test]
    fn a_cancel_before_the_start_leaves_no_attempt_and_one_after_the_end_changes_nothing() {
        assert!(course(GOOD, Some(1)).attempts(0).is_empty());
        assert_eq!(course(GOOD, Some(50)).ended(second(60)), Some(&End::Succeeded));
    }

    #[test]
    fn an_attempt_without_an_exit_ends_at_its_timeout() {
        let course = course("timeout = \"60s\"\n[[attempt]]\nstart = \"4s\"", None);
        assert!(
            matches!(course.ended(second(65)), Some(End::Failed(exit)) if exit.failure().contains("timeout"))
        );
    }
}
