//! How well one API answers its hub: retries, and when it is given up.

use std::time::Duration;

use tokio::time::Instant;

use super::Backoff;
use crate::core::source::Health;

/// Without a good answer for this long a source is lost.
const LOST_AFTER: Duration = Duration::from_mins(2);
/// Good answers are told this often: the deadline's rule needs no more.
const TELL_EVERY: Duration = Duration::from_secs(15);

/// The sight on one API. Fed with the outcome of every request; says what changed.
#[derive(Clone, Debug)]
pub struct Sight {
    backoff: Backoff,
    /// The last good answer, or the beginning.
    last_good: Instant,
    told: Option<Instant>,
    health: Health,
    retry_at: Option<Instant>,
}

impl Sight {
    /// A source that is taken to answer until it does not.
    pub fn new(now: Instant, seed: impl std::hash::Hash) -> Self {
        let backoff = Backoff::new(Duration::from_millis(800), Duration::from_secs(30), seed);
        Self {
            backoff,
            last_good: now,
            told: None,
            health: Health::Answering,
            retry_at: None,
        }
    }

    /// How it does now.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Given up.
    pub fn is_lost(&self) -> bool {
        matches!(self.health, Health::Lost(_))
    }

    /// After a failure: nothing before this.
    pub fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    /// A good answer. `Some` if that is to be told.
    pub fn good(&mut self, now: Instant) -> Option<Health> {
        self.last_good = now;
        self.backoff.reset();
        self.retry_at = None;
        if self.is_lost() {
            return None;
        }
        let due = self
            .told
            .is_none_or(|told| now.saturating_duration_since(told) >= TELL_EVERY);
        let news = self.health != Health::Answering;
        self.health = Health::Answering;
        if due || news {
            self.told = Some(now);
        }
        (due || news).then_some(Health::Answering)
    }

    /// A failed request. `Some` if the health changed by it.
    pub fn bad(
        &mut self,
        now: Instant,
        why: &str,
        permanent: bool,
        wait: Option<Duration>,
    ) -> Option<Health> {
        let delay = self.backoff.failed().max(wait.unwrap_or_default());
        self.retry_at = now.checked_add(delay);
        if self.is_lost() {
            return None;
        }
        let silent = now.saturating_duration_since(self.last_good);
        let health = if permanent {
            Health::Lost(why.to_owned())
        } else if silent >= LOST_AFTER {
            Health::Lost(format!("no good answer for {} s; last: {why}", silent.as_secs()))
        } else {
            Health::Failing(why.to_owned())
        };
        (self.health != health).then(|| {
            self.health = health.clone();
            health
        })
    }

    /// The supervisor gave the reader up.
    pub fn give_up(&mut self, why: &str) -> Health {
        self.health = Health::Lost(why.to_owned());
        self.health.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn two_minutes_without_a_good_answer_lose_a_source_for_good() {
        let zero = Instant::now();
        let mut sight = Sight::new(zero, 0);
        assert_eq!(
            sight.bad(zero + secs(1), "503", false, None),
            Some(Health::Failing("503".into()))
        );
        assert_eq!(sight.bad(zero + secs(100), "503", false, None), None);
        assert!(matches!(
            sight.bad(zero + secs(121), "503", false, None),
            Some(Health::Lost(_))
        ));
        assert_eq!(sight.good(zero + secs(122)), None);
        assert!(sight.is_lost());
    }

    #[test]
    fn a_permanent_error_loses_it_at_once_and_an_answer_heals_a_failing_one() {
        let zero = Instant::now();
        let mut sight = Sight::new(zero, 0);
        sight.bad(zero, "503", false, None);
        assert_eq!(sight.good(zero + secs(1)), Some(Health::Answering));
        assert_eq!(
            sight.good(zero + secs(2)),
            None,
            "told every fifteen seconds only"
        );
        assert_eq!(
            sight.bad(zero + secs(3), "403", true, None),
            Some(Health::Lost("403".into()))
        );
    }

    #[test]
    fn the_servers_wait_outlasts_our_own() {
        let zero = Instant::now();
        let mut sight = Sight::new(zero, 0);
        sight.bad(zero, "429", false, Some(secs(20)));
        assert_eq!(sight.retry_at(), Some(zero + secs(20)));
    }
}
