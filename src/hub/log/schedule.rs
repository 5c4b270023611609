//! When to read the log, and how far back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::reading::Reading;
use super::subscriber::Subscribers;
use crate::core::Moment;

/// Most reads look back this far.
const HOT: SignedDuration = SignedDuration::from_secs(20);
/// Sweeps look back this far.
const SWEEP: SignedDuration = SignedDuration::from_secs(180);
/// Reads of a launch in need of confirmation come this fast,
const CONFIRM_EVERY: Duration = Duration::from_secs(1);
/// for this long.
const CONFIRM_FOR: Duration = Duration::from_secs(10);
/// A launch alone reads this often when nothing needs confirming: with the bursts, 20 a minute on average.
const ALONE: Duration = Duration::from_millis(3500);
/// Every so many reads one sweeps,
const SWEEP_EACH: u32 = 8;
/// and of the seldom ones of a launch alone every so many: it costs a larger answer and no further request.
const SWEEP_EACH_ALONE: u32 = 3;

/// What the next read looks at.
pub(super) struct Plan {
    pub(super) since: Timestamp,
    pub(super) sweep: bool,
    /// In a flood: a sweep from then on is due as well, beside this read, which is none.
    pub(super) aside: Option<Timestamp>,
    /// It is the first for some subscriber: what it shows says nothing about lag.
    pub(super) first: bool,
}

/// The schedule of one project's log.
#[derive(Default)]
pub(super) struct Schedule {
    confirm_until: Option<Instant>,
    /// Everything printed before this was looked for by a complete read that began then.
    pub(super) covered_to: Option<Timestamp>,
    begun: Option<Instant>,
    reads: u32,
}

impl Schedule {
    /// Something needs confirming.
    pub(super) fn confirm(&mut self, now: Instant) {
        self.confirm_until = Some(now + CONFIRM_FOR);
    }

    /// When the next read is due by everybody's wishes. `None` if nobody is there. `together`: the reads a minute that
    /// several launches share.
    pub(super) fn due(
        &self,
        now: Instant,
        together: Option<f64>,
        subscribers: &Subscribers,
    ) -> Option<Instant> {
        let Some(begun) = self.begun else {
            return (!subscribers.is_empty()).then_some(now);
        };
        if subscribers.values().any(|subscriber| !subscriber.read_once) {
            return Some(now);
        }
        let period = together.map_or(ALONE, |rate| Duration::from_secs_f64(60.0 / rate));
        let confirming = self.confirm_until.is_some_and(|until| now < until);
        let regular = begun
            + if confirming {
                CONFIRM_EVERY.min(period)
            } else {
                period
            };
        let sweeps = subscribers
            .values()
            .filter_map(|subscriber| subscriber.sweep_wanted);
        sweeps.chain([regular]).min()
    }

    /// What a read that begins now looks at. In a flood a sweep would keep everyone waiting who needs the last lines: it is
    /// left to be made aside, and a newcomer's first read goes back no further than to its execution's creation.
    pub(super) fn plan(
        &mut self,
        now: Moment,
        together: bool,
        flooded: bool,
        subscribers: &Subscribers,
    ) -> Plan {
        self.begun = Some(now.mono);
        let asked = subscribers
            .values()
            .any(|s| s.sweep_wanted.is_some_and(|wanted| wanted <= now.mono));
        let unread = subscribers.values().filter(|subscriber| !subscriber.read_once);
        let newcomers = unread.map(|subscriber| subscriber.from).min();
        let each = if together { SWEEP_EACH } else { SWEEP_EACH_ALONE };
        let due = asked || self.reads.is_multiple_of(each);
        self.reads = self.reads.wrapping_add(1);
        let oldest = subscribers.values().map(|subscriber| subscriber.from).min();
        let back = |span| {
            let mut since = now.wall.saturating_sub(span).unwrap_or(Timestamp::MIN);
            if let Some(covered) = self.covered_to {
                since = since.min(covered.saturating_sub(HOT).unwrap_or(Timestamp::MIN));
            }
            since = since.max(oldest.unwrap_or(Timestamp::MIN));
            newcomers.map_or(since, |from| since.min(from))
        };
        let sweep = !flooded && (due || newcomers.is_some());
        Plan {
            since: back(if sweep { SWEEP } else { HOT }),
            sweep,
            aside: (flooded && due).then(|| back(SWEEP)),
            first: newcomers.is_some(),
        }
    }

    pub(super) fn completed(&mut self, reading: &Reading) {
        self.covered_to = self.covered_to.max(Some(reading.begun_wall));
    }

    /// No later read will ask for entries before this.
    pub(super) fn earliest_future_bound(&self, subscribers: &Subscribers) -> Timestamp {
        let slack = SWEEP + SignedDuration::from_secs(60);
        let covered = self.covered_to.unwrap_or(Timestamp::MIN);
        let swept = covered.saturating_sub(slack).unwrap_or(Timestamp::MIN);
        // A newcomer's first read reaches back to its execution's creation.
        let newcomers = subscribers.values().filter(|subscriber| !subscriber.read_once);
        newcomers
            .map(|subscriber| subscriber.from)
            .min()
            .map_or(swept, |from| from.min(swept))
    }
}
