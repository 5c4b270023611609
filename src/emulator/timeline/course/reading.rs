//! What a course says at an instant: what has happened by then, and to how many tasks.

use jiff::Timestamp;

use super::lane::{Attempt, Lane, begun};
use super::{Course, End};

impl Course {
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
