//! How long a batch will take, judged by what is done of it.

use std::time::Duration;

use super::Batch;

/// Launches that have to be finished before anything is said: the first to finish are the fast ones.
const ENOUGH: usize = 5;

/// How long the finished launches took.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    finished: u32,
    sum: Duration,
}

impl Pace {
    /// One more is finished.
    pub(super) fn took(&mut self, time: Duration) {
        self.finished = self.finished.saturating_add(1);
        self.sum = self.sum.saturating_add(time);
    }

    /// What is left, if as many launches as may run at once each take as long as the finished ones did on average.
    /// `None` before there is data: five launches, or a quarter of a small batch.
    pub(super) fn left(
        &self,
        ages: impl Iterator<Item = Duration>,
        waiting: usize,
        batch: &Batch,
    ) -> Option<Duration> {
        let enough = ENOUGH.min(batch.launches.div_ceil(4)).max(1);
        if (self.finished as usize) < enough {
            return None;
        }
        let mean = self.sum.checked_div(self.finished)?.as_secs_f64();
        let rests: Vec<f64> = ages.map(|age| (mean - age.as_secs_f64()).max(0.0)).collect();
        let busy = (rests.len() + waiting).min(batch.parallel.max(1)).max(1);
        let work = rests.iter().sum::<f64>() + mean * waiting as f64;
        let longest = rests.iter().copied().fold(0.0, f64::max);
        Duration::try_from_secs_f64((work / busy as f64).max(longest)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(launches: usize, parallel: usize) -> Batch {
        Batch {
            id: "b".into(),
            launches,
            parallel,
        }
    }

    fn left(finished: &[u64], ages: &[u64], waiting: usize, batch: &Batch) -> Option<u64> {
        let mut pace = Pace::default();
        for seconds in finished {
            pace.took(Duration::from_secs(*seconds));
        }
        let ages = ages.iter().copied().map(Duration::from_secs);
        pace.left(ages, waiting, batch).map(|left| left.as_secs())
    }

    #[test]
    fn nothing_is_said_before_there_is_data() {
        assert_eq!(left(&[10, 10, 10, 10], &[], 100, &batch(200, 20)), None);
        assert_eq!(left(&[10; 5], &[], 100, &batch(200, 20)), Some(50));
        assert_eq!(left(&[], &[1], 0, &batch(1, 20)), None);
        assert_eq!(left(&[10], &[], 3, &batch(4, 2)), Some(15));
    }

    #[test]
    fn the_active_ones_have_part_of_their_time_behind_them() {
        let of = |ages: &[u64], waiting| left(&[60; 5], ages, waiting, &batch(200, 20));
        assert_eq!(of(&[0; 20], 0), Some(60));
        assert_eq!(of(&[30; 20], 40), Some(150));
        assert_eq!(
            of(&[20, 600], 0),
            Some(40),
            "one that takes longer than usual may end at any time"
        );
        assert_eq!(of(&[600], 0), Some(0));
    }
}
