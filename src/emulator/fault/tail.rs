//! What faults do to a tail, which is no single request: it is asked for, it is open for an hour, and it has many responses.

use std::time::Duration;

use jiff::Timestamp;

use super::{Fault, FaultKind};

/// The method that is a stream.
pub(crate) const TAIL: &str = "logging.entries.tail";

/// When a fault may act on a tail.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// It is asked for: `status` refuses it, `reset` cuts it.
    Opening,
    /// It is open, and was looked at last at `since`: `status` and `reset` end it where their window opens.
    Open { since: Timestamp },
    /// A response is due: `delay` holds it up, `suppress` empties it.
    Response,
}

/// Why a tail left entries out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suppression {
    RateLimit,
    NotConsumed,
}

impl Fault {
    /// Whether it ends a tail that is open when its window opens.
    pub(crate) fn ends_tails(&self) -> bool {
        self.names(TAIL) && matches!(self.kind, FaultKind::Status | FaultKind::Reset)
    }

    /// Whether it acts at a moment of a tail; `offset` is where on its own line a time is.
    pub(crate) fn strikes_tail(
        &self,
        moment: Moment,
        now: Timestamp,
        offset: impl Fn(Timestamp) -> Duration,
    ) -> bool {
        match moment {
            Moment::Opening => self.ends_tails() && self.open_at(offset(now)),
            Moment::Open { since } => {
                self.ends_tails() && offset(since) < self.from.0 && self.from.0 <= offset(now)
            }
            Moment::Response => {
                self.names(TAIL)
                    && matches!(self.kind, FaultKind::Delay | FaultKind::Suppress)
                    && self.open_at(offset(now))
            }
        }
    }

    pub(super) fn suppression(&self) -> Suppression {
        match self.reason.as_deref() {
            Some("NOT_CONSUMED") => Suppression::NotConsumed,
            _ => Suppression::RateLimit,
        }
    }
}
