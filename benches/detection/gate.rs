//! The gate: what a short run has to come to. Counts are exact, times may double.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::record::{Played, Row};

/// What Liftoff came to in one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Expected {
    /// Requests to Cloud Run, Cloud Logging and Vertex AI.
    requests: [u64; 3],
    throttled: [u64; 3],
    p50_ms: f64,
    p99_ms: f64,
}

impl Expected {
    fn of(row: &Row) -> Self {
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        Self {
            requests: row.requests,
            throttled: row.throttled,
            p50_ms: tenth(row.latency.p50),
            p99_ms: tenth(row.latency.p99),
        }
    }
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/detection/expected.json")
}

/// Takes what was played for what is expected from now on.
pub(crate) fn bless(played: &[Played]) -> io::Result<()> {
    let expected: BTreeMap<&str, Expected> = liftoff(played)
        .map(|(cell, row)| (cell.name.as_str(), Expected::of(row)))
        .collect();
    fs::write(path(), serde_json::to_string_pretty(&expected)? + "\n")
}

/// What is not as expected, one line each.
pub(crate) fn complaints(played: &[Played]) -> io::Result<Vec<String>> {
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&fs::read_to_string(path())?)?;
    let mut complaints = Vec::new();
    for (cell, row) in liftoff(played) {
        if row.bad() > 0 {
            complaints.push(format!(
                "{}: {}, {} started twice",
                cell.name, row.amiss, row.doubles
            ));
        }
        match expected.get(&cell.name) {
            Some(expected) => complaints.extend(expected.against(&cell.name, row)),
            None => complaints.push(format!("{}: nothing is expected of it yet", cell.name)),
        }
    }
    Ok(complaints)
}

impl Expected {
    fn against(&self, name: &str, row: &Row) -> Vec<String> {
        let found = Self::of(row);
        let mut complaints = Vec::new();
        if (found.requests, found.throttled) != (self.requests, self.throttled) {
            complaints.push(format!(
                "{name}: requests {:?} and 429 {:?}, expected {:?} and {:?}",
                found.requests, found.throttled, self.requests, self.throttled
            ));
        }
        for (which, found, expected) in [
            ("p50", found.p50_ms, self.p50_ms),
            ("p99", found.p99_ms, self.p99_ms),
        ] {
            if found > 2.0 * expected {
                complaints.push(format!(
                    "{name}: {which} {found} ms, more than twice the expected {expected} ms"
                ));
            }
        }
        complaints
    }
}

fn liftoff(played: &[Played]) -> impl Iterator<Item = (&Played, &Row)> {
    played
        .iter()
        .filter_map(|cell| Some((cell, cell.row("liftoff")?)))
}
