//! What a verdict is worth: right, too early, wrong, or none.

use std::fmt;
use std::iter::Sum;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::verdict::Outcome;

/// So many odd verdicts are kept in words.
const ODDITIES: usize = 5;

/// One verdict, judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Judged {
    /// What is true, so many milliseconds after an answer first showed it.
    Right(f64),
    /// What came true only later: a guess.
    Early,
    /// What is not true.
    Wrong,
    /// No verdict, or none that decides: timeout, undetermined.
    Missed,
    /// Undetermined, rightly: the rules called the log complete before it showed the deciding line.
    Open,
}

/// What somebody said of a launch, and when; and what was true from when on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) said: Option<(Outcome, Timestamp)>,
    pub(super) truth: Outcome,
    pub(super) shown: Option<Timestamp>,
    /// From when the verdict rules call the launch undetermined, where that is before the fact shows.
    pub(super) given_up: Option<Timestamp>,
}

impl Claim {
    pub(super) fn judge(&self) -> Judged {
        let (Some((outcome, at)), Some(shown)) = (self.said, self.shown) else {
            return Judged::Missed;
        };
        match outcome {
            Outcome::Undetermined if self.given_up.is_some_and(|from| at >= from) => Judged::Open,
            Outcome::Timeout | Outcome::Undetermined | Outcome::Interrupted => Judged::Missed,
            outcome if outcome != self.truth => Judged::Wrong,
            _ if at < shown => Judged::Early,
            _ => Judged::Right(at.duration_since(shown).as_secs_f64() * 1000.0),
        }
    }
}

/// Launches without a right verdict, counted. Whatever counts verdicts counts these; in files they stand among the fields of
/// what holds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amiss {
    /// Verdicts that are not true.
    pub wrong: usize,
    /// Verdicts that came true only after they were given.
    pub early: usize,
    /// Launches without a verdict that decides.
    pub missed: usize,
    /// Launches that were rightly left undetermined: their logs told too late.
    pub open: usize,
}

impl Amiss {
    /// Those whose verdicts help nobody: all but what is rightly open.
    pub fn bad(&self) -> usize {
        self.wrong + self.early + self.missed
    }
}

/// Those that help nobody, in words.
impl fmt::Display for Amiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            wrong, early, missed, ..
        } = self;
        write!(f, "{wrong} wrong, {early} early, {missed} missed")
    }
}

impl Sum for Amiss {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            wrong: sum.wrong + one.wrong,
            early: sum.early + one.early,
            missed: sum.missed + one.missed,
            open: sum.open + one.open,
        })
    }
}

/// The verdicts of one policy in one cell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Those that are not right.
    #[serde(flatten)]
    pub amiss: Amiss,
    /// What was said of the first that help nobody, for whoever wonders.
    pub odd: Vec<String>,
    /// Latencies of the right ones in milliseconds, in the order of the events.
    pub latencies: Vec<f64>,
}

impl Tally {
    pub(super) fn add(&mut self, judged: Judged) {
        match judged {
            Judged::Right(latency) => self.latencies.push(latency),
            Judged::Early => self.amiss.early += 1,
            Judged::Wrong => self.amiss.wrong += 1,
            Judged::Missed => self.amiss.missed += 1,
            Judged::Open => self.amiss.open += 1,
        }
    }

    /// Adds what was said of a launch, in words, where it helps nobody.
    pub(super) fn wonder(&mut self, judged: Judged, words: impl FnOnce() -> String) {
        if !matches!(judged, Judged::Right(_) | Judged::Open) && self.odd.len() < ODDITIES {
            self.odd.push(words());
        }
    }

    /// Launches that were not judged rightly, whatever the reason.
    pub fn not_right(&self) -> usize {
        self.amiss.bad() + self.amiss.open
    }

    /// Every launch.
    pub fn launches(&self) -> usize {
        self.latencies.len() + self.not_right()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_right_from_the_instant_at_which_its_fact_shows() {
        let second = |at: i64| Timestamp::from_second(at).unwrap();
        let judge = |said: Option<(Outcome, i64)>, shown: Option<i64>| {
            Claim {
                said: said.map(|(outcome, at)| (outcome, second(at))),
                truth: Outcome::Failure,
                shown: shown.map(second),
                given_up: None,
            }
            .judge()
        };
        for (said, shown, wanted) in [
            (Some((Outcome::Failure, 12)), Some(10), Judged::Right(2000.0)),
            (Some((Outcome::Failure, 10)), Some(10), Judged::Right(0.0)),
            (Some((Outcome::Failure, 9)), Some(10), Judged::Early),
            (Some((Outcome::Success, 12)), Some(10), Judged::Wrong),
            (Some((Outcome::Success, 9)), Some(10), Judged::Wrong),
            (Some((Outcome::Cancelled, 12)), Some(10), Judged::Wrong),
            (Some((Outcome::Timeout, 900)), Some(10), Judged::Missed),
            (Some((Outcome::Undetermined, 12)), Some(10), Judged::Missed),
            (None, Some(10), Judged::Missed),
            (Some((Outcome::Failure, 12)), None, Judged::Missed),
        ] {
            assert_eq!(judge(said, shown), wanted, "{said:?} {shown:?}");
        }
    }

    #[test]
    fn undetermined_is_right_only_once_the_log_counts_as_complete_without_its_deciding_line() {
        let second = |at: i64| Timestamp::from_second(at).unwrap();
        let judge = |outcome, at| {
            Claim {
                said: Some((outcome, second(at))),
                truth: Outcome::Failure,
                shown: Some(second(30)),
                given_up: Some(second(20)),
            }
            .judge()
        };
        for (outcome, at, wanted) in [
            (Outcome::Undetermined, 19, Judged::Missed),
            (Outcome::Undetermined, 20, Judged::Open),
            (Outcome::Undetermined, 40, Judged::Open),
            (Outcome::Timeout, 40, Judged::Missed),
            (Outcome::Failure, 25, Judged::Early),
            (Outcome::Failure, 31, Judged::Right(1000.0)),
            (Outcome::Success, 40, Judged::Wrong),
        ] {
            assert_eq!(judge(outcome, at), wanted, "{outcome:?} at {at}");
        }
    }
}
