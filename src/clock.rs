//! Wall time, read in one place.
//!
//! Deadlines run on tokio's monotonic clock, so that tests and rehearsals can move it. Where a timestamp is needed it
//! comes from a [`Clock`]: a fixed epoch plus what tokio's clock has counted since. Such a timestamp never jumps, and in a
//! paused runtime it moves with the virtual time.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Wall time as an epoch and the tokio instant that it belongs to. Cheap to copy; copies agree for ever.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: Timestamp,
    started: Instant,
    follows_machine: bool,
}

impl Clock {
    /// A clock set once by the machine's.
    pub fn system() -> Self {
        Self {
            follows_machine: true,
            ..Self::at(machine_time())
        }
    }

    /// A clock that shows `epoch` now: for rehearsals, tests and benches.
    pub fn at(epoch: Timestamp) -> Self {
        Self {
            epoch,
            started: Instant::now(),
            follows_machine: false,
        }
    }

    /// The time on this clock: the epoch plus the monotonic time since. Steps of the machine's clock do not show, and
    /// neither does a suspension of the machine; [`Clock::machine`] shows both.
    pub fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.started.elapsed()).unwrap_or(SignedDuration::MAX);
        self.epoch.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    /// The machine's wall clock, read again. The same as [`Clock::now`] for a clock that does not follow the machine.
    ///
    /// A difference to [`Clock::now`] means that the machine slept or its clock was set.
    pub fn machine(&self) -> Timestamp {
        if self.follows_machine {
            machine_time()
        } else {
            self.now()
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's wall clock"
)]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rehearsal_clock_moves_with_virtual_time() {
        let epoch: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let clock = Clock::at(epoch);
        tokio::time::advance(Duration::from_mins(15)).await;
        assert_eq!(clock.now().to_string(), "2026-11-23T10:15:00Z");
        assert_eq!(clock.machine(), clock.now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_system_clock_tells_a_jump_of_the_machine_from_its_own_count() {
        let clock = Clock::system();
        tokio::time::advance(Duration::from_hours(2)).await;
        let apart = clock.now().duration_since(clock.machine());
        assert!(apart > SignedDuration::from_mins(119), "{apart:?}");
    }
}
