//! The pictures: latency of every policy, requests over the number of launches.

use std::error::Error;
use std::path::Path;

use liftoff::harness::stats::sorted;

use crate::chart::{Chart, Line, Scale};
use crate::record::{Played, Row};

/// So many points draw a distribution.
const POINTS: usize = 200;

/// The share of launches that are judged rightly within a time, per policy.
pub(crate) fn latency(played: &Played, path: &Path) -> Result<(), Box<dyn Error>> {
    let note = format!(
        "{}, one launch in a project, round trip {} ms, Google's quotas; against the built-in cloud, virtual time",
        played.case, played.rtt_ms
    );
    Chart {
        title: "How soon a launch is judged rightly",
        note: &note,
        x: (
            "seconds from the first answer that shows the deciding fact",
            0.02..100.0,
        ),
        y: ("% of launches judged rightly", Scale::Linear(0.0..100.0)),
        dots: false,
        lines: played.arms.iter().map(distribution).collect(),
    }
    .write(path)
}

fn distribution(row: &Row) -> Line {
    let sorted = sorted(&row.latencies);
    let share = |rank: usize| 100.0 * rank as f64 / row.launches.max(1) as f64;
    let step = sorted.len().div_ceil(POINTS).max(1);
    let ranks = (1..=sorted.len()).filter(|rank| rank % step == 0 || *rank == sorted.len() || *rank == 1);
    let mut points: Vec<_> = ranks
        .map(|rank| (sorted[rank - 1] / 1000.0, share(rank)))
        .collect();
    if let Some((first, _)) = points.first().copied() {
        points.insert(0, (first, 0.0));
    }
    Line {
        name: row.policy.clone(),
        points,
    }
}

/// Requests a minute of one project over the number of launches in it, per policy.
pub(crate) fn requests(cells: &[&Played], path: &Path) -> Result<(), Box<dyn Error>> {
    let policies = cells.first().map_or(&[][..], |cell| cell.arms.as_slice());
    let line = |row: &Row| Line {
        name: row.policy.clone(),
        points: growth_points(cells, &row.policy, usize::MAX),
    };
    Chart {
        title: "What watching many launches costs",
        note: "one project and region, round trip 80 ms, Google's quotas; against the built-in cloud, virtual time",
        x: ("launches", 1.0..10_000.0),
        y: ("requests a minute, all APIs", Scale::Logarithmic(10.0..20_000.0)),
        dots: true,
        lines: policies.iter().map(line).collect(),
    }
    .write(path)
}

/// Launches, and requests a minute, of a policy in the cells of the growth suite up to so many launches.
pub(crate) fn growth_points(cells: &[&Played], policy: &str, most: usize) -> Vec<(f64, f64)> {
    let points = cells
        .iter()
        .filter(|cell| cell.launches <= most)
        .filter_map(|cell| {
            let row = cell.row(policy)?;
            Some((cell.launches as f64, row.requests_per_minute.iter().sum()))
        });
    points.collect()
}
