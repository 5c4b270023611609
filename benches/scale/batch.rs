//! The command itself: `liftoff batch` with many launches, as others run it, judged by the JSON that it writes.
//!
//! It may have a thousand launches alive at once and start 144 a minute in a project and region, so that those of a large
//! batch follow each other, over several projects and regions. Nothing here is of its memory: over HTTP without TLS the
//! binary speaks HTTP/1.1.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use liftoff::core::verdict::Outcome;
use liftoff::harness::stats::Figures;
use liftoff::harness::wall::{self, Heard};
use liftoff::harness::{Case, Cell, Draw, Enforced, Spread, live};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::binary::liftoff;
use crate::party::Scene;
use crate::process::Process;
use crate::verdicts::Verdicts;

/// The most launches alive at once that the command takes.
const ALIVE: usize = 1000;
/// The latest deciding fact of each.
const WITHIN: Duration = Duration::from_mins(1);

/// What became of a batch.
#[derive(Serialize)]
pub(crate) struct Batch {
    pub(crate) launches: usize,
    pub(crate) verdicts: Verdicts,
    pub(crate) latency: Figures,
    /// From the start of the process to its end.
    seconds: f64,
    /// Lines of JSON that it wrote.
    lines: usize,
    exit_code: i32,
}

/// The lives of a batch, as life is: others' jobs in the region, and a wrapper that cheers before anything is submitted.
pub(crate) fn cell(launches: usize) -> Cell {
    let scene = Scene {
        within: WITHIN,
        ..Scene::usual(Case::JobActive, launches)
    };
    let alone = scene.cell();
    Cell {
        draw: Draw {
            foreign: 1,
            cheer: true,
            ..alone.draw
        },
        spread: Spread {
            projects: 5,
            regions: 4,
        },
        quotas: Enforced::Google,
        ..alone
    }
}

impl Batch {
    /// Plays it, with the emulator in another process.
    pub(crate) fn play(launches: usize) -> Result<Self, Box<dyn Error>> {
        let cell = cell(launches);
        let mut cloud = Process::start(&format!("serve-batch {launches}"))?;
        let told = cloud.line()?;
        let (endpoint, token) = told.split_once(' ').ok_or("the cloud did not start")?;
        let home = tempfile::tempdir()?;
        fs::write(home.path().join("batch.toml"), file(&cell))?;
        let begun = Instant::now();
        let mut child = command(endpoint, token, home.path()).spawn()?;
        let heard = listen(child.stdout.take().ok_or("no output")?, &cell)?;
        let exit_code = child.wait()?.code().unwrap_or(-1);
        let seconds = begun.elapsed().as_secs_f64();
        let tally = live(wall::judge(&cell, endpoint, token, heard.said))?;
        Ok(Self {
            launches,
            verdicts: Verdicts::of(&tally),
            latency: Figures::of(&tally.latencies, cell.seed),
            seconds,
            lines: heard.lines,
            exit_code,
        })
    }
}

/// A batch file with all launches of a cell, each by the name of its job.
fn file(cell: &Cell) -> String {
    let mut text = String::new();
    for job in wall::jobs(cell) {
        let (name, scope) = (&job.job, &job.scope);
        let _ = writeln!(
            text,
            "[[launch]]\nname = \"{name}\"\njob = \"{name}\"\nproject = \"{}\"\nregion = \"{}\"\n",
            scope.project, scope.region
        );
    }
    text
}

fn command(endpoint: &str, token: &str, home: &Path) -> Command {
    let mut command = liftoff(endpoint, token, home);
    command
        .args(["batch", "batch.toml", "--yes", "--output", "json"])
        .args(["--max-parallel", &ALIVE.to_string()])
        .stdout(Stdio::piped());
    command
}

/// What was said of each launch of a cell, in their order.
struct Spoken {
    said: Vec<Option<Heard>>,
    lines: usize,
}

/// What matters here of a line.
#[derive(Deserialize)]
struct Line {
    event: String,
    name: Option<String>,
    at: Timestamp,
    outcome: Option<Outcome>,
    execution: Option<String>,
}

fn listen(output: ChildStdout, cell: &Cell) -> Result<Spoken, Box<dyn Error>> {
    let jobs = wall::jobs(cell).into_iter().map(|job| job.job);
    let places: HashMap<String, usize> = jobs.zip(0..).collect();
    let mut spoken = Spoken {
        said: vec![None; places.len()],
        lines: 0,
    };
    for line in BufReader::new(output).lines() {
        spoken.lines += 1;
        let line: Line = serde_json::from_str(&line?)?;
        let place = line.name.and_then(|name| places.get(&name));
        if let ("verdict", Some(place), Some(outcome)) = (line.event.as_str(), place, line.outcome) {
            spoken.said[*place] = Some(Heard {
                outcome,
                at: line.at,
                execution: line.execution.unwrap_or_default(),
            });
        }
    }
    Ok(spoken)
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`liftoff batch` of {} launches in 5 projects and 4 regions of each, {ALIVE} at once at most: {}; p50 {:.0} p99 {:.0} \
             ms; {} lines of JSON in {:.0} s, exit code {}",
            self.launches,
            self.verdicts,
            self.latency.p50,
            self.latency.p99,
            self.lines,
            self.seconds,
            self.exit_code
        )
    }
}
