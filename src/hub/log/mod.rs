//! The log hub: one reader of Cloud Logging per project.
//!
//! Lines become readable late, out of order, and more than once. Most reads look at the last 20 s; every eighth (of a launch
//! alone, whose reads are further apart, every third) sweeps back 180 s for stragglers; the first read for an execution begins
//! at its creation. Whatever a read shows that was not shown before is delivered, once, to the execution that its label names:
//! one hash lookup a line, however many launches.
//!
//! In a flood, when a read has more pages than the quota lets anyone read in time, only entries are read that may decide
//! ([`filter`]), for a minute at a time, and sweeps have a page between two reads. A read that ended before its last page is
//! not complete, whatever it showed.
//!
//! Each subscriber has a bounded ring of what it was sent and has not acknowledged. A tailer that is restarted subscribes
//! with the sequence number that its supervisor kept and gets the rest again.

mod filter;
mod flood;
mod reading;
mod schedule;
mod seen;
mod subscriber;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{Failure, Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::core::ids::ExecutionName;
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::gcp::{EntriesPage, ErrorKind, Gcp, ListEntries};

use flood::Flood;
use reading::Reading;
use schedule::{Plan, Schedule};
use seen::Seen;
use subscriber::Subscriber;

/// Most reads look back this far.
const HOT: SignedDuration = SignedDuration::from_secs(20);
/// Sweeps look back this far.
const SWEEP: SignedDuration = SignedDuration::from_secs(180);
/// Reads of a launch in need of confirmation come this fast,
const CONFIRM_EVERY: Duration = Duration::from_secs(1);
/// for this long.
const CONFIRM_FOR: Duration = Duration::from_secs(10);
/// So many requests may be saved up for that.
const BURST: f64 = 10.0;

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq)]
pub enum LogDelivery {
    /// New entries, oldest first, each with its sequence number.
    Entries(Vec<(u64, Arc<LogEntry>)>),
    /// A read showed nothing new: an open block of lines may be taken as complete.
    Quiet,
    /// A sweep that was asked for is complete.
    Swept(Instant),
    /// Lines become readable this late here.
    Lag(Duration),
    /// How Cloud Logging does.
    Health(Health),
}

/// The feed of one project's log.
pub struct LogFeed {
    project: String,
    share: Share,
    subscribers: HashMap<Arc<str>, Subscriber>,
    /// There are, or were since the last idle time, several: the last launch of a batch is read for as the others were.
    together: bool,
    seen: Seen,
    schedule: Schedule,
    flood: Flood,
    budget: Budget,
    sight: Sight,
    reading: Option<Reading>,
    /// A sweep in a flood: it has a page between two reads.
    aside: Option<Reading>,
    /// The next page is the sweep's; while a request is in flight, that request's is.
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

/// Who subscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSubscription {
    /// The execution.
    pub execution: ExecutionName,
    /// When the execution was created: nothing before is its.
    pub from: Timestamp,
    /// Resume after this sequence number; 0 for everything.
    pub after: u64,
}

impl LogFeed {
    /// A feed that has read nothing yet.
    pub fn new(project: String, share: Share, now: Instant) -> Self {
        Self {
            budget: Budget::new(share.alone, BURST, now),
            sight: Sight::new(now, &project),
            project,
            share,
            subscribers: HashMap::new(),
            together: false,
            seen: Seen::default(),
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
        self.subscribers.insert(execution, Subscriber::new(wanted, sink));
        self.share_budget(now);
    }

    /// Removes a subscriber: nothing is read for it any more.
    pub fn unsubscribe(&mut self, now: Instant, execution: &str) {
        self.subscribers.remove(execution);
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
        self.schedule.confirm_until = Some(now + CONFIRM_FOR);
    }

    /// A complete sweep, begun no earlier than this.
    pub fn sweep(&mut self, execution: &str, not_before: Instant) {
        if let Some(subscriber) = self.subscribers.get_mut(execution) {
            subscriber.sweep_wanted = Some(not_before);
        }
    }

    fn tell_all(&self, delivery: &LogDelivery) {
        for subscriber in self.subscribers.values() {
            (subscriber.sink)(delivery.clone());
        }
    }

    fn tell_health(&self, health: Option<Health>) {
        if let Some(health) = health {
            self.tell_all(&LogDelivery::Health(health));
        }
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
    fn turn(&mut self) -> &mut Option<Reading> {
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

    fn complete(&mut self, now: Moment, mut reading: Reading) {
        self.flood.measure(now.mono, &reading);
        let whole = !reading.is_cut_short();
        self.deliver(&mut reading);
        if whole {
            self.schedule.completed(&reading);
        }
        let earliest = self.schedule.earliest_future_bound(&self.subscribers);
        self.seen.forget_before(earliest);
        for (execution, subscriber) in &mut self.subscribers {
            if !reading.told.contains(execution) {
                subscriber.deliver(Vec::new());
            }
            if whole {
                subscriber.read_completed(reading.begun, reading.since, reading.sweep);
            }
        }
        let health = self.sight.good(now.mono);
        self.tell_health(health);
    }

    /// Delivers what the pages since the last time show that was not shown before.
    fn deliver(&mut self, reading: &mut Reading) {
        let (bound, covered_to) = (self.seen.bound(), self.schedule.covered_to);
        let mut late = Duration::ZERO;
        let mut by_execution: HashMap<Arc<str>, Vec<Arc<LogEntry>>> = HashMap::new();
        for entry in self.seen.keep_new(std::mem::take(&mut reading.entries)) {
            let Some(execution) = entry.execution.clone() else {
                continue;
            };
            // A newcomer's first read reaches behind what is remembered: to the others those entries are old.
            let newcomer = self
                .subscribers
                .get(&execution)
                .is_some_and(|known| !known.read_once);
            if entry.timestamp() < bound && !newcomer {
                continue;
            }
            if !reading.first && covered_to.is_some_and(|to| entry.timestamp() < to) {
                late = late.max(lateness(&entry, reading.begun_wall));
            }
            by_execution.entry(execution).or_default().push(Arc::new(entry));
        }
        for (execution, entries) in by_execution {
            if let Some(subscriber) = self.subscribers.get_mut(&execution) {
                subscriber.deliver(entries);
                reading.told.insert(execution);
            }
        }
        if late > Duration::from_secs(20) {
            self.tell_all(&LogDelivery::Lag(late));
        }
    }
}

/// How late an entry became readable, by a read that began then.
fn lateness(entry: &LogEntry, begun: Timestamp) -> Duration {
    Duration::try_from(begun.duration_since(entry.timestamp())).unwrap_or_default()
}

impl Feed for LogFeed {
    const SOURCE: Source = Source::Log;
    type Call = ListEntries;
    type Reply = Result<EntriesPage, Failure>;

    fn next(&mut self, now: Moment) -> Next<ListEntries> {
        if self.in_flight || self.subscribers.is_empty() || self.sight.is_lost() {
            return Next::Idle;
        }
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
        let Some(call) = self.turn().as_ref().map(|reading| reading.call(project)) else {
            return Next::Idle;
        };
        self.budget.spend(now.mono);
        self.in_flight = true;
        Next::Call(call)
    }

    fn on_reply(&mut self, now: Moment, reply: Self::Reply) {
        self.in_flight = false;
        let Some(mut reading) = self.turn().take() else {
            return;
        };
        // A page of the sweep aside, then the next read, then another page.
        self.asides_turn = !reading.is_aside();
        match reply {
            Ok(page) => {
                if reading.take(page) {
                    self.complete(now, reading);
                    return;
                }
                // What may decide is not kept waiting for what is older.
                if reading.few {
                    self.deliver(&mut reading);
                }
                if reading.is_aside() {
                    self.aside = Some(reading);
                } else {
                    self.asides_turn = false;
                    self.reading = Some(reading);
                }
            }
            Err(failure) => {
                if failure.kind == ErrorKind::RateLimited {
                    self.budget.refuse(now.mono, failure.wait);
                }
                // A page token may have expired: that is the read's end, not the source's.
                let permanent = failure.is_permanent() && !reading.is_later_page();
                let health = self.sight.bad(now.mono, &failure.why, permanent, failure.wait);
                self.tell_health(health);
            }
        }
    }

    fn perform(gcp: Gcp, call: ListEntries) -> LocalBoxFuture<'static, Self::Reply> {
        Box::pin(async move { gcp.list_entries(&call).await.map_err(Failure::from) })
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
