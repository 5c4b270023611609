//! How rightly launches were judged.

use std::fmt;

use liftoff::harness::Tally;
use serde::Serialize;

/// Launches by what their verdicts are worth.
#[derive(Clone, Serialize)]
pub(crate) struct Verdicts {
    pub(crate) right: usize,
    /// Verdicts that are not true.
    pub(crate) wrong: usize,
    /// Verdicts that came true only after they were given.
    pub(crate) early: usize,
    /// Launches without a verdict that decides.
    pub(crate) missed: usize,
    /// Rightly left undetermined.
    pub(crate) open: usize,
    /// What was said of the first that help nobody.
    pub(crate) odd: Vec<String>,
}

impl Verdicts {
    pub(crate) fn of(tally: &Tally) -> Self {
        Self {
            right: tally.latencies.len(),
            wrong: tally.wrong,
            early: tally.early,
            missed: tally.missed,
            open: tally.open,
            odd: tally.odd.clone(),
        }
    }

    /// Those that help nobody.
    pub(crate) fn bad(&self) -> usize {
        self.wrong + self.early + self.missed
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            right,
            wrong,
            early,
            missed,
            ..
        } = self;
        write!(f, "{wrong} wrong, {early} early, {missed} missed, {right} right")?;
        if self.open > 0 {
            write!(f, ", {} rightly undetermined", self.open)?;
        }
        if !self.odd.is_empty() {
            write!(f, " ({})", self.odd.join("; "))?;
        }
        Ok(())
    }
}
