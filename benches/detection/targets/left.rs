//! What other runs have left in `target/bench/`, and the targets that are held to what this bench's long ones and those on
//! the real clock have.

use std::fs;

use serde_json::Value;

use super::{Found, Target};
use crate::kept::folder;
use crate::record::Played;

const REAL: &str = "`--bench detection -- --real`";
const SOAK: &str = "`--bench detection -- --soak --events 20000`, with one `--seed` after another";

/// What was left; none of what never ran here.
pub(super) struct Left {
    real: Option<Value>,
    /// Cells of all parts, each of which had a seed of its own.
    soak: Vec<Value>,
    pub(super) scale: Option<Value>,
    pub(super) classify: Option<Value>,
}

impl Left {
    pub(super) fn found() -> Self {
        let file = |name: &str| -> Option<Value> {
            serde_json::from_str(&fs::read_to_string(folder().join(name)).ok()?).ok()
        };
        Self {
            real: file("real.json"),
            soak: parts()
                .filter_map(|name| file(&name)?.as_array().cloned())
                .flatten()
                .collect(),
            scale: file("scale.json"),
            classify: file("classify.json"),
        }
    }

    /// What Liftoff itself adds.
    pub(super) fn own(&self) -> Vec<Target> {
        vec![
            Target {
                id: "T1",
                what: "answer to verdict, alone: p50 ≤ 0.2 ms, p99 ≤ 1 ms",
                found: self.real.as_ref().and_then(|real| alone(&real["alone"])),
                command: REAL,
                obstacle: "",
            },
            Target {
                id: "T2",
                what: "the same with 1,000 live launches: p99 ≤ 5 ms",
                found: self.real.as_ref().and_then(|real| crowded(&real["checks"])),
                command: REAL,
                obstacle: "",
            },
        ]
    }

    /// What was played at all: this run and the parts of the long one.
    pub(super) fn soaked(&self, played: &[Played]) -> Vec<Target> {
        vec![Target {
            id: "T18",
            what: "10⁶ simulated launches, 1 % faults: none wrong, none started twice",
            found: self.sums(played).map(|[launches, wrong, doubles]| {
                let figure = format!("{wrong} wrong, {doubles} started twice, of {launches} launches");
                Found::new(wrong + doubles == 0 && launches >= 1_000_000, figure)
            }),
            command: SOAK,
            obstacle: "As far as it was played: a part of 30,000 launches takes six to ten minutes",
        }]
    }

    /// Launches, wrong verdicts and double starts.
    fn sums(&self, played: &[Played]) -> Option<[u64; 3]> {
        if self.soak.is_empty() {
            return None;
        }
        let soaked = self.soak.iter().map(|cell| &cell["arms"][0]).map(|row| {
            let count = |field: &str| row[field].as_u64().unwrap_or_default();
            [
                count("launches"),
                count("wrong") + count("early"),
                count("doubles"),
            ]
        });
        let played = played.iter().filter_map(|cell| cell.row("liftoff"));
        let played = played
            .map(|row| [row.launches, row.amiss.wrong + row.amiss.early, row.doubles].map(|n| n as u64));
        Some(soaked.chain(played).fold([0; 3], |sums, row| {
            [sums[0] + row[0], sums[1] + row[1], sums[2] + row[2]]
        }))
    }
}

/// The files that parts of the long run have left.
fn parts() -> impl Iterator<Item = String> {
    let names = fs::read_dir(folder()).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with("soak-"))
}

/// The machine, as far as it matters to a figure.
pub(super) fn cores(file: &Value) -> Option<String> {
    Some(format!("{} cores", file["cores"].as_u64()?))
}

/// From an answer's last byte to the verdict, each launch in a process of its own.
fn alone(kept: &Value) -> Option<Found> {
    let (half, most, count) = own(kept)?;
    let figure = format!(
        "{half:.2} / {most:.2} ms, {count:.0} launches, each alone in its process; {}",
        cores(kept)?
    );
    Some(Found::new(half <= 0.2 && most <= 1.0, figure))
}

/// The same with all launches in one process, on each path.
fn crowded(checks: &Value) -> Option<Found> {
    let (mut figures, mut worst, mut machine) = (Vec::new(), 0.0_f64, String::new());
    for check in checks.as_array()? {
        // Where the clocks disagree the machine had something else to do, and this is no measurement.
        check["holds"].as_bool().filter(|holds| *holds)?;
        let (half, most, count) = own(check)?;
        let case = check["case"].as_str()?;
        figures.push(format!("{case} {half:.2} / {most:.2} ms of {count:.0}"));
        worst = worst.max(most);
        machine = cores(check)?;
    }
    let figure = format!("{}; {machine}", figures.join(", "));
    Some(Found::new(worst <= 5.0, figure))
}

/// The median and the 99th percentile in milliseconds, and of how many.
fn own(kept: &Value) -> Option<(f64, f64, f64)> {
    let own = |field: &str| kept["own"][field].as_f64();
    Some((own("p50")?, own("p99")?, own("count")?))
}
