//! Batches: many launches at once, each with its own verdict, within one project's quotas.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use liftoff::core::batch::Limits;
use liftoff::core::event::{Event, EventKind};
use liftoff::core::spec::{Identity, LaunchSpec};
use liftoff::core::verdict::{Outcome, Path};
use liftoff::emulator::Scenario;
use liftoff::supervise::Plan;

use super::crowd::{KINDS, kind_of};
use super::kit::{EPOCH, Played, Stage, play_plan, spec};

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
fn what_cannot_be_recorded_is_not_begun_in_a_batch_and_is_alone() {
    let home = tempfile::tempdir().unwrap();
    // The journal knows none of these launches, so that it refuses their intents.
    let play = |vital, name: &str| {
        let stage = Stage {
            journal: Some((home.path().join(name), vital)),
            ..Stage::default()
        };
        play_plan(stage, Plan::of(vec![spec("it-0", "job-pending")]))
    };
    let played = play(true, "batch.db");
    assert_eq!(played.stats.received_by("run.jobs.run"), 0);
    let failure = played.end().failure.as_ref().expect("no start");
    assert_eq!((failure.kind, failure.exit_code), ("not-recorded", 9));
    let played = play(false, "alone.db");
    assert_eq!(played.stats.received_by("run.jobs.run"), 1);
    assert_eq!(played.verdict().outcome, Outcome::Success);
}

#[test]
fn a_thousand_mixed_launches_among_ten_thousand_foreign_jobs_end_right_within_the_quotas() {
    // `LIFTOFF_CROWD=10000x1` plays another number, with so many foreign jobs beside each, by hand.
    let asked = std::env::var("LIFTOFF_CROWD").unwrap_or_default();
    let sizes = asked
        .split_once('x')
        .map(|(n, f)| (n.parse().unwrap(), f.parse().unwrap()));
    let (count, foreign) = sizes.unwrap_or((1000, 10));
    let limits = Limits {
        max_parallel: 1000,
        starts_per_minute: 144,
        ..Limits::NONE
    };
    let (stage, plan) = crowd(count, foreign, limits);
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

/// A runner that submits a job of this display name.
fn submits(name: &str) -> Scenario {
    let text = format!(
        "summary = 'x'\n[runner]\n[[runner.attempt]]\nstart = '2s'\nexit = {{ at = '30s', code = 0 }}\n\
         [[log]]\nat = '4s'\nstream = 'stderr'\n\
         text = 'wandb: launch: agent x polling on queues q, running 0 out of a maximum of 1 jobs'\n\
         [[job]]\nat = '10s'\nowner = 'ours'\nmark = 'label'\ndisplay_name = '{name}'\nstates = [['0s', 'PENDING']]\n"
    );
    Scenario::parse(name, &text).unwrap()
}

#[test]
fn runners_of_one_queue_that_take_each_others_items_succeed_and_say_who_submitted() {
    let wants = |id: &str, name: &str, job: &str| LaunchSpec {
        identity: Identity {
            run_name: Some(name.to_owned()),
            ..Identity::default()
        },
        ..spec(id, job)
    };
    let stage = Stage {
        jobs: vec![
            ("runs-a".to_owned(), submits("a")),
            ("runs-b".to_owned(), submits("b")),
            ("runs-z".to_owned(), submits("z")),
        ],
        ..Stage::default()
    };
    let launches = vec![
        wants("l-a", "a", "runs-b"),
        wants("l-b", "b", "runs-a"),
        wants("l-c", "c", "runs-z"),
    ];
    let played = play_plan(stage, Plan::of(launches));
    let verdict = |id: &str| {
        let end = played.ends.iter().find(|end| end.launch == id).unwrap();
        end.verdict.clone().unwrap()
    };
    for (id, by) in [("l-a", "runs-a"), ("l-b", "runs-b")] {
        let verdict = verdict(id);
        assert_eq!(verdict.outcome, Outcome::Success, "{id}: {}", verdict.summary);
        assert!(verdict.submitted_by.unwrap().starts_with(by));
    }
    // Nobody submitted `c`: once no runner is left, the launch is told which job its own submitted instead.
    assert_eq!(
        (verdict("l-c").outcome, verdict("l-c").path),
        (Outcome::Undetermined, Path::OtherRun)
    );
    assert!(
        played.ends.iter().all(|end| end.elapsed_ms < 120_000),
        "nobody waits for the deadline"
    );
}

#[test]
fn slots_are_held_while_runners_live_and_causes_that_can_pass_get_another_try() {
    let limits = Limits {
        max_parallel: 2,
        retries: 1,
        ..Limits::NONE
    };
    let stage = Stage {
        jobs: vec![
            ("well".to_owned(), submits("well")),
            ("unavailable-5".to_owned(), KINDS[13].scenario(5, 0)),
        ],
        ..Stage::default()
    };
    let launches = vec![
        spec("l-1", "well"),
        spec("l-2", "unavailable-5"),
        spec("l-3", "well"),
    ];
    let played = play_plan(stage, Plan { launches, limits });
    let started = |id: &str, attempt: u32| {
        let is_it = |event: &&Event| {
            matches!(event.kind, EventKind::LaunchStarted(_))
                && event.launch.as_deref() == Some(id)
                && event.attempt == Some(attempt)
        };
        let event = played
            .events
            .iter()
            .find(is_it)
            .unwrap_or_else(|| panic!("{id} {attempt}"));
        event.at.duration_since(EPOCH.parse().unwrap()).as_secs_f64()
    };
    assert!(started("l-1", 1) < 1.0 && started("l-2", 1) < 1.0);
    let mut later = [started("l-3", 1), started("l-2", 2)];
    later.sort_by(f64::total_cmp);
    assert!(
        later[0] > 30.0,
        "l-1 succeeds after 11 s, and its runner lives for 30: {later:?}"
    );
    assert!(
        later[1] > 40.0,
        "l-2 fails after 18 s, and its runner lives for 40: {later:?}"
    );
    assert_eq!(played.stats.accepted_runs["l-2"], 1);
    assert_eq!(played.stats.accepted_runs["l-2-r2"], 1);
    let second = played.ends.iter().find(|end| end.launch == "l-2").unwrap();
    assert_eq!((second.attempt, second.exit_code()), (2, 1));
    assert_eq!(played.ends.len(), 3, "each launch ends once");
}
