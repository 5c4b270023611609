//! A cell as a table for people.

use std::fmt::Write as _;

use super::arm::Arm;
use super::cell::{Cell, Enforced, Spread};
use super::stats::noise;
use super::workload::Lag;

/// The cell's line and one row per arm; the oracle, which is pushed every fact, last.
pub fn table(cell: &Cell, arms: &[Arm]) -> String {
    let mut text = format!(
        "{}: {}, decided within {} s; seed {}; built-in cloud, virtual time\n",
        cell.draw.case.name(),
        around(cell),
        cell.draw.within.as_secs(),
        cell.seed
    );
    text.push_str(&titles());
    for arm in arms {
        text.push_str(&row(cell, arm));
    }
    let liftoffs = arms.iter().filter(|arm| arm.policy == "liftoff");
    for odd in liftoffs.flat_map(|arm| &arm.tally.odd) {
        let _ = writeln!(text, "  ! liftoff {odd}");
    }
    text.push_str(&oracle(cell));
    if let Some(first) = arms.first() {
        let (median, tail) = noise(&first.tally.latencies);
        let _ = writeln!(
            text,
            "  A/A noise of {}: p50 {median:.0} ms, p99 {tail:.0} ms",
            first.policy
        );
    }
    text
}

/// What is around the lives.
fn around(cell: &Cell) -> String {
    let draw = &cell.draw;
    let mut around = format!(
        "RTT {} ms, N {}, quotas {}, log lag {}",
        cell.rtt.as_millis(),
        cell.launches,
        match cell.quotas {
            Enforced::Google => "Google's",
            Enforced::Reads => "Google's on reads",
            Enforced::None => "none",
        },
        match draw.lag {
            Lag::Usual => "5-15 s",
            Lag::Stragglers => "5-15 s, 2 % 30-120 s",
        },
    );
    let Spread { projects, regions } = cell.spread;
    if cell.spread != Spread::NONE {
        let _ = write!(around, ", over {projects} projects and {regions} regions");
    }
    if draw.flood > 0 {
        let _ = write!(around, ", {} lines a second on 3 of 100", draw.flood);
    }
    if draw.foreign > 0 {
        let _ = write!(around, ", {} foreign jobs a launch", draw.foreign);
    }
    if draw.cheer {
        around.push_str(", the wrapper cheers");
    }
    if cell.faults > 0.0 {
        let _ = write!(around, ", {} % faults", cell.faults * 100.0);
    }
    if cell.lost > 0.0 {
        let _ = write!(around, ", {} % of answers lost", cell.lost * 100.0);
    }
    around
}

fn titles() -> String {
    format!(
        "  {:<26} {:>8} {:>5} {:>5} {:>6} {:>5}  {:>20} {:>9} {:>20} {:>9}  {:>8}  {:>18}  {:>6}\n",
        "policy",
        "launches",
        "wrong",
        "early",
        "missed",
        "open",
        "p50 ms (95 % CI)",
        "p95 ms",
        "p99 ms (95 % CI)",
        "max ms",
        "calls/L",
        "run/log/vertex/min",
        "429"
    )
}

fn oracle(cell: &Cell) -> String {
    let push = cell.rtt.as_secs_f64() * 500.0;
    format!(
        "  {:<26} {:>8} {:>5} {:>5} {:>6} {:>5}  {push:>20.0} {push:>9.0} {push:>20.0} {push:>9.0}\n",
        "oracle (push, RTT/2)", "", 0, 0, 0, ""
    )
}

fn row(cell: &Cell, arm: &Arm) -> String {
    let figures = arm.figures(cell.seed);
    let tally = &arm.tally;
    let minutes =
        [arm.run, arm.logging, arm.vertex].map(|requests| format!("{:.1}", arm.per_minute(requests)));
    let latency = |value: f64| {
        if figures.count == 0 {
            "-".to_owned()
        } else {
            format!("{value:.0}")
        }
    };
    let within = |value: f64, (low, high): (f64, f64)| {
        if figures.count == 0 {
            "-".to_owned()
        } else {
            format!("{value:.0} ({low:.0}-{high:.0})")
        }
    };
    format!(
        "  {:<26} {:>8} {:>5} {:>5} {:>6} {:>5}  {:>20} {:>9} {:>20} {:>9}  {:>8.1}  {:>18}  {:>6}\n",
        arm.policy,
        tally.launches(),
        tally.amiss.wrong,
        tally.amiss.early,
        tally.amiss.missed,
        tally.amiss.open,
        within(figures.p50, figures.p50_ci),
        latency(figures.p95),
        within(figures.p99, figures.p99_ci),
        latency(figures.max),
        arm.per_launch(),
        minutes.join("/"),
        arm.throttled.iter().sum::<u64>()
    )
}
