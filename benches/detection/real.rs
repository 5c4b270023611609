//! The same launches on the virtual and on the real clock, and what Liftoff itself adds between an answer and a verdict.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use liftoff::harness::stats::Figures;
use liftoff::harness::wall::{Cost, Transport};
use liftoff::harness::{Case, Cell, Draw, Spread};
use serde::Serialize;

use crate::alone::{self, Alone};
use crate::clocks::Clocks;
use crate::kept;
use crate::process::{self, Process};
use crate::suites::PATHS;

/// Twenty projects with a hundred launches each, all alive at once in one process.
fn cell(case: Case) -> Cell {
    const PROJECTS: usize = 20;
    const LAUNCHES: usize = 100 * PROJECTS;
    Cell {
        draw: Draw {
            case,
            ..Draw::default()
        },
        launches: LAUNCHES,
        spread: Spread {
            projects: PROJECTS,
            regions: 1,
        },
        starts: Duration::from_secs(50),
        events: LAUNCHES,
        seed: 11,
        ..Cell::default()
    }
}

/// What this program does when it calls itself: `serve CASE`, or `launch CASE ENDPOINT TOKEN`; or the like with a launch
/// alone.
pub(crate) fn play(part: &str) -> Result<(), Box<dyn Error>> {
    let words: Vec<&str> = part.split(' ').collect();
    let cell_of = |name: &str| {
        let case = Case::ALL.into_iter().find(|known| known.name() == name);
        case.map(cell).ok_or("no such case")
    };
    match words.as_slice() {
        ["serve", case] => process::serve(&cell_of(case)?),
        // Two thousand launches that wait would fill a connection of HTTP/2.
        ["launch", case, endpoint, token] => {
            process::launch(&cell_of(case)?, endpoint, token, Transport::Http1)
        }
        ["serve-alone"] => alone::serve(),
        ["alone", number, endpoint, token] => alone::launch(number, endpoint, token),
        _ => Err("no such part".into()),
    }
}

/// One path on both clocks.
#[derive(Serialize)]
struct Check {
    #[serde(flatten)]
    clocks: Clocks,
    /// From an answer's last byte to the verdict, of the real run.
    own: Figures,
    cores: usize,
    holds: bool,
}

impl Check {
    fn new(case: Case, cost: &Cost) -> Result<Self, Box<dyn Error>> {
        let cell = cell(case);
        let clocks = Clocks::of(&cell, cost)?;
        Ok(Self {
            holds: clocks.agree(),
            clocks,
            own: Figures::of(&cost.own_ms, cell.seed),
            cores: kept::cores(),
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clocks = self.clocks.told(self.holds);
        write!(f, "{clocks}; {}", alone::told(&self.own))
    }
}

/// All that is played on the real clock.
#[derive(Serialize)]
pub(crate) struct Real {
    alone: Alone,
    checks: Vec<Check>,
}

impl Real {
    /// Launches alone first, then every path with many launches.
    pub(crate) fn play() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            alone: Alone::play()?,
            checks: checks()?,
        })
    }
}

impl fmt::Display for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut checks = self.checks.iter();
        checks.try_for_each(|check| writeln!(f, "{check}"))?;
        write!(f, "{}", self.alone)
    }
}

/// Plays one path after the other: two processes, the cloud's and the launches', have a core each where there are two.
fn checks() -> Result<Vec<Check>, Box<dyn Error>> {
    PATHS.into_iter().map(check).collect()
}

fn check(case: Case) -> Result<Check, Box<dyn Error>> {
    let mut cloud = Process::start(&format!("serve {}", case.name()))?;
    let told = cloud.line()?;
    let mut launches = Process::start(&format!("launch {} {told}", case.name()))?;
    let cost: Cost = serde_json::from_str(&launches.line()?)?;
    drop((launches, cloud));
    Check::new(case, &cost)
}
