//! The numbers of a report.

use std::collections::BTreeMap;

use crate::core::verdict::{Final, Outcome};
use crate::report::ledger::Ledger;
use crate::report::words;

/// The outcomes in the order in which a report tells them: what needs somebody first.
pub(super) const ORDER: [Outcome; 6] = [
    Outcome::Failure,
    Outcome::Timeout,
    Outcome::Undetermined,
    Outcome::Interrupted,
    Outcome::Cancelled,
    Outcome::Success,
];

/// What a report counts.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// All launches, also those that were never begun.
    pub(super) launches: usize,
    /// Those without a verdict that were not started.
    pub(super) not_started: usize,
    /// Others without a verdict.
    pub(super) unjudged: usize,
    /// How many verdicts there are of each outcome, in [`ORDER`], without those that do not occur.
    pub(super) outcomes: Vec<(Outcome, usize)>,
    /// How many by outcome and path.
    pub(super) paths: BTreeMap<(usize, String), usize>,
    /// From the start of a launch to its verdict, ms, sorted.
    times: Vec<u64>,
}

impl Totals {
    /// Counts; `announced` is how many launches there were to be.
    pub(super) fn of(ledger: &Ledger, announced: usize) -> Self {
        let ends: Vec<&Final> = ledger
            .launches
            .iter()
            .filter_map(|record| record.end.as_ref())
            .collect();
        let launches = ledger.launches.len().max(announced);
        let refused = ledger
            .launches
            .iter()
            .filter(|record| record.not_started.is_some());
        let not_started = refused.count();
        let count = |outcome| ends.iter().filter(|end| end.verdict.outcome == outcome).count();
        let outcomes = ORDER.map(|outcome| (outcome, count(outcome)));
        let mut paths = BTreeMap::new();
        for end in &ends {
            let rank = ORDER.iter().position(|known| *known == end.verdict.outcome);
            let key = (rank.unwrap_or_default(), words::json(end.verdict.path));
            *paths.entry(key).or_default() += 1;
        }
        let mut times: Vec<u64> = ends.iter().filter_map(|end| end.elapsed_ms).collect();
        times.sort_unstable();
        Self {
            launches,
            not_started,
            unjudged: launches - ends.len() - not_started,
            outcomes: outcomes.into_iter().filter(|(_, count)| *count > 0).collect(),
            paths,
            times,
        }
    }

    /// The time within which so many hundredths of the verdicts came, by the nearest rank.
    pub(super) fn percentile(&self, hundredths: usize) -> Option<u64> {
        let rank = (self.times.len() * hundredths).div_ceil(100).max(1);
        self.times.get(rank - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let of = |times: &[u64], hundredths| {
            let totals = Totals {
                times: times.to_vec(),
                ..Totals::default()
            };
            totals.percentile(hundredths)
        };
        assert_eq!(of(&[], 50), None);
        assert_eq!(of(&[7], 99), Some(7));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(
            [50, 90, 99, 100].map(|hundredths| of(&hundred, hundredths)),
            [Some(50), Some(90), Some(99), Some(100)]
        );
    }
}
