//! Exponential back-off with a jitter that needs no random numbers.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// Delays that double from `first` up to `longest`, each shortened by up to a quarter so that many processes that failed
/// together do not come back together. The jitter is a hash of the seed and the step: the same launch waits the same.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    seed: u64,
    failures: u32,
}

impl Backoff {
    /// A back-off that has not failed yet.
    pub fn new(first: Duration, longest: Duration, seed: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        Self {
            first,
            longest,
            seed: hasher.finish(),
            failures: 0,
        }
    }

    /// The delay after one more failure.
    pub fn failed(&mut self) -> Duration {
        let doubled = self
            .first
            .saturating_mul(1_u32.checked_shl(self.failures.min(20)).unwrap_or(u32::MAX));
        self.failures = self.failures.saturating_add(1);
        let full = doubled.min(self.longest);
        full.mul_f64(1.0 - self.jitter() / 4.0)
    }

    /// Something worked: the next failure counts as the first.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// In `0.0..1.0`.
    fn jitter(&self) -> f64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, self.failures).hash(&mut hasher);
        f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest_and_start_over_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_millis(800), Duration::from_secs(30), "x");
        let mut full = 0.8;
        for _ in 0..40 {
            let delay = backoff.failed().as_secs_f64();
            assert!(delay <= full && delay >= full * 0.75, "{delay} of {full}");
            full = (full * 2.0).min(30.0);
        }
        backoff.reset();
        assert!(backoff.failed().as_secs_f64() <= 0.8);
    }
}
