//! How much the log has: one page in time for everybody, several, or more than the quota lets anyone read in time.

use std::time::Duration;

use tokio::time::Instant;

use super::reading::{Lane, Reading};
use super::schedule::{Lines, Wanted};

/// A read of more pages than this is a flood where others wait for it: at a batch's pace, five seconds of reading.
const PAGES: u32 = 4;
/// Aside, nobody waits. The first read for an execution may have some history to catch up with, and a search for what may
/// decide is given back in parts, of which some are empty.
const MORE_PAGES: u32 = 10;
/// So long only what may decide is read; then everything is tried again,
const LASTS: Duration = Duration::from_mins(1);
/// and sweeps, which would meet the flood again, ask for what may decide for so long.
const SWEEPS_LAST: Duration = Duration::from_mins(4);

/// How the last lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Press {
    /// Everything, in one page.
    Calm,
    /// Everything has several pages: they are read aside, between reads for what may decide.
    Crowd,
    /// What may decide, and nothing else.
    Flood,
}

impl Press {
    /// What is read where all of it would be too much.
    pub(super) fn few(self) -> Lines {
        if self == Self::Flood {
            Lines::OnlyTelling
        } else {
            Lines::Telling
        }
    }
}

/// What reads have told of it.
#[derive(Default)]
pub(super) struct Flood {
    /// The last read of everything met more than it could read then.
    met: Option<Instant>,
    /// The same, and sweeps may meet it still.
    sweeps_met: Option<Instant>,
    /// The last read of everything had more than one page.
    crowded: bool,
}

impl Flood {
    /// How the last lines are read now. `together`: of several launches; one alone has too few reads to put any between.
    pub(super) fn press(&self, now: Instant, together: bool) -> Press {
        match self.met {
            Some(met) if now < met + LASTS => Press::Flood,
            None if !self.crowded => Press::Calm,
            _ if together => Press::Crowd,
            _ => Press::Calm,
        }
    }

    /// Sweeps read only what may decide, and nobody waits for them.
    pub(super) fn moves_sweeps_aside(&self, now: Instant) -> bool {
        self.sweeps_met.is_some_and(|met| now < met + SWEEPS_LAST)
    }

    /// So many pages a read has at most.
    pub(super) fn most_pages(&self, wanted: &Wanted, lane: Lane, together: bool) -> u32 {
        let tries_again = self.met.is_some() && !together;
        let is_waited_for = wanted.sweep || lane == Lane::Main;
        match wanted.lines {
            Lines::All if tries_again => 1, // a launch alone waits for it
            Lines::All if is_waited_for && !wanted.first => PAGES,
            _ => MORE_PAGES,
        }
    }

    /// A read of the last lines has more than one page.
    pub(super) fn crowds(&mut self) {
        self.crowded = true;
    }

    /// Takes the end of a read for whether there is one.
    pub(super) fn measure(&mut self, now: Instant, reading: &Reading) {
        let wanted = &reading.wanted;
        if reading.is_cut_short() {
            self.sweeps_met = Some(now);
        }
        match (wanted.sweep, reading.is_cut_short()) {
            (true, _) => {}
            (false, true) => self.met = Some(now),
            (false, false) if wanted.lines.are_few() => {}
            (false, false) => (self.met, self.crowded) = (None, reading.has_pages()),
        }
    }

    /// A read of everything met none.
    #[cfg(test)]
    pub(super) fn is_over(&self) -> bool {
        self.met.is_none()
    }
}
