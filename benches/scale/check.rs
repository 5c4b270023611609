//! Whether the virtual clock tells what the real one does.

use std::error::Error;
use std::fmt;

use liftoff::harness::stats::Figures;
use liftoff::harness::{Policy, paused};
use serde::Serialize;

use crate::party::{Scene, Size};

/// The same lives on the virtual and on the real clock.
#[derive(Serialize)]
pub(crate) struct Check {
    case: &'static str,
    virtual_: Figures,
    pub(crate) real: Figures,
    bad: usize,
}

impl Check {
    /// Plays on the virtual clock what was played on the real one.
    pub(crate) fn of(scene: Scene, played: &Size) -> Result<Self, Box<dyn Error>> {
        let cell = scene.cell();
        let arms = paused(cell.play(&[Policy::Liftoff]))?;
        Ok(Self {
            case: scene.case.name(),
            virtual_: arms[0].figures(cell.seed),
            real: played.latency,
            bad: played.bad,
        })
    }

    /// The medians differ by at most 5 % or 5 ms, or by no more than the samples themselves leave open.
    pub(crate) fn holds(&self) -> bool {
        let apart = (self.real.p50 - self.virtual_.p50).abs();
        let overlap =
            self.real.p50_ci.0 <= self.virtual_.p50_ci.1 && self.virtual_.p50_ci.0 <= self.real.p50_ci.1;
        apart <= f64::max(5.0, self.virtual_.p50 * 0.05) || overlap
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, other) = (&self.virtual_, &self.real);
        writeln!(
            f,
            "cross-check {}: virtual p50 {:.1} [{:.1}, {:.1}] p99 {:.1} ms, real p50 {:.1} [{:.1}, {:.1}] p99 {:.1} ms, {} not right: {}",
            self.case,
            one.p50,
            one.p50_ci.0,
            one.p50_ci.1,
            one.p99,
            other.p50,
            other.p50_ci.0,
            other.p50_ci.1,
            other.p99,
            self.bad,
            if self.holds() {
                "holds"
            } else {
                "DOES NOT HOLD: the virtual figures are void"
            }
        )
    }
}
