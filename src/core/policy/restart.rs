//! OTP's restart intensity: so many failures within a period, then give up.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Backoff;

/// What to do about a child that died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Start another after this delay.
    RestartAfter(Duration),
    /// It died too often: its supervisor has to decide what to do without it.
    Escalate,
}

/// Counts a child's failures.
#[derive(Clone, Debug)]
pub struct RestartWindow {
    intensity: usize,
    period: Duration,
    failures: VecDeque<Instant>,
    backoff: Backoff,
}

impl RestartWindow {
    /// At most `intensity` restarts within `period`.
    pub fn new(intensity: usize, period: Duration, seed: impl std::hash::Hash) -> Self {
        let backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5), seed);
        Self {
            intensity,
            period,
            failures: VecDeque::new(),
            backoff,
        }
    }

    /// A child died now.
    pub fn on_failure(&mut self, now: Instant) -> Decision {
        while self
            .failures
            .front()
            .is_some_and(|first| now.saturating_duration_since(*first) > self.period)
        {
            self.failures.pop_front();
        }
        if self.failures.is_empty() {
            self.backoff.reset();
        }
        self.failures.push_back(now);
        if self.failures.len() > self.intensity {
            return Decision::Escalate;
        }
        Decision::RestartAfter(self.backoff.failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_failures_than_the_intensity_within_the_period_escalate() {
        let zero = Instant::now();
        let mut window = RestartWindow::new(3, Duration::from_mins(1), 1);
        for second in [0, 1, 2] {
            let decision = window.on_failure(zero + Duration::from_secs(second));
            assert!(matches!(decision, Decision::RestartAfter(_)));
        }
        assert_eq!(
            window.on_failure(zero + Duration::from_secs(3)),
            Decision::Escalate
        );
    }

    #[test]
    fn failures_far_apart_never_escalate() {
        let zero = Instant::now();
        let mut window = RestartWindow::new(1, Duration::from_mins(1), 1);
        for minute in 0..20 {
            let decision = window.on_failure(zero + Duration::from_mins(2 * minute));
            assert!(matches!(decision, Decision::RestartAfter(delay) if delay <= Duration::from_millis(200)));
        }
    }
}
