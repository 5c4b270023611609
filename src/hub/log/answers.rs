//! What a page changes, and who is told of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::reading::{Lane, Reading};
use super::{LogDelivery, LogFeed};
use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::core::source::Health;
use crate::gcp::{EntriesPage, ErrorKind};
use crate::hub::Failure;

/// Lines that become readable later than this are worth telling of.
const LATE: Duration = Duration::from_secs(20);

impl LogFeed {
    /// A page of the read whose turn it was, or why there is none.
    pub(super) fn take(&mut self, now: Moment, answer: Result<EntriesPage, Failure>) {
        let Some(reading) = self.turn().take() else {
            return;
        };
        // A page of the sweep aside, then the next read, then another page.
        self.asides_turn = !reading.is_aside();
        match answer {
            Ok(page) => self.take_page(now, reading, page),
            Err(failure) => self.failed(now, &reading, &failure),
        }
    }

    fn take_page(&mut self, now: Moment, mut reading: Reading, page: EntriesPage) {
        if reading.take(page, &self.subscribers) {
            self.complete(now, reading);
            return;
        }
        // What may decide is not kept waiting for what is older,
        if reading.wanted.lines.are_few() {
            self.deliver(&mut reading);
        } else if self.together && self.aside.is_none() {
            self.make_room(&mut reading);
        }
        self.asides_turn = false;
        if reading.is_aside() {
            self.aside = Some(reading);
        } else {
            self.reading = Some(reading);
        }
    }

    /// nor for the rest of everything.
    fn make_room(&mut self, reading: &mut Reading) {
        if !reading.wanted.sweep {
            self.flood.crowds();
        }
        reading.step_aside(self.flood.most_pages(&reading.wanted, Lane::Aside, true));
    }

    fn failed(&mut self, now: Moment, reading: &Reading, failure: &Failure) {
        if failure.kind == ErrorKind::RateLimited {
            self.budget.refuse(now.mono, failure.wait);
        }
        // A page token may have expired: that is the read's end, not the source's.
        let permanent = failure.is_permanent() && !reading.is_later_page();
        let health = self.sight.bad(now.mono, &failure.why, permanent, failure.wait);
        self.tell_health(health);
    }

    fn complete(&mut self, now: Moment, mut reading: Reading) {
        self.flood.measure(now.mono, &reading);
        let whole = !reading.is_cut_short();
        self.deliver(&mut reading);
        if whole {
            self.schedule.completed(&reading);
        }
        let earliest = self.schedule.earliest_future_bound(&self.subscribers);
        self.seen.borrow_mut().forget_before(earliest);
        for (execution, subscriber) in &mut self.subscribers {
            if !reading.told.contains(execution) {
                subscriber.deliver(Vec::new());
            }
            if whole {
                subscriber.read_completed(&reading);
            }
        }
        let health = self.sight.good(now.mono);
        self.tell_health(health);
    }

    /// Delivers what the pages since the last time show that was not shown before.
    fn deliver(&mut self, reading: &mut Reading) {
        let new = std::mem::take(&mut reading.entries);
        let mut seen = self.seen.borrow_mut();
        let (bound, covered_to) = (seen.bound(), self.schedule.covered_to);
        let mut late = Duration::ZERO;
        let mut by_execution: HashMap<Arc<str>, Vec<Arc<LogEntry>>> = HashMap::new();
        for entry in seen.keep_new(new) {
            let Some(execution) = entry.execution.clone() else {
                continue;
            };
            // A newcomer's first read reaches behind what is remembered: to the others those entries are old.
            let newcomer = self
                .subscribers
                .get(&execution)
                .is_some_and(|known| !known.settled);
            if entry.timestamp() < bound && !newcomer {
                continue;
            }
            if !reading.wanted.first && covered_to.is_some_and(|to| entry.timestamp() < to) {
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
        if late > LATE {
            self.tell_all(&LogDelivery::Lag(late));
        }
    }

    fn tell_all(&self, delivery: &LogDelivery) {
        for subscriber in self.subscribers.values() {
            (subscriber.sink)(delivery.clone());
        }
    }

    pub(super) fn tell_health(&self, health: Option<Health>) {
        if let Some(health) = health {
            self.tell_all(&LogDelivery::Health(health));
        }
    }
}

/// How late an entry became readable, by a read that began then.
fn lateness(entry: &LogEntry, begun: Timestamp) -> Duration {
    Duration::try_from(begun.duration_since(entry.timestamp())).unwrap_or_default()
}
