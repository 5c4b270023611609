//! How many launches came out how.

use std::collections::BTreeMap;
use std::fmt;

use crate::core::verdict::Outcome;
use crate::report::words;

/// The outcomes in the order in which they are told; `None` is a launch that was not started.
const ORDER: [Option<Outcome>; 7] = [
    Some(Outcome::Success),
    Some(Outcome::Failure),
    None,
    Some(Outcome::Timeout),
    Some(Outcome::Undetermined),
    Some(Outcome::Cancelled),
    Some(Outcome::Interrupted),
];

/// Counts by outcome and category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) struct Tally {
    counts: BTreeMap<(usize, Option<String>), usize>,
}

impl Tally {
    /// One more.
    pub(in crate::report) fn add(&mut self, outcome: impl Into<Option<Outcome>>, category: Option<&str>) {
        *self.counts.entry(key(outcome.into(), category)).or_default() += 1;
    }

    /// One that was counted is not to be counted.
    pub(super) fn take_back(&mut self, outcome: impl Into<Option<Outcome>>, category: Option<&str>) {
        let key = key(outcome.into(), category);
        if let Some(count) = self.counts.get_mut(&key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&key);
            }
        }
    }

    /// All of them.
    pub(in crate::report) fn all(&self) -> usize {
        self.counts.values().sum()
    }

    /// Those with this outcome.
    pub(in crate::report) fn of(&self, outcome: impl Into<Option<Outcome>>) -> usize {
        let rank = rank(outcome.into());
        let those = self.counts.iter().filter(|((of, _), _)| *of == rank);
        those.map(|(_, count)| count).sum()
    }

    /// The outcomes that occur, in order, each with its count and the categories of failures, most frequent first.
    pub(super) fn parts(&self) -> impl Iterator<Item = (Option<Outcome>, String)> {
        ORDER.into_iter().filter_map(|outcome| {
            let count = self.of(outcome);
            (count > 0).then(|| {
                let word = words::counted(outcome);
                (outcome, format!("{count} {word}{}", self.causes(outcome)))
            })
        })
    }

    fn causes(&self, outcome: Option<Outcome>) -> String {
        let rank = rank(outcome);
        let mut causes: Vec<(usize, &str)> = self
            .counts
            .iter()
            .filter(|((of, _), _)| *of == rank && matches!(outcome, Some(Outcome::Failure) | None))
            .filter_map(|((_, category), count)| Some((*count, category.as_deref()?)))
            .collect();
        causes.sort_by_key(|(count, _)| usize::MAX - count);
        if causes.is_empty() {
            return String::new();
        }
        let causes: Vec<String> = causes
            .into_iter()
            .map(|(count, cause)| format!("{count} {cause}"))
            .collect();
        format!(" ({})", causes.join(", "))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.parts().map(|(_, text)| text).collect();
        f.write_str(&parts.join(", "))
    }
}

fn key(outcome: Option<Outcome>, category: Option<&str>) -> (usize, Option<String>) {
    (rank(outcome), category.map(str::to_owned))
}

fn rank(outcome: Option<Outcome>) -> usize {
    ORDER
        .iter()
        .position(|known| *known == outcome)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_by_cause_the_most_frequent_first() {
        let mut tally = Tally::default();
        for category in ["image", "quota", "quota", "oom"] {
            tally.add(Outcome::Failure, Some(category));
        }
        tally.add(Outcome::Success, None);
        tally.add(Outcome::Timeout, Some("timeout"));
        tally.take_back(Outcome::Failure, Some("oom"));
        tally.take_back(Outcome::Cancelled, None);
        assert_eq!(
            tally.to_string(),
            "1 ok, 3 failed (2 quota, 1 image), 1 timed out"
        );
        assert_eq!((tally.all(), tally.of(Outcome::Failure)), (5, 3));
    }
}
