//! Time as an argument.

use jiff::Timestamp;
use tokio::time::Instant;

/// One moment on both clocks that matter: the monotonic one that deadlines run on, and the wall clock of the servers.
///
/// `wall` is the *server's* time (the local clock corrected by the `Date` header of the answers), so a laptop five minutes
/// fast judges like any other machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Monotonic; the paused clock in tests and rehearsals.
    pub mono: Instant,
    /// The servers' wall clock.
    pub wall: Timestamp,
}
