//! What a hub may spend of a quota that is not its own.

use std::time::Duration;

use tokio::time::Instant;

/// A rate never falls below this: a launch must be able to end.
const FLOOR_PER_MINUTE: f64 = 6.0;
/// A minute without a refusal gives this share of the full rate back.
const REGAIN_PER_MINUTE: f64 = 0.125;
/// Refusals closer together than this are one event.
const SAME_EVENT: Duration = Duration::from_secs(1);

/// A token bucket whose rate yields to others: halved by each 429, regained bit by bit (AIMD).
///
/// The quota belongs to the project and this process is one of many that read; halving on refusal and regaining slowly is
/// what lets them share it without knowing of each other.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Full rate, requests per minute.
    full: f64,
    /// Rate now.
    rate: f64,
    /// Most tokens that can be saved up: the longest burst.
    burst: f64,
    tokens: f64,
    updated: Instant,
    refused: Option<Instant>,
    /// Nothing before this: the server said so.
    blocked_until: Option<Instant>,
}

impl Budget {
    /// A budget of `per_minute` requests on average, that saves up at most `burst`, and starts with that many.
    pub fn new(per_minute: f64, burst: f64, now: Instant) -> Self {
        let full = per_minute.max(FLOOR_PER_MINUTE);
        Self {
            full,
            rate: full,
            burst,
            tokens: burst,
            updated: now,
            refused: None,
            blocked_until: None,
        }
    }

    /// When the next request may leave, `now` or later.
    pub fn ready_at(&mut self, now: Instant) -> Instant {
        self.refill(now);
        let missing = (1.0 - self.tokens).max(0.0);
        let refilled = now + Duration::from_secs_f64(missing * 60.0 / self.rate);
        self.blocked_until.map_or(refilled, |until| until.max(refilled))
    }

    /// A request leaves.
    pub fn spend(&mut self, now: Instant) {
        self.refill(now);
        self.tokens -= 1.0;
    }

    /// The server refused for the rate, and perhaps said how long to wait.
    pub fn refuse(&mut self, now: Instant, retry_after: Option<Duration>) {
        self.refill(now);
        let fresh = self
            .refused
            .is_none_or(|last| now.saturating_duration_since(last) >= SAME_EVENT);
        if fresh {
            self.rate = (self.rate / 2.0).max(FLOOR_PER_MINUTE);
            self.tokens = self.tokens.min(0.0);
        }
        self.refused = Some(now);
        if let Some(wait) = retry_after {
            self.blocked_until = self.blocked_until.max(now.checked_add(wait));
        }
    }

    /// Changes the full rate: more or fewer launches share this reader.
    pub fn set_full(&mut self, per_minute: f64, now: Instant) {
        self.refill(now);
        let full = per_minute.max(FLOOR_PER_MINUTE);
        if self.refused.is_none() || self.rate > full {
            self.rate = full;
        }
        self.full = full;
    }

    /// Changes how much can be saved up.
    pub fn set_burst(&mut self, burst: f64) {
        self.burst = burst;
        self.tokens = self.tokens.min(burst);
    }

    fn refill(&mut self, now: Instant) {
        let minutes = now.saturating_duration_since(self.updated).as_secs_f64() / 60.0;
        self.updated = self.updated.max(now);
        self.tokens = (self.tokens + minutes * self.rate).min(self.burst);
        self.rate = (self.rate + minutes * REGAIN_PER_MINUTE * self.full).min(self.full);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_burst_leaves_at_once_and_then_the_rate_holds() {
        let zero = Instant::now();
        let mut budget = Budget::new(20.0, 3.0, zero);
        for _ in 0..3 {
            assert_eq!(budget.ready_at(zero), zero);
            budget.spend(zero);
        }
        assert_eq!(budget.ready_at(zero), zero + secs(3));
    }

    #[test]
    fn what_was_sent_beyond_the_budget_is_waited_for() {
        let zero = Instant::now();
        let mut budget = Budget::new(60.0, 1.0, zero);
        for _ in 0..10 {
            budget.spend(zero);
        }
        assert_eq!(budget.ready_at(zero), zero + secs(10));
    }

    #[test]
    fn each_refusal_halves_the_rate_down_to_six_a_minute() {
        let zero = Instant::now();
        let mut budget = Budget::new(60.0, 1.0, zero);
        for (second, wait) in [(0, 2), (10, 4), (20, 8), (30, 10), (40, 10)] {
            let now = zero + secs(second);
            budget.refuse(now, None);
            let gap = budget.ready_at(now) - now;
            assert!(
                gap <= secs(wait) && gap + secs(1) >= secs(wait),
                "{gap:?} at {second} s"
            );
        }
    }

    #[test]
    fn retry_after_is_honoured() {
        let zero = Instant::now();
        let mut budget = Budget::new(60.0, 10.0, zero);
        budget.refuse(zero, Some(secs(40)));
        assert_eq!(budget.ready_at(zero + secs(5)), zero + secs(40));
    }

    proptest! {
        #[test]
        fn no_minute_ever_costs_more_than_the_rate_and_the_burst(
            gaps in prop::collection::vec((0_u64..5_000, any::<bool>()), 1..400),
        ) {
            let zero = Instant::now();
            let (mut now, mut sent) = (zero, Vec::new());
            let mut budget = Budget::new(20.0, 10.0, zero);
            for (gap, refused) in gaps {
                now += Duration::from_millis(gap);
                if refused {
                    budget.refuse(now, None);
                }
                if budget.ready_at(now) <= now {
                    budget.spend(now);
                    sent.push(now);
                }
            }
            for (i, at) in sent.iter().enumerate() {
                let within = sent[i..].iter().take_while(|later| **later - *at < secs(60)).count();
                prop_assert!(within <= 31, "{within} in a minute");
            }
        }
    }
}
