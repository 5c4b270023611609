//! What Liftoff itself adds between an answer and a verdict where a launch is alone in its process, on the real clock.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use liftoff::harness::stats::Figures;
use liftoff::harness::wall::{Cost, Transport};
use liftoff::harness::{Case, Cell, Draw};
use serde::Serialize;

use crate::kept;
use crate::process::{self, Process};

/// Processes that run at a time. Each waits nearly always, and their verdicts are spread over [`WITHIN`].
const TOGETHER: u64 = 30;
/// How often so many run.
const ROUNDS: u64 = 8;
/// The latest deciding fact of each; 15 s after the start is the earliest.
const WITHIN: Duration = Duration::from_secs(25);

/// All of them, as the cloud knows them; each is in a project of its own.
fn all() -> Cell {
    Cell {
        draw: Draw {
            case: Case::JobActive,
            within: WITHIN,
            ..Draw::default()
        },
        events: usize::try_from(TOGETHER * ROUNDS).unwrap_or(usize::MAX),
        seed: 11,
        ..Cell::default()
    }
}

/// Serves the cloud of all.
pub(crate) fn serve() -> Result<(), Box<dyn Error>> {
    process::serve(&all())
}

/// Launches the one with this number.
pub(crate) fn launch(number: &str, endpoint: &str, token: &str) -> Result<(), Box<dyn Error>> {
    let cell = Cell {
        first: number.parse()?,
        events: 1,
        ..all()
    };
    process::launch(&cell, endpoint, token, Transport::Http2)
}

/// What became of them.
#[derive(Serialize)]
pub(crate) struct Alone {
    /// From an answer's last byte to the verdict.
    own: Figures,
    /// Launches that were not judged rightly.
    bad: usize,
    cores: usize,
}

impl Alone {
    /// Plays them in processes of their own.
    pub(crate) fn play() -> Result<Self, Box<dyn Error>> {
        let mut cloud = Process::start("serve-alone")?;
        let told = cloud.line()?;
        let (mut own, mut bad) = (Vec::new(), 0);
        for round in 0..ROUNDS {
            let numbers = round * TOGETHER..(round + 1) * TOGETHER;
            let started = numbers.map(|number| Process::start(&format!("alone {number} {told}")));
            for mut process in started.collect::<Result<Vec<_>, _>>()? {
                let cost: Cost = serde_json::from_str(&process.line()?)?;
                bad += cost.tally.not_right();
                own.extend(cost.own_ms);
            }
        }
        Ok(Self {
            own: Figures::of(&own, all().seed),
            bad,
            cores: kept::cores(),
        })
    }
}

/// What Liftoff adds, in words.
pub(crate) fn told(own: &Figures) -> String {
    format!(
        "answer to verdict p50 {:.2} p99 {:.2} max {:.2} ms of {}",
        own.p50, own.p99, own.max, own.count
    )
}

impl fmt::Display for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (own, bad) = (told(&self.own), self.bad);
        write!(f, "each alone in its process: {own}, {bad} not right")
    }
}
