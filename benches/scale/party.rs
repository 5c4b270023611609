//! Two processes and what became of them: one is the cloud, the other launches.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use liftoff::harness::stats::Figures;
use liftoff::harness::wall::{self, Cost};
use liftoff::harness::{Case, Cell, Draw, Policy, live, paused};
use serde::Serialize;

/// Launches of a cross-check.
const CHECKED: usize = 100;

/// The lives of a measurement, named so that both processes draw the same.
fn cell(case: Case, launches: usize) -> Cell {
    Cell {
        draw: Draw {
            case,
            within: Duration::from_secs(45),
            ..Draw::default()
        },
        rtt: Duration::from_millis(80),
        launches,
        starts: Duration::from_secs(5), // so that all are alive at once
        events: launches,
        seed: 11,
        ..Cell::default()
    }
}

/// What this program does when it calls itself.
pub(crate) enum Part {
    Serve(Cell),
    Launch(Cell, String, String),
}

impl Part {
    pub(crate) fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let words: Vec<&str> = text.split(' ').collect();
        let cell = |case: &str, launches: &str| -> Result<Cell, Box<dyn Error>> {
            let case = Case::ALL.into_iter().find(|known| known.name() == case);
            Ok(cell(case.ok_or("no such case")?, launches.parse()?))
        };
        match words.as_slice() {
            ["serve", case, launches] => Ok(Self::Serve(cell(case, launches)?)),
            ["launch", case, launches, endpoint, token] => Ok(Self::Launch(
                cell(case, launches)?,
                (*endpoint).into(),
                (*token).into(),
            )),
            _ => Err("no such part".into()),
        }
    }

    pub(crate) fn play(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Serve(cell) => live(wall::serve(&cell, |endpoint, token| {
                let _ = writeln!(io::stdout(), "{endpoint} {token}");
            }))?,
            Self::Launch(cell, endpoint, token) => {
                let cost = live(wall::launch(&cell, &endpoint, &token))?;
                writeln!(io::stdout(), "{}", serde_json::to_string(&cost)?)?;
            }
        }
        Ok(())
    }
}

/// A process that ends with this program's interest in it.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(part: &str) -> Result<(Process, String), Box<dyn Error>> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--part", part])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let process = Process(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    Ok((process, line.trim().to_owned()))
}

fn play(case: Case, launches: usize) -> Result<Cost, Box<dyn Error>> {
    let (_cloud, told) = start(&format!("serve {} {launches}", case.name()))?;
    let (_launches, cost) = start(&format!("launch {} {launches} {told}", case.name()))?;
    Ok(serde_json::from_str(&cost)?)
}

/// The same lives on the virtual and on the real clock.
#[derive(Serialize)]
pub(crate) struct Check {
    case: &'static str,
    virtual_: Figures,
    pub(crate) real: Figures,
    bad: usize,
}

impl Check {
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

pub(crate) fn checks() -> Result<Vec<Check>, Box<dyn Error>> {
    [Case::ExecutionFailed, Case::JobActive]
        .into_iter()
        .map(check)
        .collect()
}

fn check(case: Case) -> Result<Check, Box<dyn Error>> {
    let cell = cell(case, CHECKED);
    let arms = paused(cell.play(&[Policy::Liftoff]))?;
    let cost = play(case, CHECKED)?;
    Ok(Check {
        case: case.name(),
        virtual_: arms[0].figures(cell.seed),
        real: Figures::of(&cost.tally.latencies, cell.seed),
        bad: cost.tally.launches() - cost.tally.latencies.len(),
    })
}

/// What so many launches in one process cost.
#[derive(Serialize)]
pub(crate) struct Size {
    pub(crate) launches: usize,
    pub(crate) bad: usize,
    pub(crate) latency: Figures,
    pub(crate) cost: Cost,
}

impl Size {
    /// Resident memory of one more launch, KiB.
    pub(crate) fn kib_per_launch(&self) -> f64 {
        self.cost.peak_kib.saturating_sub(self.cost.base_kib) as f64 / self.launches as f64
    }

    /// Processor time of one launch for its whole life here, ms.
    pub(crate) fn cpu_per_launch(&self) -> f64 {
        self.cost.cpu_ms / self.launches as f64
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cost = &self.cost;
        writeln!(
            f,
            "N {}: {} not right, p50 {:.0} p99 {:.0} ms; memory {:.1} MB at first, {:.1} MB at most, {:.1} KiB a launch; \
             processor {:.2} ms a launch ({:.1} % of one for {:.0} s); {} files; requests {:?}",
            self.launches,
            self.bad,
            self.latency.p50,
            self.latency.p99,
            cost.base_kib as f64 / 1024.0,
            cost.peak_kib as f64 / 1024.0,
            self.kib_per_launch(),
            self.cpu_per_launch(),
            cost.cpu_ms / cost.seconds / 10.0,
            cost.seconds,
            cost.files,
            cost.requests
        )
    }
}

pub(crate) fn size(launches: usize) -> Result<Size, Box<dyn Error>> {
    let cost = play(Case::JobActive, launches)?;
    Ok(Size {
        launches,
        bad: cost.tally.launches() - cost.tally.latencies.len(),
        latency: Figures::of(&cost.tally.latencies, 1),
        cost,
    })
}
