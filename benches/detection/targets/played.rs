//! Targets that are held to what this run has played.

use liftoff::harness::stats::growth;

use super::{Found, Target, seconds};
use crate::figures::growth_points;
use crate::publish::suite;
use crate::record::{Played, Row};

const DETECTION: &str = "`--bench detection`";

/// What was played.
pub(super) struct Run<'a> {
    pub(super) played: &'a [Played],
}

impl Run<'_> {
    fn row(&self, name: &str) -> Option<&Row> {
        self.played.iter().find(|cell| cell.name == name)?.row("liftoff")
    }

    /// Medians and 99th percentiles of some cells, and whether all are within these limits, in milliseconds.
    fn within(&self, cells: &[(&str, &str)], p50: f64, p99: f64) -> Option<Found> {
        let mut reached = true;
        let mut figures = Vec::new();
        for (label, name) in cells {
            let latency = self.row(name)?.latency;
            reached &= latency.count > 0 && latency.p50 <= p50 && latency.p99 <= p99;
            figures.push(format!(
                "{label} {} / {}",
                seconds(latency.p50),
                seconds(latency.p99)
            ));
        }
        Some(Found::new(reached, figures.join(", ")))
    }

    pub(super) fn latencies(&self) -> Vec<Target> {
        let at = |case: &'static str| {
            [
                ("alone", format!("ways {case} rtt=80 n=1")),
                ("10:", format!("crowd {case} rtt=80 n=10")),
                ("100:", format!("crowd {case} rtt=80 n=100")),
            ]
        };
        let within = |case, from: usize, p50, p99| {
            let cells = at(case);
            let cells: Vec<_> = cells[from..]
                .iter()
                .map(|(label, name)| (*label, name.as_str()))
                .collect();
            self.within(&cells, p50, p99)
        };
        vec![
            Target {
                id: "T3",
                what: "execution path, to 100 launches: p50 ≤ 0.08 s, p99 ≤ 0.09 s",
                found: within("execution-failure", 0, 80.0, 90.0),
                command: DETECTION,
                obstacle: "",
            },
            Target {
                id: "T4",
                what: "Vertex path, to 100 launches: p50 ≤ 0.17 s, p99 ≤ 0.305 s",
                found: within("vertex-success", 0, 170.0, 305.0),
                command: DETECTION,
                obstacle: "A job that shows before the log says that one was received, later than a minute after the start, is met by the slow list (0.9 s)",
            },
            Target {
                id: "T5",
                what: "log path by listing, several launches: p50 ≤ 0.75 s, p99 ≤ 2.6 s",
                found: within("log-failure", 1, 750.0, 2600.0),
                command: DETECTION,
                obstacle: "",
            },
            Target {
                id: "",
                what: "the same with 1,000 and with 10,000 launches alive at once: p99 ≤ 2.6 s",
                found: self.within(
                    &[
                        ("1,000:", "long log-failure rtt=80 n=1000"),
                        ("10,000:", "thousands log-failure rtt=80 n=10000"),
                    ],
                    f64::INFINITY,
                    2600.0,
                ),
                command: DETECTION,
                obstacle: "While runners start and fail by the dozen a second, what may decide has several pages, 1.25 s each",
            },
            Target {
                id: "",
                what: "its stragglers (2 % of lines, 30 to 120 s late): ≤ 12 s, alone",
                found: self.stragglers(),
                command: DETECTION,
                obstacle: "",
            },
            Target {
                id: "T6",
                what: "log path by tail",
                found: Some(Found::new(false, "the client does not tail".into())),
                command: "",
                obstacle: "What Google counts a session of `entries.tail` against is not documented, so that only a real project can tell whether it is cheaper",
            },
            Target {
                id: "T7",
                what: "whichever of three is first, alone: p50 ≤ 0.2 s, p99 ≤ 0.35 s",
                found: self.within(&[("", "ways first-of-three rtt=80 n=1")], 200.0, 350.0),
                command: DETECTION,
                obstacle: "",
            },
        ]
    }

    fn stragglers(&self) -> Option<Found> {
        let failure = self.row("life log-failure rtt=80 n=1")?.latency.max;
        let success = self.row("life log-success rtt=80 n=1")?.latency.max;
        let figure = format!(
            "at most {} (failure), {} (success)",
            seconds(failure),
            seconds(success)
        );
        Some(Found::new(failure.max(success) <= 12_000.0, figure))
    }

    pub(super) fn costs(&self) -> Vec<Target> {
        vec![
            Target {
                id: "T8",
                what: "1,000 launches alive at once, of up to 900 s: ≤ 6 requests each",
                found: self.requests(),
                command: DETECTION,
                obstacle: "",
            },
            Target {
                id: "T9",
                what: "requests grow by at most N^0.15 (1 to 1,000), no 429",
                found: self.growth(),
                command: DETECTION,
                obstacle: "",
            },
            Target {
                id: "",
                what: "Vertex path: p99 of 1,000 launches ≤ 1.25 × alone",
                found: self.flat(),
                command: DETECTION,
                obstacle: "Above 100 launches the list is read every 0.9 s; at 0.25 s T8 would not hold",
            },
            Target {
                id: "T14",
                what: "100 launches, 3 of them printing 1,000 lines/s each: log path as T5",
                found: self.within(&[("", "flood log-failure rtt=80 n=100")], 750.0, 2600.0),
                command: DETECTION,
                obstacle: "One answer searches 20,000 lines: to find in the last 20 s of such a flood what may decide takes three or four, 1.25 s each",
            },
            Target {
                id: "T17",
                what: "simulation of 100 launches: ≥ 1,000 × real time",
                found: self.speed(),
                command: DETECTION,
                obstacle: "Half is the emulator, most of it lists of jobs and log entries written as JSON, the rest Liftoff and HTTP",
            },
        ]
    }

    fn requests(&self) -> Option<Found> {
        let cells = suite(self.played, "long");
        let rows = cells
            .iter()
            .filter_map(|cell| Some((cell.case.as_str(), cell.row("liftoff")?)));
        let costs: Vec<_> = rows.map(|(case, row)| (case, row.requests_per_launch)).collect();
        let most = costs.iter().map(|(_, cost)| *cost).reduce(f64::max)?;
        let figure = costs.iter().map(|(case, cost)| format!("{case} {cost:.1}"));
        Some(Found::new(most <= 6.0, figure.collect::<Vec<_>>().join(", ")))
    }

    fn growth(&self) -> Option<Found> {
        let cells = suite(self.played, "growth");
        let slope = growth(&growth_points(&cells, "liftoff", 1000))?;
        let rows = ["growth", "long"]
            .into_iter()
            .flat_map(|name| suite(self.played, name));
        let throttled: u64 = rows
            .filter(|cell| cell.launches <= 1000)
            .filter_map(|cell| cell.row("liftoff"))
            .flat_map(|row| row.throttled)
            .sum();
        let figure = format!("N^{slope:.2}, {throttled} answers 429");
        Some(Found::new(slope <= 0.15 && throttled == 0, figure))
    }

    fn flat(&self) -> Option<Found> {
        let p99 = |launches: usize| {
            Some(
                self.row(&format!("growth vertex-success rtt=80 n={launches}"))?
                    .latency
                    .p99,
            )
        };
        let (alone, many) = (p99(1)?, p99(1000)?);
        let figure = format!("{} against {}", seconds(many), seconds(alone));
        Some(Found::new(many <= 1.25 * alone, figure))
    }

    fn speed(&self) -> Option<Found> {
        let speed = self.row("long vertex-success rtt=80 n=1000")?.speed;
        let hundred = self.row("growth vertex-success rtt=80 n=100")?.speed;
        Some(Found::new(
            hundred >= 1000.0,
            format!("{hundred:.0} × (100 launches), {speed:.0} × (1,000)"),
        ))
    }
}
