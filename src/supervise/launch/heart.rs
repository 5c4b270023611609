//! Whether a watcher hangs.
//!
//! A watcher does nothing of its own accord, so that it can only begin to hang over what it is sent. It is pinged once after
//! that; when it has answered it is let alone until it reports again. Launches at rest cost nothing, however many there are.

use super::HEARTBEAT;
use crate::supervise::hubs::SILENCE;
use crate::watch::actor::Pulse;

/// What is known of one watcher's life.
pub(super) struct Heart {
    pulse: Pulse,
    /// It was started, or has reported, since the last ping.
    stirred: bool,
    /// Heartbeats since the ping that it has not answered.
    unanswered: Option<u32>,
}

/// What to do for a watcher at a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Nothing, and no other heartbeat is needed for it.
    Rest,
    /// Ping it.
    Ping,
    /// It may answer yet.
    Wait,
    /// It hangs.
    Kill,
}

impl Heart {
    /// The heart of a watcher that is being started; the pulse beats when it answers.
    pub(super) fn new(pulse: Pulse) -> Self {
        Self {
            pulse,
            stirred: true,
            unanswered: None,
        }
    }

    /// It has reported.
    pub(super) fn stir(&mut self) {
        self.stirred = true;
    }

    /// A heartbeat later.
    pub(super) fn beat(&mut self) -> Beat {
        if let Some(heartbeats) = &mut self.unanswered {
            if !self.pulse.take() {
                *heartbeats += 1;
                return if *heartbeats * HEARTBEAT >= SILENCE {
                    Beat::Kill
                } else {
                    Beat::Wait
                };
            }
            self.unanswered = None;
        }
        if !std::mem::take(&mut self.stirred) {
            return Beat::Rest;
        }
        self.unanswered = Some(0);
        Beat::Ping
    }
}

#[cfg(test)]
mod tests {
    use super::Beat::{Kill, Ping, Rest, Wait};
    use super::*;

    /// What each heartbeat says of a watcher which, before it, answers (`a`), reports (`r`), both (`b`) or neither (`-`).
    fn beats(before: &str) -> Vec<Beat> {
        let pulse = Pulse::default();
        let mut heart = Heart::new(pulse.clone());
        let mut beat = |what| {
            if matches!(what, 'a' | 'b') {
                pulse.beat();
            }
            if matches!(what, 'r' | 'b') {
                heart.stir();
            }
            heart.beat()
        };
        before.chars().map(&mut beat).collect()
    }

    #[test]
    fn a_new_watcher_is_pinged_and_then_let_alone_until_it_reports() {
        assert_eq!(beats("-a--r-"), [Ping, Rest, Rest, Rest, Ping, Wait]);
    }

    #[test]
    fn one_that_reports_again_while_it_is_pinged_is_pinged_again() {
        assert_eq!(beats("-ba-"), [Ping, Ping, Rest, Rest]);
        assert_eq!(beats("-ra-"), [Ping, Wait, Ping, Wait]);
    }

    #[test]
    fn one_that_does_not_answer_for_two_heartbeats_is_killed() {
        assert_eq!(beats("---"), [Ping, Wait, Kill]);
        assert_eq!(beats("-ar-r"), [Ping, Rest, Ping, Wait, Kill]);
        assert_eq!(beats("--a"), [Ping, Wait, Rest]);
    }
}
