//! The server's clock: a fixed epoch plus tokio's elapsed time, so that it also runs in virtual time.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Wall time of the emulated cloud.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    epoch: Timestamp,
    started: Instant,
}

impl Clock {
    /// A clock that shows `epoch` now.
    pub(crate) fn starting_at(epoch: Timestamp) -> Self {
        Self {
            epoch,
            started: Instant::now(),
        }
    }

    /// What the cloud's clock shows now.
    pub(crate) fn now(&self) -> Timestamp {
        later(self.epoch, self.started.elapsed())
    }

    /// When the server started, on its own clock.
    pub(crate) fn epoch(&self) -> Timestamp {
        self.epoch
    }

    /// The instant at which the clock will show `at`; an instant of the past for a time of the past.
    pub(crate) fn instant(&self, at: Timestamp) -> Instant {
        self.started + between(self.epoch, at)
    }
}

/// `from + by`, at most the last timestamp there is.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// `from - by`, at least the first timestamp there is.
pub(crate) fn earlier(from: Timestamp, by: Duration) -> Timestamp {
    from.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// The time from `from` to `to`; zero if `to` is earlier.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}

/// The form of HTTP's `Date` header (RFC 9110 section 5.6.7).
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Maps offsets of a scenario to the server's clock: `speed` 10 plays ten minutes of a scenario in one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    accepted: Timestamp,
    speed: f64,
}

impl Pace {
    /// A scenario that began at `accepted` and is played `speed` times as fast as written.
    pub(crate) fn new(accepted: Timestamp, speed: f64) -> Self {
        Self {
            accepted,
            speed: if speed.is_finite() && speed > 0.0 {
                speed
            } else {
                1.0
            },
        }
    }

    /// The same pace from a later beginning.
    pub(crate) fn begun_after(self, span: Duration) -> Self {
        Self {
            accepted: self.at(span),
            ..self
        }
    }

    /// When the scenario began: its accepted `jobs.run`.
    pub(crate) fn accepted(&self) -> Timestamp {
        self.accepted
    }

    /// The server's time of a scenario offset.
    pub(crate) fn at(&self, offset: Duration) -> Timestamp {
        later(self.accepted, self.scaled(offset))
    }

    /// How far the scenario is at a time of the server, in its own time. Zero before it began.
    pub(crate) fn offset(&self, at: Timestamp) -> Duration {
        Duration::try_from_secs_f64(between(self.accepted, at).as_secs_f64() * self.speed)
            .unwrap_or(Duration::MAX)
    }

    /// How long a scenario's `span` takes on the server's clock.
    pub(crate) fn scaled(&self, span: Duration) -> Duration {
        if (self.speed - 1.0).abs() < f64::EPSILON {
            return span;
        }
        Duration::try_from_secs_f64(span.as_secs_f64() / self.speed).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_of_ten_plays_ten_seconds_in_one() {
        let pace = Pace::new(Timestamp::UNIX_EPOCH, 10.0);
        assert_eq!(pace.at(Duration::from_secs(10)).as_second(), 1);
        assert_eq!(
            Pace::new(Timestamp::UNIX_EPOCH, f64::NAN)
                .at(Duration::from_secs(10))
                .as_second(),
            10
        );
    }

    #[test]
    fn the_date_header_has_the_form_of_rfc_9110() {
        assert_eq!(http_date(Timestamp::UNIX_EPOCH), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_follows_virtual_time() {
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH);
        tokio::time::advance(Duration::from_mins(15)).await;
        assert_eq!(clock.now().as_second(), 900);
        assert_eq!(clock.instant(clock.now()), Instant::now());
    }
}
