//! Every scenario once through the real binary and a real socket, with real credentials.

use std::process::Command;
use std::sync::Mutex;
use std::thread;

use liftoff::emulator::{Scenario, Truth};
use serde_json::Value;

use super::cloud::{Cloud, events};

/// How many times faster than life the scenarios go; Liftoff's own windows stay as they are.
const SPEED: &str = "6";

/// Launches at a time: a debug build on two cores starves beyond that.
const AT_ONCE: usize = 10;

fn command(cloud: &Cloud, scenario: &Scenario) -> Command {
    let mut command = cloud.launch(scenario.name(), &format!("project-{}", scenario.name()));
    let given = scenario.truths().iter().flat_map(Truth::given);
    for (key, value) in given {
        command.arg(format!("--{key}={value}"));
    }
    if scenario.name() == "timeout" {
        command.args(["--timeout", "12s"]);
    }
    command
}

fn is_true(verdict: &Value, truths: &[Truth]) -> bool {
    truths
        .iter()
        .filter(|truth| truth.until() == "submitted")
        .any(|truth| {
            verdict["outcome"] == truth.outcome()
                && verdict["exit_code"] == truth.exit()
                && truth.path().is_none_or(|path| verdict["path"] == path)
                && truth
                    .category()
                    .is_none_or(|category| verdict["category"] == category)
        })
}

#[test]
fn every_scenario_ends_right_through_the_real_binary() {
    let cloud = Cloud::start(&["--speed", SPEED]);
    // It revokes every token of its cloud, twice: the others are not to be part of that.
    let revoking = Cloud::start(&["--speed", SPEED]);
    let names = Mutex::new(Scenario::builtins());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((name, _)) = { names.lock().unwrap().pop() } {
                    let scenario = Scenario::builtin(name).unwrap();
                    let cloud = if name == "token-expires" {
                        &revoking
                    } else {
                        &cloud
                    };
                    let output = command(cloud, &scenario).output().unwrap();
                    done.lock().unwrap().push((scenario, output));
                }
            });
        }
    });
    let done = done.into_inner().unwrap();
    assert_eq!(done.len(), Scenario::builtins().len());
    for (scenario, output) in done {
        let all = events(&output);
        let summary = all.last().unwrap();
        let verdict = &summary["launches"][0];
        let name = scenario.name();
        println!(
            "{name:<18} {:>6} ms  exit {}",
            verdict["elapsed_ms"], summary["exit_code"]
        );
        assert!(is_true(verdict, scenario.truths()), "{name}: {summary:#}");
        assert_eq!(
            all.iter().filter(|event| event["event"] == "verdict").count(),
            1,
            "{name}"
        );
    }
}

#[test]
fn an_id_given_twice_attaches_to_the_execution_that_has_it() {
    let cloud = Cloud::start(&["--speed", SPEED]);
    let mut executions = Vec::new();
    for _ in 0..2 {
        let output = cloud
            .launch("job-pending", "p")
            .args(["--id", "nightly-1"])
            .output()
            .unwrap();
        let summary = events(&output).pop().unwrap();
        assert_eq!(summary["exit_code"], 0, "{summary:#}");
        executions.push(summary["launches"][0]["execution"].clone());
    }
    assert_eq!(executions[0], executions[1]);
}

#[test]
fn a_detached_launch_can_be_watched_and_cancelled() {
    let cloud = Cloud::start(&[]);
    let output = cloud
        .launch("timeout", "p")
        .args(["--detach", "--id", "later-1"])
        .output()
        .unwrap();
    let all = events(&output);
    assert_eq!(all.last().unwrap()["started"], "yes");
    let execution = all
        .iter()
        .find(|event| event["event"] == "launch_started")
        .unwrap()["execution"]
        .clone();
    let mut cancel = cloud.liftoff();
    let cancelled = cancel
        .args(["cancel", execution.as_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(
        cancelled.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&cancelled.stderr)
    );
    let mut watch = cloud.liftoff();
    watch.args([
        "watch",
        "later-1",
        "--job-name",
        "timeout",
        "--project",
        "p",
        "--region",
        "us-central1",
    ]);
    let watched = watch.args(["--output", "json"]).output().unwrap();
    let summary = events(&watched).pop().unwrap();
    assert_eq!(
        (&summary["exit_code"], &summary["launches"][0]["outcome"]),
        (&6.into(), &"cancelled".into())
    );
}

#[test]
fn ten_processes_on_one_project_end_right_under_the_real_quotas() {
    let cloud = Cloud::start(&["--speed", SPEED]);
    let names = ["job-pending", "permission", "job-failed", "quota", "oom"];
    let done = thread::scope(|scope| {
        let launch = |n: usize| {
            (
                names[n % names.len()],
                cloud.launch(names[n % names.len()], "shared"),
            )
        };
        let runs: Vec<_> = (0..10)
            .map(launch)
            .map(|(name, mut command)| (name, scope.spawn(move || command.output().unwrap())))
            .collect();
        runs.into_iter()
            .map(|(name, run)| (name, run.join().unwrap()))
            .collect::<Vec<_>>()
    });
    for (name, output) in done {
        let summary = events(&output).pop().unwrap();
        let truths = Scenario::builtin(name).unwrap().truths().to_vec();
        assert!(is_true(&summary["launches"][0], &truths), "{name}: {summary:#}");
    }
}
