//! When to read the log, and how far back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::flood::Press;
use super::reading::Reading;
use super::subscriber::{Subscriber, Subscribers};
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

/// Which lines a read asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    All,
    /// What may decide; another read asks for the rest.
    Telling,
    /// What may decide; the rest is given up.
    OnlyTelling,
}

impl Lines {
    pub(super) fn are_few(self) -> bool {
        self != Self::All
    }

    /// No other read asks for what it does not ask for.
    pub(super) fn are_settled(self) -> bool {
        self != Self::Telling
    }
}

/// What a read looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) since: Timestamp,
    pub(super) lines: Lines,
    pub(super) sweep: bool,
    /// It is the first for some subscriber: what it shows says nothing about lag.
    pub(super) first: bool,
}

/// The reads that begin.
pub(super) struct Plan {
    pub(super) main: Wanted,
    /// One that has its pages between the others.
    pub(super) aside: Option<Wanted>,
}

/// What a plan has to do with.
pub(super) struct Load {
    /// Several launches are read for.
    pub(super) together: bool,
    pub(super) press: Press,
    /// Sweeps ask for what may decide only, aside.
    pub(super) sweeps_aside: bool,
    /// No read is aside.
    pub(super) aside_is_free: bool,
}

/// The schedule of one project's log.
#[derive(Default)]
pub(super) struct Schedule {
    confirm_until: Option<Instant>,
    /// What may decide and was printed before this was looked for by a complete read that began then,
    pub(super) covered_to: Option<Timestamp>,
    /// and everything else that will ever be.
    settled_to: Option<Timestamp>,
    begun: Option<Instant>,
    reads: u32,
    sweep_due: bool,
}

impl Schedule {
    /// Something needs confirming.
    pub(super) fn confirm(&mut self, now: Instant) {
        self.confirm_until = Some(now + CONFIRM_FOR);
    }

    /// How many plans there were.
    pub(super) fn reads(&self) -> u32 {
        self.reads
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
        if subscribers.values().any(|subscriber| !subscriber.covered) {
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

    /// What the reads that begin now look at. Where one page does not show everything in time, nobody who needs the last
    /// lines that may decide waits for the rest or for a sweep: these go aside.
    pub(super) fn plan(&mut self, now: Moment, load: &Load, subscribers: &Subscribers) -> Plan {
        self.begun = Some(now.mono);
        let is_due = self.is_sweep_due(now.mono, load, subscribers);
        let calm = load.press == Press::Calm;
        let sweeps_first = is_due && calm && !load.sweeps_aside;
        let (few, wanted) = (load.press.few(), |sweep, lines| {
            self.wanted(now, sweep, lines, subscribers)
        });
        let main = wanted(sweeps_first, if calm { Lines::All } else { few });
        let aside = match load.press {
            _ if sweeps_first || !load.aside_is_free => None,
            _ if is_due => Some(wanted(true, few)),
            Press::Crowd => Some(wanted(false, Lines::All)),
            Press::Calm | Press::Flood => None,
        };
        let sweeps = main.sweep || aside.is_some_and(|aside| aside.sweep);
        self.sweep_due = is_due && !sweeps;
        Plan { main, aside }
    }

    fn is_sweep_due(&mut self, now: Instant, load: &Load, subscribers: &Subscribers) -> bool {
        let asked = subscribers
            .values()
            .any(|subscriber| subscriber.sweep_wanted.is_some_and(|wanted| wanted <= now));
        let each = if load.together {
            SWEEP_EACH
        } else {
            SWEEP_EACH_ALONE
        };
        let regular = self.reads.is_multiple_of(each);
        self.reads = self.reads.wrapping_add(1);
        asked || regular || self.sweep_due
    }

    fn wanted(&self, now: Moment, sweep: bool, lines: Lines, subscribers: &Subscribers) -> Wanted {
        let few = lines.are_few();
        let covered_to = if few { self.covered_to } else { self.settled_to };
        let back = |from: Timestamp, span| from.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let mut since = back(now.wall, if sweep { SWEEP } else { HOT });
        if let Some(covered) = covered_to {
            since = since.min(back(covered, HOT));
        }
        let is_read = |it: &Subscriber| if few { it.covered } else { it.settled };
        let unread = subscribers.values().filter(|subscriber| !is_read(subscriber));
        let newcomers = unread.map(|subscriber| subscriber.from).min();
        let oldest = subscribers.values().map(|subscriber| subscriber.from).min();
        since = since.max(oldest.unwrap_or(Timestamp::MIN));
        Wanted {
            since: newcomers.map_or(since, |from| since.min(from)),
            lines,
            sweep,
            first: newcomers.is_some(),
        }
    }

    pub(super) fn completed(&mut self, reading: &Reading) {
        let begun = Some(reading.begun_wall);
        self.covered_to = self.covered_to.max(begun);
        if reading.wanted.lines.are_settled() {
            self.settled_to = self.settled_to.max(begun);
        }
    }

    /// No later read will ask for entries before this.
    pub(super) fn earliest_future_bound(&self, subscribers: &Subscribers) -> Timestamp {
        let slack = SWEEP + SignedDuration::from_secs(60);
        let covered = self.covered_to.min(self.settled_to).unwrap_or(Timestamp::MIN);
        let swept = covered.saturating_sub(slack).unwrap_or(Timestamp::MIN);
        // A newcomer's first read reaches back to its execution's creation.
        let newcomers = subscribers.values().filter(|subscriber| !subscriber.settled);
        newcomers
            .map(|subscriber| subscriber.from)
            .min()
            .map_or(swept, |from| from.min(swept))
    }
}
