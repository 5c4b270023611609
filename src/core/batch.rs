//! Which launch of a batch may begin when, and which one gets another try.
//!
//! Pure: [`Admission`] is told what began, what ended and which runners are still alive, and says whose turn it is. The
//! root of supervision owns one and performs what it says. A launch alone is a batch of one without limits.
//!
//! A slot is held by a launch until it is over *and* its runner is gone: `--max-parallel` bounds what is alive in Cloud
//! Run, not only what is undecided here.

mod retry;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::core::policy::{Backoff, Budget};
use crate::core::verdict::exit;

pub use retry::can_pass;

/// After Cloud Run refused a start for the rate or the number of executions, the first wait; it doubles up to
const CROWDED: Duration = Duration::from_secs(5);
/// this.
const CROWDED_LONGEST: Duration = Duration::from_mins(1);
/// Before another try of a launch that failed, the first wait; it doubles up to
const AGAIN: Duration = Duration::from_secs(10);
/// this.
const AGAIN_LONGEST: Duration = Duration::from_mins(5);

/// So many starts may be saved up.
const BURST: f64 = 10.0;

/// How many launches, how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Executions alive at once (`--max-parallel`).
    pub max_parallel: usize,
    /// Admit none after the first that fails (`--fail-fast`).
    pub fail_fast: bool,
    /// Further tries of a launch whose cause can pass (`--retry-failed`).
    pub retries: u32,
    /// `jobs.run` requests a minute in one project and region.
    pub starts_per_minute: u32,
}

impl Limits {
    /// A launch alone, and everything that bounds itself: all at once, one try.
    pub const NONE: Self = Self {
        max_parallel: usize::MAX,
        fail_fast: false,
        retries: 0,
        starts_per_minute: u32::MAX,
    };
}

/// One try of one launch: its position in the batch, and which try it is, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Turn {
    /// The launch's position.
    pub launch: usize,
    /// Which try.
    pub attempt: u32,
}

/// How a try ended, as far as admission cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended<'a> {
    /// The exit code of the launch.
    pub exit_code: u8,
    /// Its category.
    pub category: Option<&'a str>,
    /// Its runner may be alive: the slot stays taken until [`Admission::runner_gone`].
    pub alive: bool,
    /// Cloud Run would not start it now: verified not started, for the rate or for too many executions.
    pub crowded: bool,
}

/// What is to be made of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands.
    Final,
    /// Another try follows.
    Again,
}

/// One project and region of Cloud Run: what waits to begin there, and how fast it may.
#[derive(Debug)]
struct Lane {
    waiting: VecDeque<Turn>,
    /// Of `jobs.run`: a write quota of the region.
    budget: Budget,
    /// Nothing begins before this: Cloud Run is full there.
    held: Option<Instant>,
    crowded: Backoff,
}

impl Lane {
    fn ready_at(&mut self, now: Instant) -> Instant {
        let ready = self.budget.ready_at(now);
        self.held.map_or(ready, |held| held.max(ready))
    }
}

/// The admission of a batch.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    lanes: Vec<Lane>,
    /// By the launches' positions.
    lane_of: Vec<usize>,
    /// Tries that wait for their time.
    later: BTreeSet<(Instant, Turn)>,
    /// Supervised.
    running: HashSet<Turn>,
    /// Over, with a runner that is still alive.
    lingering: HashSet<Turn>,
    stopped: bool,
}

impl Admission {
    /// Admission of launches that each have a first try and a lane (a project and region, numbered from 0), in order of
    /// their positions.
    pub fn new(limits: Limits, launches: &[(u32, usize)], now: Instant) -> Self {
        let count = launches
            .iter()
            .map(|(_, lane)| lane + 1)
            .max()
            .unwrap_or_default();
        let lane = |lane: usize| Lane {
            waiting: VecDeque::new(),
            budget: Budget::new(f64::from(limits.starts_per_minute), BURST, now),
            held: None,
            crowded: Backoff::new(CROWDED, CROWDED_LONGEST, lane),
        };
        let mut lanes: Vec<Lane> = (0..count).map(lane).collect();
        for (launch, (attempt, lane)) in launches.iter().enumerate() {
            let attempt = *attempt;
            lanes[*lane].waiting.push_back(Turn { launch, attempt });
        }
        Self {
            limits,
            lanes,
            lane_of: launches.iter().map(|(_, lane)| *lane).collect(),
            later: BTreeSet::new(),
            running: HashSet::new(),
            lingering: HashSet::new(),
            stopped: false,
        }
    }

    /// Whose turn it is now. It counts as begun.
    pub fn next(&mut self, now: Instant) -> Option<Turn> {
        if self.stopped || self.is_full() {
            return None;
        }
        self.call_in(now);
        let ready = self.lanes.iter_mut().filter_map(|lane| {
            let first = lane.waiting.front().copied()?;
            (lane.ready_at(now) <= now).then_some((first, lane))
        });
        let (turn, lane) = ready.min_by_key(|(first, _)| *first)?;
        lane.waiting.pop_front();
        lane.budget.spend(now);
        self.running.insert(turn);
        Some(turn)
    }

    /// Tries whose time has come go before those that have not begun.
    fn call_in(&mut self, now: Instant) {
        while let Some((at, turn)) = self.later.first().copied()
            && at <= now
        {
            self.later.pop_first();
            self.lanes[self.lane_of[turn.launch]].waiting.push_front(turn);
        }
    }

    /// When [`Self::next`] may have something without anything having happened; `None` if only an event can change it.
    pub fn due(&mut self, now: Instant) -> Option<Instant> {
        if self.stopped || self.is_full() {
            return None;
        }
        let lanes = self.lanes.iter_mut().filter(|lane| !lane.waiting.is_empty());
        let ready = lanes.map(|lane| lane.ready_at(now));
        ready.chain(self.later.first().map(|(at, _)| *at)).min()
    }

    /// Some launch is about to begin, or waits for its time: whether a runner is alive matters to somebody.
    pub fn is_wanting(&self) -> bool {
        let waiting = self.lanes.iter().any(|lane| !lane.waiting.is_empty());
        !self.stopped && (waiting || !self.later.is_empty())
    }

    /// Cloud Run refused a start for the rate or for too many executions: nothing begins there for a while.
    pub fn crowded(&mut self, now: Instant, turn: Turn) {
        let lane = &mut self.lanes[self.lane_of[turn.launch]];
        if lane.held.is_none_or(|held| held <= now) {
            lane.held = now.checked_add(lane.crowded.failed());
            lane.budget.refuse(now, None);
        }
    }

    /// A runner was started: Cloud Run has room again.
    pub fn started(&mut self, turn: Turn) {
        self.lanes[self.lane_of[turn.launch]].crowded.reset();
    }

    /// A try is over.
    pub fn ended(&mut self, now: Instant, turn: Turn, how: &Ended<'_>) -> Fate {
        self.running.remove(&turn);
        if how.alive {
            self.lingering.insert(turn);
        }
        let fate = self.fate(now, turn, how);
        if fate == Fate::Final && self.limits.fail_fast && how.exit_code == exit::FAILED {
            self.stop();
        }
        fate
    }

    fn fate(&mut self, now: Instant, turn: Turn, how: &Ended<'_>) -> Fate {
        if self.stopped {
            return Fate::Final;
        }
        if how.crowded {
            // Not a try: nothing was started.
            self.lanes[self.lane_of[turn.launch]].waiting.push_front(turn);
            return Fate::Again;
        }
        let passing = how.exit_code == exit::FAILED && how.category.is_some_and(can_pass);
        if !passing || turn.attempt > self.limits.retries {
            return Fate::Final;
        }
        let attempt = turn.attempt + 1;
        let mut backoff = Backoff::new(AGAIN, AGAIN_LONGEST, turn.launch);
        let wait = (0..turn.attempt)
            .map(|_| backoff.failed())
            .last()
            .unwrap_or(AGAIN);
        self.later.insert((now + wait, Turn { attempt, ..turn }));
        Fate::Again
    }

    /// The runner of a try that was over is gone, too.
    pub fn runner_gone(&mut self, turn: Turn) {
        self.lingering.remove(&turn);
    }

    /// Whether a runner is alive whose launch is over.
    pub fn has_lingering(&self) -> bool {
        !self.lingering.is_empty()
    }

    /// Admit no more. What runs goes on.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether nothing runs and nothing will begin.
    pub fn is_done(&self) -> bool {
        self.running.is_empty() && !self.is_wanting()
    }

    /// The tries that will not be begun, because admission was stopped.
    pub fn left_out(&self) -> Vec<Turn> {
        let later = self.later.iter().map(|(_, turn)| *turn);
        let waiting = self.lanes.iter().flat_map(|lane| lane.waiting.iter().copied());
        let mut left: Vec<Turn> = waiting.chain(later).collect();
        left.sort_unstable();
        left
    }

    fn is_full(&self) -> bool {
        self.running.len() + self.lingering.len() >= self.limits.max_parallel
    }
}
