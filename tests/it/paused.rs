//! Every scenario on a paused clock: the verdict is one that is true at that time, and nothing is asked after it.

use std::time::Duration;

use jiff::SignedDuration;
use liftoff::core::spec::{Goal, Identity};
use liftoff::core::verdict::{Outcome, Path, Started};
use liftoff::emulator::{Quotas, Scenario};

use super::kit::{Played, Stage, is_true, play, spec};

fn identity_of(scenario: &Scenario) -> Identity {
    let mut identity = Identity::default();
    for truth in scenario.truths() {
        for (key, value) in truth.given() {
            match key.as_str() {
                "run-id" => identity.run_id = Some(value.clone()),
                "queue-item" => identity.queue_item = Some(value.clone()),
                other => panic!("a truth is given {other}"),
            }
        }
    }
    identity
}

fn play_scenario(name: &str, stage: Stage) -> Played {
    play_until(name, Goal::Submitted, stage)
}

fn play_until(name: &str, until: Goal, stage: Stage) -> Played {
    let scenario = Scenario::builtin(name).unwrap();
    let launch = liftoff::core::spec::LaunchSpec {
        identity: identity_of(&scenario),
        until,
        timeout: until.default_timeout(),
        ..spec("it-1", name)
    };
    play(stage, vec![launch])
}

#[track_caller]
fn holds(name: &str, played: &Played) {
    let mut verdict = played.verdict().clone();
    let truths = &played.truths[0];
    assert!(
        is_true(&verdict, truths, Goal::Submitted),
        "{name}: {verdict:#?} is none of {truths:#?}"
    );
    assert_eq!(played.afterwards, 0, "{name}: requests after the end");
    let accepted: u64 = played.stats.accepted_runs.values().sum();
    assert_eq!((accepted, played.end().started), (1, Started::Yes), "{name}");
    verdict.evidence.clear();
    println!(
        "{name:<18} {:>7} ms  {:?} {:?} {:?}",
        played.end().elapsed_ms,
        verdict.outcome,
        verdict.path,
        verdict.category
    );
}

#[test]
fn every_scenario_ends_in_a_verdict_that_is_true_at_that_time() {
    let schema = jsonschema::validator_for(&liftoff::report::schema::schema()).unwrap();
    for (name, _) in Scenario::builtins() {
        let played = play_scenario(name, Stage::default());
        holds(name, &played);
        for event in &played.events {
            let line = serde_json::to_value(event).unwrap();
            let wrong = schema.iter_errors(&line).next().map(|error| error.to_string());
            assert_eq!(wrong, None, "{name}: {line}");
        }
    }
}

#[test]
fn the_later_goals_end_in_verdicts_that_are_true_too() {
    for name in [
        "job-running",
        "job-succeeded",
        "job-failed",
        "log-proof",
        "foreign-job",
    ] {
        let scenario = Scenario::builtin(name).unwrap();
        let said = |until: &Goal| {
            scenario
                .truths()
                .iter()
                .any(|truth| truth.until() == until.word())
        };
        let goals: Vec<Goal> = [Goal::Running, Goal::Succeeded]
            .into_iter()
            .filter(said)
            .collect();
        assert!(!goals.is_empty(), "{name} says nothing of later goals");
        for until in goals {
            let end = play_until(name, until, Stage::default());
            let (verdict, truths) = (end.verdict(), &end.truths[0]);
            assert!(
                is_true(verdict, truths, until),
                "{name} until {until:?}: {verdict:#?} is none of {truths:#?}"
            );
        }
    }
}

#[test]
fn a_local_clock_five_minutes_off_changes_no_verdict() {
    for minutes in [-5, 5] {
        for name in [
            "job-pending",
            "permission",
            "completed-no-job",
            "late-logs",
            "job-failed",
            "zero-runs",
        ] {
            let clock_error = SignedDuration::from_mins(minutes);
            holds(
                name,
                &play_scenario(
                    name,
                    Stage {
                        clock_error,
                        ..Stage::default()
                    },
                ),
            );
        }
    }
}

#[test]
fn a_pending_job_is_told_within_a_second_of_being_visible() {
    let played = play_scenario("job-pending", Stage::default());
    let first = Scenario::builtin("job-pending").unwrap().truths()[0].from();
    let lag = Duration::from_millis(played.end().elapsed_ms).saturating_sub(first);
    assert!(lag < Duration::from_secs(1), "{lag:?} after it was visible");
}

#[test]
fn the_default_timeout_is_fifteen_minutes_and_exit_3() {
    let played = play_scenario("timeout", Stage::default());
    assert_eq!(
        (played.verdict().path, played.verdict().exit_code),
        (Path::Timeout, 3)
    );
    assert_eq!(played.end().elapsed_ms / 1000, 900);
}

#[test]
fn a_launch_alone_keeps_to_its_budget() {
    let played = play_scenario(
        "timeout",
        Stage {
            quotas: Quotas::unlimited(),
            ..Stage::default()
        },
    );
    let minutes = 15.0;
    let rate = |method: &str| played.stats.received_by(method) as f64 / minutes;
    assert!(
        rate("logging.entries.list") <= 20.0,
        "{} log reads a minute",
        rate("logging.entries.list")
    );
    assert!(rate("aiplatform.customJobs.list") <= 240.0);
    let run: f64 = played
        .stats
        .methods
        .keys()
        .filter(|method| method.starts_with("run."))
        .map(|m| rate(m))
        .sum();
    assert!(run <= 60.0, "{run} Cloud Run requests a minute");
}

#[test]
fn two_launches_at_once_each_get_their_own_verdict() {
    let played = play(
        Stage::default(),
        vec![spec("it-good", "job-running"), spec("it-bad", "job-failed")],
    );
    let outcome = |id: &str| {
        let end = played.ends.iter().find(|end| end.launch == id).unwrap();
        end.verdict.as_ref().unwrap().outcome
    };
    assert_eq!(
        (outcome("it-good"), outcome("it-bad")),
        (Outcome::Success, Outcome::Failure)
    );
}

#[test]
fn ten_launches_on_one_project_end_right_under_the_real_quotas() {
    let names = ["job-pending", "permission", "job-failed", "quota", "job-running"];
    let specs = (0..10)
        .map(|n| spec(&format!("it-{n}"), names[n % names.len()]))
        .collect();
    let played = play(Stage::default(), specs);
    for end in &played.ends {
        let n: usize = end.launch.trim_start_matches("it-").parse().unwrap();
        let wanted = if names[n % names.len()].starts_with("job-f") || n % 5 == 1 || n % 5 == 3 {
            Outcome::Failure
        } else {
            Outcome::Success
        };
        assert_eq!(end.verdict.as_ref().unwrap().outcome, wanted, "{}", end.launch);
    }
    let throttled = played.stats.methods["logging.entries.list"]
        .by_status
        .get(&429)
        .copied()
        .unwrap_or(0);
    assert_eq!(throttled, 0, "one reader for all keeps within the quota");
}

#[test]
fn a_hundred_launches_cost_as_many_reads_as_two() {
    let reads = |count: usize| {
        let specs = (0..count)
            .map(|n| spec(&format!("it-{n}"), "job-pending"))
            .collect();
        let played = play(
            Stage {
                quotas: Quotas::unlimited(),
                ..Stage::default()
            },
            specs,
        );
        assert!(played.ends.iter().all(|end| end.exit_code() == 0));
        let received = |method| played.stats.received_by(method);
        (
            received("logging.entries.list"),
            received("aiplatform.customJobs.list"),
        )
    };
    let (few, many) = (reads(2), reads(100));
    assert!(
        many.0 <= few.0 * 2 && many.1 <= few.1 * 2,
        "{few:?} for two, {many:?} for a hundred"
    );
}
