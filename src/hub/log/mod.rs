//! The log hub: one reader of Cloud Logging per project.
//!
//! Lines become readable late, out of order, and more than once. Most reads look at the last 20 s; every eighth (of a launch
//! alone, whose reads are further apart, every third) sweeps back 180 s for stragglers; the first read for an execution begins
//! at its creation. Whatever a read shows that was not shown before is delivered, once, to the execution that its label names:
//! one hash lookup a line, however many launches.
//!
//! Where several launches print more than one page shows, nobody waits for the rest: every other request asks for the last
//! lines that may decide ([`telling`]), and the pages of everything come between. A sweep of several pages has them between two
//! reads as well. In a flood, when there is more than even so can be read in time, only what may decide is read, for a minute
//! at a time ([`flood`]). A read that ended before its last page is not complete, whatever it showed.
//!
//! Each subscriber has a bounded ring of what it was sent and has not acknowledged. A tailer that is restarted subscribes
//! with the sequence number that its supervisor kept and gets the rest again.
//!
//! The state is [`LogFeed`]'s, all of it; the files beside this one are its parts and its rules: what is read when ([`turns`],
//! [`schedule`]), what a page changes ([`answers`]). One more thing to tell is a variant of [`LogDelivery`].

mod answers;
mod filter;
mod flood;
mod left;
mod reading;
mod schedule;
mod seen;
mod subscriber;
mod telling;
#[cfg(test)]
mod tests;
mod turns;

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;

use super::{Failure, Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::gcp::{EntriesPage, Gcp, ListEntries};

use flood::Flood;
use left::Left;
use reading::Reading;
use schedule::Schedule;
use seen::SharedSeen;
use subscriber::{Subscriber, Subscribers};

pub use subscriber::{LogDelivery, LogSubscription};

/// So many requests may be saved up for what needs confirming.
const BURST: f64 = 10.0;

/// The feed of one project's log.
pub struct LogFeed {
    project: String,
    share: Share,
    subscribers: Subscribers,
    left: Left,
    /// There are, or were since the last idle time, several: the last launch of a batch is read for as the others were.
    together: bool,
    seen: SharedSeen,
    schedule: Schedule,
    flood: Flood,
    budget: Budget,
    sight: Sight,
    reading: Option<Reading>,
    /// What nobody who needs the last lines waits for: it has a page between two reads.
    aside: Option<Reading>,
    /// The next page is that one's; while a request is in flight, that request's is.
    asides_turn: bool,
    in_flight: bool,
}

impl std::fmt::Debug for LogFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "LogFeed({}, {} subscribers)",
            self.project,
            self.subscribers.len()
        )
    }
}

/// A page to read. Entries that were seen when it comes are passed over: a sweep of a batch has ten pages, and all but a few
/// lines of them are old.
#[derive(Debug)]
pub struct LogCall {
    list: ListEntries,
    seen: SharedSeen,
}

impl LogFeed {
    /// A feed that has read nothing yet.
    pub fn new(project: String, share: Share, now: Instant) -> Self {
        Self {
            budget: Budget::new(share.alone, BURST, now),
            sight: Sight::new(now, &project),
            project,
            share,
            subscribers: Subscribers::new(),
            left: Left::default(),
            together: false,
            seen: SharedSeen::default(),
            schedule: Schedule::default(),
            flood: Flood::default(),
            reading: None,
            aside: None,
            asides_turn: false,
            in_flight: false,
        }
    }

    /// Adds a subscriber, or takes a restarted one back: it gets again what it had not acknowledged.
    pub fn subscribe(&mut self, now: Instant, wanted: LogSubscription, sink: Sink<LogDelivery>) {
        if let Health::Failing(_) | Health::Lost(_) = self.sight.health() {
            sink(LogDelivery::Health(self.sight.health().clone()));
        }
        if let Some(known) = self.subscribers.get_mut(wanted.execution.short()) {
            known.resume(wanted.after, sink);
            return;
        }
        let execution = Arc::clone(&wanted.execution.execution);
        self.left.remove(&execution);
        let subscriber = Box::new(Subscriber::new(wanted, self.schedule.reads(), sink));
        self.subscribers.insert(execution, subscriber);
        self.share_budget(now);
    }

    /// Removes a subscriber: nothing is read for it any more.
    pub fn unsubscribe(&mut self, now: Instant, execution: &str) {
        if let Some((name, _)) = self.subscribers.remove_entry(execution) {
            self.left.add(now, name);
        }
        self.share_budget(now);
    }

    fn share_budget(&mut self, now: Instant) {
        self.together = match self.subscribers.len() {
            0 => false,
            launches => self.together || launches > 1,
        };
        let full = if self.together {
            self.share.together
        } else {
            self.share.alone
        };
        self.budget.set_full(full, now);
        // Several launches read all the time: there is nothing to save up for, and a burst would only be on top.
        self.budget.set_burst(if self.together { 1.0 } else { BURST });
    }

    /// The subscriber has taken everything up to this sequence number.
    pub fn acknowledge(&mut self, execution: &str, seq: u64) {
        if let Some(subscriber) = self.subscribers.get_mut(execution) {
            subscriber.acknowledge(seq);
        }
    }

    /// Something needs confirming: read once a second for ten seconds.
    pub fn confirm(&mut self, now: Instant) {
        self.schedule.confirm(now);
    }

    /// A complete sweep, begun no earlier than this.
    pub fn sweep(&mut self, execution: &str, not_before: Instant) {
        if let Some(subscriber) = self.subscribers.get_mut(execution) {
            subscriber.sweep_wanted = Some(not_before);
        }
    }
}

impl Feed for LogFeed {
    const SOURCE: Source = Source::Log;
    type Call = LogCall;
    type Reply = Result<EntriesPage, Failure>;

    fn next(&mut self, now: Moment) -> Next<LogCall> {
        if self.in_flight || self.subscribers.is_empty() || self.sight.is_lost() {
            return Next::Idle;
        }
        self.next_call(now)
    }

    fn on_reply(&mut self, now: Moment, reply: Self::Reply) {
        self.in_flight = false;
        self.take(now, reply);
    }

    fn perform(gcp: Gcp, call: LogCall) -> LocalBoxFuture<'static, Self::Reply> {
        Box::pin(async move {
            let known = |id| call.seen.borrow().contains(id);
            let page = gcp.list_new_entries(&call.list, &known).await;
            page.map_err(Failure::from)
        })
    }

    fn forget_in_flight(&mut self) {
        self.in_flight = false;
        self.asides_turn = false;
        (self.reading, self.aside) = (None, None);
    }

    fn give_up(&mut self, why: &str) {
        let health = self.sight.give_up(why);
        self.tell_health(Some(health));
    }
}
