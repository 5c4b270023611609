//! Whose turn it is: an execution's own requests, or the list of all.

use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::listing::Listing;
use super::poll::Poll;
use super::{CHECK, ExecutionCall, ExecutionFeed, FEW, MANY, POLL};
use crate::core::ids::{ExecutionName, RunJob};
use crate::hub::Next;

/// How often the list is read where nothing else tells of ends,
const LIST_MANY: Duration = Duration::from_secs(2);
/// and for each page that it had at least so long: a thousand executions are ten pages, and must not cost ten times as much
/// as a hundred.
const LIST_PAGE: Duration = Duration::from_secs(1);

/// How executions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Each by a long poll, and gets.
    Each,
    /// Each by a long poll; one list checks on all.
    Waits,
    /// By one list alone.
    Listed,
}

impl ExecutionFeed {
    /// The next request.
    pub(super) fn next_call(&mut self, now: Instant) -> Next<ExecutionCall> {
        let allowed = self
            .budget
            .ready_at(now)
            .max(self.sight.retry_at().unwrap_or(now));
        let single = self.single_call(now, allowed);
        if matches!(single, Next::Call(_)) {
            return single;
        }
        match (self.list_call(now, allowed), single) {
            (Next::At(list), Next::At(single)) => Next::At(list.min(single)),
            (Next::Idle, single) => single,
            (list, _) => list,
        }
    }

    /// A request for one execution. Where a list reads them, only those are looked at of which something was demanded: there
    /// may be thousands, and whatever happens to one of them asks for the next request.
    fn single_call(&mut self, now: Instant, allowed: Instant) -> Next<ExecutionCall> {
        let by = self.reading();
        let Self { polls, demanded, .. } = self;
        demanded.retain(|name| polls.get(name).is_some_and(|poll| poll.is_demanded()));
        let mut soonest: Option<Instant> = None;
        let mut turn = |name: &ExecutionName, poll: &mut Poll| match poll.next(now, allowed, by) {
            Next::Call(call) => Some(call.of(name)),
            Next::At(at) => {
                soonest = Some(soonest.map_or(at, |other| other.min(at)));
                None
            }
            Next::Idle => None,
        };
        let call = if by == Reading::Listed {
            demanded.iter().find_map(|name| turn(name, polls.get_mut(name)?))
        } else {
            polls.iter_mut().find_map(|(name, poll)| turn(name, poll))
        };
        if let Some(call) = call {
            self.budget.spend(now);
            return Next::Call(call);
        }
        soonest.map_or(Next::Idle, Next::At)
    }

    /// How so many executions are read.
    fn reading(&self) -> Reading {
        match self.polls.len() {
            0..=FEW => Reading::Each,
            n if n <= MANY => Reading::Waits,
            _ => Reading::Listed,
        }
    }

    /// How often one list reads them all; `None` where no list is needed.
    fn list_period(&self) -> Option<Duration> {
        let executions = self.polls.len();
        if executions > MANY {
            Some(LIST_MANY.max(LIST_PAGE * self.pages))
        } else if executions > FEW {
            let waits = self.polls.values().all(|poll| poll.ended() || poll.is_waiting());
            Some(if waits { CHECK } else { POLL })
        } else {
            (!self.lingering.is_empty()).then_some(CHECK)
        }
    }

    fn list_call(&mut self, now: Instant, allowed: Instant) -> Next<ExecutionCall> {
        if self.listing.is_some() {
            return self.page_call(now);
        }
        let Some(period) = self.list_period() else {
            return Next::Idle;
        };
        let due = self.listed.map_or(now, |listed| listed + period).max(allowed);
        if due > now {
            return Next::At(due);
        }
        let open = self.polls.iter().filter(|(_, poll)| !poll.ended());
        let open = open.map(|(name, _)| name).chain(self.lingering.names());
        let open: HashSet<_> = open.cloned().collect();
        if open.is_empty() {
            return Next::Idle;
        }
        self.listed = Some(now);
        self.lingering.list_begins();
        self.texts.borrow_mut().list_begins();
        self.listing = Some(Listing::new(RunJob::any_of(self.scope.clone()), open));
        self.page_call(now)
    }

    /// The next page at once, whatever the budget has: what comes after the list waits for its pages.
    fn page_call(&mut self, now: Instant) -> Next<ExecutionCall> {
        match &mut self.listing {
            Some(listing) if !listing.is_in_flight() => {
                self.budget.spend(now);
                Next::Call(listing.ask(Rc::clone(&self.texts)))
            }
            _ => Next::Idle,
        }
    }
}
