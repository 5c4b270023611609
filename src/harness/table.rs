//! A cell as a table for people.

use std::fmt::Write as _;

use super::cell::{Arm, Cell};
use super::stats::noise;
use super::workload::Lag;

/// The cell's line and one row per arm; the oracle, which is pushed every fact, last.
pub fn table(cell: &Cell, arms: &[Arm]) -> String {
    let mut text = String::new();
    let draw = &cell.draw;
    let lag = match draw.lag {
        Lag::Usual => "5-15 s",
        Lag::Stragglers => "5-15 s, 2 % 30-120 s",
    };
    let mut around = format!(
        "RTT {} ms, N {}, quotas {}, log lag {lag}",
        cell.rtt.as_millis(),
        cell.launches,
        if cell.quotas { "Google's" } else { "none" },
    );
    if draw.foreign > 0 {
        let _ = write!(around, ", {} foreign jobs a launch", draw.foreign);
    }
    if draw.cheer {
        around.push_str(", the wrapper cheers");
    }
    if cell.faults > 0.0 {
        let _ = write!(around, ", {} % faults", cell.faults * 100.0);
    }
    let events = arms.first().map_or(0, |arm| arm.tally.launches());
    let _ = writeln!(
        text,
        "{}: {around}, decided within {} s; {events} launches each, seed {}; built-in cloud, virtual time",
        draw.case.name(),
        draw.within.as_secs(),
        cell.seed
    );
    let _ = writeln!(
        text,
        "  {:<26} {:>5} {:>5} {:>6}  {:>9} {:>9} {:>9} {:>9}  {:>8}  {:>18}  {:>6}",
        "policy",
        "wrong",
        "early",
        "missed",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
        "calls/L",
        "run/log/vertex/min",
        "429"
    );
    for arm in arms {
        text.push_str(&row(cell, arm));
    }
    for odd in arms
        .iter()
        .filter(|arm| arm.policy == "liftoff")
        .flat_map(|arm| &arm.tally.odd)
    {
        let _ = writeln!(text, "  ! liftoff {odd}");
    }
    let push = cell.rtt.as_secs_f64() * 500.0;
    let _ = writeln!(
        text,
        "  {:<26} {:>5} {:>5} {:>6}  {push:>9.0} {push:>9.0} {push:>9.0} {push:>9.0}",
        "oracle (push, RTT/2)", 0, 0, 0
    );
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
    format!(
        "  {:<26} {:>5} {:>5} {:>6}  {:>9} {:>9} {:>9} {:>9}  {:>8.1}  {:>18}  {:>6}\n",
        arm.policy,
        tally.wrong,
        tally.early,
        tally.missed,
        latency(figures.p50),
        latency(figures.p95),
        latency(figures.p99),
        latency(figures.max),
        arm.per_launch(),
        minutes.join("/"),
        arm.throttled.iter().sum::<u64>()
    )
}
