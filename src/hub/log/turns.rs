//! Whose turn it is: the read that is under way, the one aside, or a new read.

use std::rc::Rc;

use tokio::time::Instant;

use super::reading::{Lane, Reading};
use super::schedule::{Load, Wanted};
use super::{LogCall, LogFeed, filter};
use crate::core::Moment;
use crate::hub::Next;

impl LogFeed {
    /// The next request.
    pub(super) fn next_call(&mut self, now: Moment) -> Next<LogCall> {
        let Some(due) = self.due(now.mono) else {
            return Next::Idle;
        };
        if due > now.mono {
            return Next::At(due);
        }
        if self.turn().is_none() {
            self.begin(now);
        }
        let project = self.project.clone();
        let Some(list) = self.turn().as_ref().map(|reading| reading.call(project)) else {
            return Next::Idle;
        };
        let seen = Rc::clone(&self.seen);
        self.budget.spend(now.mono);
        self.in_flight = true;
        Next::Call(LogCall { list, seen })
    }

    fn due(&mut self, now: Instant) -> Option<Instant> {
        let wish = if self.turn().is_some() {
            Some(now)
        } else {
            let together = self.together.then_some(self.share.together);
            self.schedule.due(now, together, &self.subscribers)
        };
        let allowed = self
            .budget
            .ready_at(now)
            .max(self.sight.retry_at().unwrap_or(now));
        wish.map(|wish| wish.max(allowed))
    }

    /// The read that goes on next, if one is under way.
    pub(super) fn turn(&mut self) -> &mut Option<Reading> {
        if self.asides_turn && self.aside.is_some() {
            &mut self.aside
        } else {
            &mut self.reading
        }
    }

    fn begin(&mut self, now: Moment) {
        let load = Load {
            together: self.together,
            press: self.flood.press(now.mono, self.together),
            sweeps_aside: self.flood.moves_sweeps_aside(now.mono),
            aside_is_free: self.aside.is_none(),
        };
        let plan = self.schedule.plan(now, &load, &self.subscribers);
        if let Some(wanted) = plan.aside {
            self.aside = Some(self.read(now, wanted, Lane::Aside));
        }
        self.reading = Some(self.read(now, plan.main, Lane::Main));
        self.asides_turn = false;
    }

    fn read(&self, now: Moment, wanted: Wanted, lane: Lane) -> Reading {
        let filter = filter::filter(
            &self.subscribers,
            self.left.names(now.mono),
            wanted.since,
            wanted.lines.are_few(),
        );
        let most = self.flood.most_pages(&wanted, lane, self.together);
        Reading::new(now, self.schedule.reads(), wanted, lane, filter, most)
    }
}
