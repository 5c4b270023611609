//! How rightly launches were judged.

use std::fmt;

use liftoff::harness::{Amiss, Tally};
use serde::Serialize;

/// Launches by what their verdicts are worth.
#[derive(Clone, Serialize)]
pub(crate) struct Verdicts {
    pub(crate) right: usize,
    #[serde(flatten)]
    pub(crate) amiss: Amiss,
    /// What was said of the first that help nobody.
    pub(crate) odd: Vec<String>,
}

impl Verdicts {
    pub(crate) fn of(tally: &Tally) -> Self {
        Self {
            right: tally.latencies.len(),
            amiss: tally.amiss,
            odd: tally.odd.clone(),
        }
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} right", self.amiss, self.right)?;
        if self.amiss.open > 0 {
            write!(f, ", {} rightly undetermined", self.amiss.open)?;
        }
        if !self.odd.is_empty() {
            write!(f, " ({})", self.odd.join("; "))?;
        }
        Ok(())
    }
}
