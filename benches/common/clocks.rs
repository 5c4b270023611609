//! The same launches on the virtual and on the real clock.

use std::error::Error;

use liftoff::harness::stats::Figures;
use liftoff::harness::wall::Cost;
use liftoff::harness::{Cell, Policy, paused};
use serde::Serialize;

/// How soon Liftoff judged the lives of a cell by either clock.
#[derive(Serialize)]
pub(crate) struct Clocks {
    pub(crate) case: &'static str,
    pub(crate) r#virtual: Figures,
    pub(crate) real: Figures,
    /// Launches of the real run that were not judged rightly.
    pub(crate) bad: usize,
}

impl Clocks {
    /// Plays on the virtual clock what was played on the real one.
    pub(crate) fn of(cell: &Cell, cost: &Cost) -> Result<Self, Box<dyn Error>> {
        let arms = paused(cell.play(&[Policy::Liftoff]))?;
        Ok(Self {
            case: cell.draw.case.name(),
            r#virtual: arms[0].figures(cell.seed),
            real: Figures::of(&cost.tally.latencies, cell.seed),
            bad: cost.tally.not_right(),
        })
    }

    /// The medians differ by at most 5 % or 5 ms.
    pub(crate) fn agree(&self) -> bool {
        let apart = (self.real.p50 - self.r#virtual.p50).abs();
        apart <= f64::max(5.0, self.r#virtual.p50 * 0.05)
    }

    /// Both, side by side, and what that means for the virtual figures.
    pub(crate) fn told(&self, holds: bool) -> String {
        let side = |figures: &Figures| {
            let (low, high) = figures.p50_ci;
            format!(
                "p50 {:.1} [{low:.1}, {high:.1}] p99 {:.1} ms",
                figures.p50, figures.p99
            )
        };
        format!(
            "{}: virtual {}, real {}, {} not right: {}",
            self.case,
            side(&self.r#virtual),
            side(&self.real),
            self.bad,
            if holds {
                "holds"
            } else {
                "DOES NOT HOLD: the virtual figures are void"
            }
        )
    }
}
