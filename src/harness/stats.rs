//! Pure statistics over samples of milliseconds: percentiles, their confidence, growth, noise.

use serde::{Deserialize, Serialize};

use crate::emulator::chance::Chance;

/// Resamplings of a bootstrap: enough for two stable digits of an interval's ends.
const RESAMPLINGS: usize = 400;

/// The usual figures of one set of samples, in milliseconds. All zero for none.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Figures {
    /// How many samples.
    pub count: usize,
    /// Half of the samples are at most this.
    pub p50: f64,
    /// Of 100, 95 are at most this.
    pub p95: f64,
    /// Of 100, 99 are at most this.
    pub p99: f64,
    /// The largest.
    pub max: f64,
    /// 95 % confidence interval of the median.
    pub p50_ci: (f64, f64),
    /// 95 % confidence interval of the 99th percentile.
    pub p99_ci: (f64, f64),
}

impl Figures {
    /// Of these samples, in any order. `seed` decides the resamplings.
    pub fn of(samples: &[f64], seed: u64) -> Self {
        let sorted = sorted(samples);
        let intervals = bootstrap(&sorted, &[0.5, 0.99], seed);
        Self {
            count: sorted.len(),
            p50: percentile(&sorted, 0.5),
            p95: percentile(&sorted, 0.95),
            p99: percentile(&sorted, 0.99),
            max: sorted.last().copied().unwrap_or_default(),
            p50_ci: intervals[0],
            p99_ci: intervals[1],
        }
    }
}

/// The samples in ascending order.
pub fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The smallest of the sorted samples that at least `share` (0 to 1) of them do not exceed (nearest rank); 0 for none.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is a small whole number; casting saturates"
    )]
    let index = (rank as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(index).copied().unwrap_or_default()
}

/// 95 % confidence intervals of percentiles: the 2.5th and the 97.5th percentile of those of resampled samples.
pub fn bootstrap(sorted: &[f64], shares: &[f64], seed: u64) -> Vec<(f64, f64)> {
    if sorted.is_empty() {
        return vec![(0.0, 0.0); shares.len()];
    }
    let mut chance = Chance::seeded(seed);
    let mut found = vec![Vec::with_capacity(RESAMPLINGS); shares.len()];
    let mut counts = vec![0_u32; sorted.len()];
    for _ in 0..RESAMPLINGS {
        counts.fill(0);
        for _ in 0..sorted.len() {
            let drawn = chance.within(0..sorted.len() as u64);
            counts[usize::try_from(drawn).unwrap_or_default()] += 1;
        }
        for (share, found) in shares.iter().zip(&mut found) {
            found.push(counted_percentile(sorted, &counts, *share));
        }
    }
    let interval = |values: Vec<f64>| {
        let values = self::sorted(&values);
        (percentile(&values, 0.025), percentile(&values, 0.975))
    };
    found.into_iter().map(interval).collect()
}

/// The percentile of a resampling that drew each of the sorted samples so many times.
fn counted_percentile(sorted: &[f64], counts: &[u32], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil().max(1.0);
    let mut passed = 0.0;
    for (value, count) in sorted.iter().zip(counts) {
        passed += f64::from(*count);
        if passed >= rank {
            return *value;
        }
    }
    sorted.last().copied().unwrap_or_default()
}

/// By which power of `x` does `y` grow: the slope of the least-squares line through the logarithms. Points that are not
/// positive are left out; none for fewer than two different `x`.
pub fn growth(points: &[(f64, f64)]) -> Option<f64> {
    let logs: Vec<(f64, f64)> = points
        .iter()
        .filter(|(x, y)| *x > 0.0 && *y > 0.0)
        .map(|(x, y)| (x.ln(), y.ln()))
        .collect();
    let count = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let shared: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    (logs.len() > 1 && spread > f64::EPSILON).then(|| shared / spread)
}

/// How far apart two halves of the same samples are, taken alternately: what a difference between two policies has to
/// exceed to mean anything. In milliseconds, at the median and at the 99th percentile.
pub fn noise(samples: &[f64]) -> (f64, f64) {
    let half = |odd: usize| sorted(&samples.iter().skip(odd).step_by(2).copied().collect::<Vec<_>>());
    let (one, other) = (half(0), half(1));
    let apart = |share| (percentile(&one, share) - percentile(&other, share)).abs();
    (apart(0.5), apart(0.99))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred() -> Vec<f64> {
        (1..=100).rev().map(f64::from).collect()
    }

    #[test]
    fn percentiles_are_samples_by_their_nearest_rank() {
        let sorted = sorted(&hundred());
        for (share, value) in [
            (0.0, 1.0_f64),
            (0.01, 1.0),
            (0.5, 50.0),
            (0.501, 51.0),
            (0.99, 99.0),
            (1.0, 100.0),
        ] {
            assert_eq!(percentile(&sorted, share).to_bits(), value.to_bits(), "{share}");
        }
        assert_eq!(percentile(&[], 0.5).to_bits(), 0.0_f64.to_bits());
        assert_eq!(percentile(&[7.0], 0.99).to_bits(), 7.0_f64.to_bits());
    }

    #[test]
    fn an_interval_holds_the_percentile_and_narrows_with_more_samples() {
        let width = |count: u32| {
            let mut chance = Chance::seeded(3);
            let samples: Vec<f64> = (0..count).map(|_| chance.fraction() * 1000.0).collect();
            let figures = Figures::of(&samples, 1);
            let (low, high) = figures.p50_ci;
            assert!(
                low <= figures.p50 && figures.p50 <= high && high <= figures.max,
                "{figures:?}"
            );
            assert!(low > 300.0 && high < 700.0, "{figures:?}");
            high - low
        };
        assert!(width(2000) < width(100) / 2.0);
    }

    #[test]
    fn equal_samples_have_an_interval_of_no_width_and_a_seed_repeats() {
        assert_eq!(Figures::of(&[4.0; 50], 9).p99_ci, (4.0, 4.0));
        let samples = hundred();
        assert_eq!(Figures::of(&samples, 5), Figures::of(&samples, 5));
        assert_eq!(Figures::of(&[], 5), Figures::default());
    }

    #[test]
    fn growth_is_the_exponent() {
        let law = |power: i32| -> Vec<(f64, f64)> {
            [1.0, 10.0, 100.0, 1000.0_f64]
                .map(|n| (n, 3.0 * n.powi(power)))
                .to_vec()
        };
        for power in [-1, 0, 1, 2] {
            let slope = growth(&law(power)).unwrap();
            assert!((slope - f64::from(power)).abs() < 1e-9, "{power}: {slope}");
        }
        assert_eq!(growth(&[(1.0, 5.0)]), None);
        assert_eq!(growth(&[(2.0, 5.0), (2.0, 6.0), (3.0, 0.0)]), None);
    }

    #[test]
    fn two_halves_of_one_law_differ_little_and_of_two_laws_much() {
        let alternating: Vec<f64> = (0..100).map(|n| if n % 2 == 0 { 10.0 } else { 30.0 }).collect();
        assert_eq!(noise(&alternating), (20.0, 20.0));
        assert!(noise(&hundred()).0 <= 1.0);
    }
}
