//! A flood: the log has more than the quota lets anyone read in time.

use std::time::Duration;

use tokio::time::Instant;

use super::reading::Reading;

/// A read of more pages than this is a flood: at a batch's pace, five seconds of reading.
const PAGES: u32 = 4;
/// The first read for an execution may have some history to catch up with, and a search for what may decide is given back in
/// parts, of which some are empty.
const MORE_PAGES: u32 = 10;
/// So long only what may decide is read; then a page tells whether the flood is over,
const LASTS: Duration = Duration::from_mins(1);
/// and sweeps, which would meet it again, go on like that for so long.
const SWEEPS_LAST: Duration = Duration::from_mins(4);

/// Whether there is one, as far as reads have told.
#[derive(Default)]
pub(super) struct Flood {
    /// The last read of everything met more than it could read then.
    met: Option<Instant>,
    /// The same, and sweeps may meet it still.
    sweeps_met: Option<Instant>,
}

impl Flood {
    /// Of the last lines only those are read that may decide.
    pub(super) fn narrows(&self, now: Instant) -> bool {
        self.met.is_some_and(|met| now < met + LASTS)
    }

    /// Sweeps read only what may decide, and nobody waits for them.
    pub(super) fn moves_sweeps_aside(&self, now: Instant) -> bool {
        self.sweeps_met.is_some_and(|met| now < met + SWEEPS_LAST)
    }

    /// So many pages a read has at most; `first`: it is the first of some execution.
    pub(super) fn most_pages(&self, now: Instant, first: bool) -> u32 {
        match self.met {
            Some(_) if !self.narrows(now) => 1,
            Some(_) => MORE_PAGES,
            None if first => MORE_PAGES,
            None => PAGES,
        }
    }

    /// The same of a sweep aside.
    pub(super) const fn most_pages_aside() -> u32 {
        MORE_PAGES
    }

    /// Takes the end of a read for whether there is one.
    pub(super) fn measure(&mut self, now: Instant, reading: &Reading) {
        if reading.is_cut_short() {
            self.sweeps_met = Some(now);
        }
        match (reading.is_aside(), reading.is_cut_short()) {
            (true, _) => {}
            (false, true) => self.met = Some(now),
            (false, false) if reading.few => {}
            (false, false) => self.met = None,
        }
    }

    /// A read of everything met none.
    #[cfg(test)]
    pub(super) fn is_over(&self) -> bool {
        self.met.is_none()
    }
}
