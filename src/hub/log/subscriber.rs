//! What a tailer asks of the log hub, and its execution's place in it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::reading::Reading;
use crate::core::entry::LogEntry;
use crate::core::ids::{ExecutionName, RunJob};
use crate::core::source::Health;
use crate::hub::Sink;

/// Entries kept for a subscriber that has not acknowledged them. A tailer acknowledges each batch before the next read,
/// so this bounds memory under a log that screams while a tailer is down.
const RING: usize = 10_000;
/// After new entries, how many empty reads are told: the tailer settles open blocks by them.
const QUIET_TOLD: u8 = 3;

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

/// Subscribers, by the short names of their executions. Boxed: of a large table up to half the places are empty.
pub(super) type Subscribers = HashMap<Arc<str>, Box<Subscriber>>;

/// A subscriber: its sink and what it has not acknowledged.
pub(super) struct Subscriber {
    pub(super) sink: Sink<LogDelivery>,
    pub(super) job: Arc<RunJob>,
    pub(super) from: Timestamp,
    /// So many plans there were when it came: earlier reads do not ask for it.
    came: u32,
    /// What may decide and was printed since its execution was created has been read by a complete read,
    pub(super) covered: bool,
    /// and everything else that ever will be.
    pub(super) settled: bool,
    pub(super) sweep_wanted: Option<Instant>,
    ring: VecDeque<(u64, Arc<LogEntry>)>,
    last_seq: u64,
    quiet_owed: u8,
}

impl Subscriber {
    pub(super) fn new(wanted: LogSubscription, came: u32, sink: Sink<LogDelivery>) -> Self {
        Self {
            sink,
            job: wanted.execution.job,
            from: wanted.from,
            came,
            covered: false,
            settled: false,
            sweep_wanted: None,
            ring: VecDeque::new(),
            last_seq: wanted.after,
            quiet_owed: 0,
        }
    }

    /// A restarted tailer: it gets again what its supervisor had not acknowledged.
    pub(super) fn resume(&mut self, after: u64, sink: Sink<LogDelivery>) {
        self.sink = sink;
        self.acknowledge(after);
        if !self.ring.is_empty() {
            (self.sink)(LogDelivery::Entries(self.ring.iter().cloned().collect()));
        }
        self.quiet_owed = QUIET_TOLD;
    }

    pub(super) fn acknowledge(&mut self, seq: u64) {
        while self.ring.front().is_some_and(|(first, _)| *first <= seq) {
            self.ring.pop_front();
        }
        if self.ring.is_empty() {
            self.ring.shrink_to_fit(); // most launches print seldom
        }
    }

    /// Sends entries, oldest first, and keeps them until they are acknowledged.
    pub(super) fn deliver(&mut self, entries: Vec<Arc<LogEntry>>) {
        if entries.is_empty() {
            if self.quiet_owed > 0 {
                self.quiet_owed -= 1;
                (self.sink)(LogDelivery::Quiet);
            }
            return;
        }
        self.quiet_owed = QUIET_TOLD;
        let numbered: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                self.last_seq += 1;
                (self.last_seq, entry)
            })
            .collect();
        self.ring.extend(numbered.iter().cloned());
        let excess = self.ring.len().saturating_sub(RING);
        self.ring.drain(..excess);
        (self.sink)(LogDelivery::Entries(numbered));
    }

    /// A read ended with its last page.
    pub(super) fn read_completed(&mut self, reading: &Reading) {
        let Reading { begun, wanted, .. } = reading;
        if reading.number <= self.came {
            return;
        }
        let whole = wanted.since <= self.from;
        self.covered |= whole;
        self.settled |= whole && wanted.lines.are_settled();
        if wanted.sweep && self.sweep_wanted.is_some_and(|from| *begun >= from) {
            self.sweep_wanted = None;
            (self.sink)(LogDelivery::Swept(*begun));
        }
    }
}
