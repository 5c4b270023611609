//! What every launch of a process shares.

use std::rc::Rc;

use super::bus::Bus;
use crate::core::pattern::PatternSet;
use crate::gcp::Gcp;
use crate::hub::Share;
use crate::journal::Journal;
use crate::watch::chaos::Chaos;

/// Requests per minute that Google allows the project (`--quota`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Cloud Logging, per project.
    pub logging: u32,
    /// Vertex AI, per project and region.
    pub vertex: u32,
    /// Cloud Run, per project and region.
    pub run: u32,
}

/// Of a quota, many launches together take this much; the project has other users.
const TOGETHER: f64 = 0.8;

impl Quota {
    /// A launch alone reads the log 20 times a minute at most on average.
    pub(super) fn logging_share(self) -> Share {
        share(self.logging, 20.0)
    }

    /// A launch alone lists the jobs four times a second at most.
    pub(super) fn vertex_share(self) -> Share {
        share(self.vertex, 240.0)
    }

    /// A launch alone reads its execution once a second at most.
    pub fn run_share(self) -> Share {
        share(self.run, 60.0)
    }
}

fn share(quota: u32, alone: f64) -> Share {
    let together = f64::from(quota) * TOGETHER;
    Share {
        alone: alone.min(together),
        together,
    }
}

/// What every launch of a process shares. Nothing in it changes, except behind the client and the bus.
#[derive(Debug)]
pub struct World {
    /// The client.
    pub gcp: Gcp,
    /// The patterns that read logs and errors.
    pub patterns: Rc<PatternSet>,
    /// Where events go.
    pub bus: Rc<Bus>,
    /// What survives the process. Whoever begins a launch has recorded it there.
    pub journal: Journal,
    /// What Google allows.
    pub quota: Quota,
    /// Tell every line of the log.
    pub lines: bool,
    /// Which watchers fail on purpose.
    pub chaos: Chaos,
}
