//! Whether the virtual clock tells what the real one does.

use std::error::Error;
use std::fmt;

use serde::Serialize;

use crate::clocks::Clocks;
use crate::party::{Scene, Size};

/// The same lives on the virtual and on the real clock.
#[derive(Serialize)]
pub(crate) struct Check(Clocks);

impl Check {
    /// Plays on the virtual clock what was played on the real one.
    pub(crate) fn of(scene: Scene, played: &Size) -> Result<Self, Box<dyn Error>> {
        Ok(Self(Clocks::of(&scene.cell(), &played.cost)?))
    }

    /// Launches of the real run that were not judged rightly.
    pub(crate) fn bad(&self) -> usize {
        self.0.bad
    }

    /// The medians agree, or are no further apart than the samples themselves leave open.
    fn holds(&self) -> bool {
        let (one, other) = (self.0.r#virtual.p50_ci, self.0.real.p50_ci);
        self.0.agree() || (other.0 <= one.1 && one.0 <= other.1)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cross-check {}", self.0.told(self.holds()))
    }
}
