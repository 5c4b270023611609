//! Batches: many launches at once, each with its own verdict, within one project's quotas.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use liftoff::core::batch::Limits;
use liftoff::core::event::EventKind;
use liftoff::core::spec::LaunchSpec;
use liftoff::supervise::Plan;

use super::crowd::{KINDS, kind_of};
use super::kit::{Played, Stage, play_plan, spec};

/// Seconds that lines may be late.
const LAGS: std::ops::Range<u32> = 5..15;

fn lag_of(n: usize) -> u32 {
    LAGS.start + u32::try_from(n * 7 % LAGS.len()).unwrap()
}

/// A batch of the usual mixture, with foreign jobs beside each launch.
fn crowd(count: usize, foreign: usize, limits: Limits) -> (Stage, Plan) {
    let mut jobs = Vec::new();
    for kind in &KINDS {
        for lag in LAGS {
            jobs.push((kind.job(lag), kind.scenario(lag, foreign)));
        }
    }
    let launch = |n: usize| LaunchSpec {
        name: Some(format!("launch-{n}")),
        ..spec(&format!("it-{n}"), &kind_of(n).job(lag_of(n)))
    };
    let stage = Stage {
        jobs,
        rtt: Duration::from_millis(80),
        ..Stage::default()
    };
    let launches = (0..count).map(launch).collect();
    (stage, Plan { launches, limits })
}

fn number(launch: &str) -> usize {
    launch.trim_start_matches("it-").parse().unwrap()
}

/// Seconds between the instant at which a judge with perfect sight would decide and the verdict, in ascending order.
fn lateness(played: &Played) -> Vec<(f64, &'static str)> {
    let mut started: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut late = Vec::new();
    for event in &played.events {
        let launch = event.launch.clone().unwrap_or_default();
        match &event.kind {
            EventKind::LaunchStarted(_) => {
                started.insert(launch, event.at);
            }
            EventKind::Verdict(_) => {
                let n = number(&launch);
                let took = event.at.duration_since(started[&launch]).as_secs_f64();
                let kind = kind_of(n);
                late.push((took - kind.decidable(lag_of(n)).as_secs_f64(), kind.name));
            }
            _ => {}
        }
    }
    late.sort_by(|a, b| a.0.total_cmp(&b.0));
    late
}

#[track_caller]
fn all_are_right(played: &Played, count: usize) {
    assert_eq!(played.ends.len(), count);
    for end in &played.ends {
        let kind = kind_of(number(&end.launch));
        let verdict = end.verdict.as_ref();
        assert_eq!(
            end.exit_code(),
            kind.exit,
            "{} is {}: {verdict:#?}",
            end.launch,
            kind.name
        );
    }
    let twice = played.stats.accepted_runs.values().filter(|runs| **runs != 1);
    assert_eq!(twice.count(), 0, "launches started more than once");
}

fn minutes(played: &Played) -> f64 {
    let (first, last) = (&played.events[0], &played.events[played.events.len() - 1]);
    last.at.duration_since(first.at).as_secs_f64() / 60.0
}

#[test]
fn a_thousand_mixed_launches_among_ten_thousand_foreign_jobs_end_right_within_the_quotas() {
    let count = 1000;
    let limits = Limits {
        max_parallel: 1000,
        starts_per_minute: 144,
        ..Limits::NONE
    };
    let (stage, plan) = crowd(count, 10, limits);
    let played = play_plan(stage, plan);
    let calls = played.stats.received() as f64 / count as f64;
    let reads = played.stats.received_by("logging.entries.list") as f64 / minutes(&played);
    let late = lateness(&played);
    let at = |percent: usize| late[(late.len() - 1) * percent / 100];
    println!(
        "{:.1} minutes, {calls:.2} calls a launch, {reads:.1} log reads a minute",
        minutes(&played)
    );
    for (method, stats) in &played.stats.methods {
        println!("{method}: {} {:?}", stats.received, stats.by_status);
    }
    println!(
        "late: p50 {:?} p90 {:?} p99 {:?} max {:?}",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    all_are_right(&played, count);
    assert!(calls <= 6.0 && reads <= 48.5);
    assert!(at(99).0 <= 2.6, "{:?}", &late[late.len() - 20..]);
}
