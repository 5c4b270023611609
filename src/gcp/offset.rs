//! How far the servers' clock is from the local one, learned from the `Date` of their answers.
//!
//! A `Date` has whole seconds: at some moment between the request and the answer, the server's clock was within the second
//! that begins with it. Each answer so bounds the offset from both sides, and the bounds of many answers together are much
//! tighter than a second. Where two do not overlap, a clock was set or this machine slept: the newest counts alone.

use jiff::{SignedDuration, Timestamp};

/// What the answers so far say of the offset (server minus local).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerOffset(Option<Bounds>);

#[derive(Clone, Copy, Debug)]
struct Bounds {
    low: SignedDuration,
    high: SignedDuration,
}

/// The resolution of `Date`.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

impl ServerOffset {
    /// Takes one answer: its `Date`, and the local clock before the request and after the answer's headers.
    pub(super) fn learn(&mut self, date: Timestamp, sent: Timestamp, received: Timestamp) {
        let new = Bounds {
            low: date.duration_since(received),
            high: date.duration_since(sent).saturating_add(SECOND),
        };
        let both = self.0.map_or(new, |old| Bounds {
            low: old.low.max(new.low),
            high: old.high.min(new.high),
        });
        self.0 = Some(if both.low <= both.high { both } else { new });
    }

    /// The middle of what is possible.
    pub(super) fn estimate(&self) -> Option<SignedDuration> {
        self.0.map(|bounds| {
            bounds
                .low
                .saturating_add(bounds.high.saturating_sub(bounds.low) / 2)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_428_000_000 + millis).unwrap()
    }

    /// One exchange: sent at local `sent` ms, answered half-way by a server `offset` ms ahead.
    fn exchange(known: &mut ServerOffset, offset: i64, sent: i64, rtt: i64) {
        let stamped = at(sent + rtt / 2 + offset).as_second();
        known.learn(Timestamp::from_second(stamped).unwrap(), at(sent), at(sent + rtt));
    }

    #[test]
    fn one_answer_is_right_to_within_a_second_and_many_are_better() {
        for offset in [-300_000, -700, 0, 250, 300_000] {
            let mut known = ServerOffset::default();
            assert_eq!(known.estimate(), None);
            exchange(&mut known, offset, 137, 80);
            let error =
                |known: &ServerOffset| (known.estimate().unwrap().as_millis() - i128::from(offset)).abs();
            assert!(error(&known) <= 600, "{offset}");
            for round in 1..40 {
                exchange(&mut known, offset, 137 + round * 1_310, 80);
            }
            assert!(error(&known) <= 60, "{offset}: off by {}", error(&known));
        }
    }

    #[test]
    fn a_clock_that_was_set_is_believed_at_once() {
        let mut known = ServerOffset::default();
        exchange(&mut known, 0, 0, 50);
        exchange(&mut known, 28_800_000, 1_000, 50);
        let hours = known.estimate().unwrap().as_secs_f64() / 3600.0;
        assert!((hours - 8.0).abs() < 0.001, "{hours}");
    }
}
