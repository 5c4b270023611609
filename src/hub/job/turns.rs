//! Whose turn it is: lists of what is new, pages of the whole window, reads of single jobs.

use std::time::Duration;

use tokio::time::Instant;

use super::listing::Listed;
use super::subscriber::Subscriber;
use super::{JobCall, JobFeed};
use crate::core::Moment;
use crate::hub::Next;

/// While a job is expected.
const EXPECTING: Duration = Duration::from_millis(250);
/// Otherwise, and with many launches: a visible job is told within a second, the round trip included.
const IDLE: Duration = Duration::from_millis(900);
/// With more launches than this, once a second is what the quota gives.
pub(super) const MANY: usize = 100;

/// Which of two lists a request belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// What somebody waits for: what is new, or with few launches everything.
    News,
    /// The whole window, with many launches.
    Window,
}

impl JobFeed {
    /// The next request. Lists may use the whole budget and there may be thousands of reads: where both are due they take turns.
    pub(super) fn next_call(&mut self, now: Moment) -> Next<JobCall> {
        let ready = self.budget.ready_at(now.mono);
        let allowed = ready.max(self.sight.retry_at().unwrap_or(now.mono));
        let read = (!self.whole.is_empty()).then(|| allowed.max(self.reads.ready_at(now.mono)));
        let read_now = read.is_some_and(|due| due <= now.mono);
        if !(read_now && self.listed_last) {
            let list = self.next_list(now, allowed);
            if matches!(list, Next::Call(_)) {
                self.listed_last = true;
                return list;
            }
            if !read_now {
                return sooner(list, read);
            }
        }
        let Some(name) = self.whole.next() else {
            return Next::Idle;
        };
        self.listed_last = false;
        self.budget.spend(now.mono);
        self.reads.spend(now.mono);
        Next::Call(JobCall::Fetch(name))
    }

    /// A list that is due, or that goes on. What is new goes first.
    fn next_list(&mut self, now: Moment, allowed: Instant) -> Next<JobCall> {
        if self.in_flight.is_some() {
            return Next::Idle;
        }
        let wish = if self.listing.is_some() {
            now.mono
        } else {
            self.due(now.mono)
        };
        let news = wish <= now.mono;
        let due = if news || self.window.is_some() {
            allowed
        } else {
            wish.max(allowed)
        };
        if due > now.mono {
            return Next::At(due);
        }
        if news && self.listing.is_none() {
            self.begin(now);
        }
        let (lane, listing) = if news {
            (Lane::News, &self.listing)
        } else {
            (Lane::Window, &self.window)
        };
        let Some(listing) = listing else {
            return Next::Idle;
        };
        self.budget.spend(now.mono);
        self.in_flight = Some(lane);
        Next::Call(listing.call(&self.scope, self.board.texts()))
    }

    fn period(&self) -> Duration {
        let many = self.subscribers.len() > MANY;
        let expecting = || self.subscribers.values().any(|subscriber| subscriber.expecting);
        if !many && expecting() { EXPECTING } else { IDLE }
    }

    /// When the next list begins: start to start, and at once where a few launches ask for one.
    fn due(&self, now: Instant) -> Instant {
        let Some(begun) = self.listed.begun else {
            return now;
        };
        let regular = begun + self.period();
        if self.crowded {
            return regular.max(now);
        }
        let asked = self
            .subscribers
            .values()
            .filter_map(|subscriber| subscriber.list_wanted);
        let asked = asked.filter(|wanted| *wanted >= begun).min();
        asked.map_or(regular, |wanted| wanted.min(regular)).max(now)
    }

    fn begin(&mut self, now: Moment) {
        let from = |subscriber: &Subscriber| subscriber.wanted.from;
        let oldest = self.subscribers.values().map(from).min();
        let waits = |s: &Subscriber| s.following || s.list_wanted.is_some_and(|wanted| wanted <= now.mono);
        let wanted = self.subscribers.values().any(waits);
        let whole = !self.crowded || self.listed.is_first();
        self.listing = Some(self.listed.begin(now, oldest, whole));
        if !whole && self.window.is_none() && self.listed.is_whole_due(now.mono, wanted) {
            self.window = Some(Listed::begin_window(now, oldest));
        }
        if let Some(oldest) = oldest {
            self.board.forget_before(oldest);
        }
    }
}

/// The list's time, or that of a read, whichever comes first.
fn sooner(list: Next<JobCall>, read: Option<Instant>) -> Next<JobCall> {
    match (list, read) {
        (Next::At(list), Some(read)) => Next::At(list.min(read)),
        (_, Some(read)) => Next::At(read),
        (list, None) => list,
    }
}
