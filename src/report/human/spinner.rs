//! The line that moves while nothing happens.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::core::text::safe_line;

/// How often it turns.
const TURN: Duration = Duration::from_millis(120);

/// A spinner with the launch's age; it draws itself between events.
pub(super) struct Spinner {
    bar: ProgressBar,
}

impl Spinner {
    /// Drawn there.
    pub(super) fn new(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Says what is waited for; the age follows the events' clock, which may be a rehearsal's.
    pub(super) fn show(&self, message: &str, ms: Option<u64>) {
        if let Some(ms) = ms {
            self.bar.set_elapsed(Duration::from_millis(ms));
        }
        self.bar.set_message(safe_line(message));
        self.bar.enable_steady_tick(TURN);
    }

    /// Clears the line while something is written.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Clears it for good.
    pub(super) fn stop(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Spinner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spinner").finish_non_exhaustive()
    }
}
