//! Whose turn it is: the read that is under way, the sweep aside, or a new read.

use std::rc::Rc;

use tokio::time::Instant;

use super::flood::Flood;
use super::reading::Reading;
use super::schedule::Plan;
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
        let aside = self.flood.moves_sweeps_aside(now.mono);
        let plan = self.schedule.plan(now, self.together, aside, &self.subscribers);
        let few = self.flood.narrows(now.mono);
        if let (Some(since), None) = (plan.aside, &self.aside) {
            let sweep = Plan {
                since,
                sweep: true,
                ..plan
            };
            let filter = filter::filter(&self.subscribers, since, true);
            let most = Flood::most_pages_aside();
            self.aside = Some(Reading::new(now, &sweep, filter, most, true));
        }
        let filter = filter::filter(&self.subscribers, plan.since, few);
        let most = self.flood.most_pages(now.mono, plan.first);
        self.reading = Some(Reading::new(now, &plan, filter, most, few));
        self.asides_turn = false;
    }
}
