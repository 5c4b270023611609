//! Batches whose process is killed, again and again: in the end each launch has one execution and one right verdict.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use liftoff::journal::{Archive, Filter};
use serde_json::Value;

use super::cloud::{Cloud, events};

/// What launches are of, and the exit code of a right verdict.
const KINDS: [(&str, u64); 5] = [
    ("job-pending", 0),
    ("permission", 1),
    ("job-failed", 1),
    ("job-running", 0),
    ("log-proof", 0),
];

fn file(cloud: &Cloud, launches: usize) -> PathBuf {
    let path = cloud.home().join("sweep.toml");
    let launch = |n: usize| {
        format!(
            "[[launch]]\nname = 'n{n}'\njob = '{}'\n",
            KINDS[n % KINDS.len()].0
        )
    };
    std::fs::write(&path, (0..launches).map(launch).collect::<String>()).unwrap();
    path
}

fn command(cloud: &Cloud, words: &[&str]) -> Command {
    let mut command = cloud.liftoff();
    command.args(words).args(["--output", "json"]);
    command
}

fn batch(cloud: &Cloud, path: &Path) -> Command {
    let mut command = command(
        cloud,
        &["batch", path.to_str().unwrap(), "--yes", "--max-parallel", "100"],
    );
    command.args(["--project", "p", "--region", "us-central1"]);
    command
}

/// Kills a process after so many lines; its last line, if it ended before.
fn kill_after(mut command: Command, lines: usize) -> Option<Value> {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = None;
    for _ in 0..lines {
        let Some(line) = out.next() else {
            child.wait().unwrap();
            return last.map(|line: String| serde_json::from_str(&line).unwrap());
        };
        last = Some(line.unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// A batch of so many launches that is killed so often, at moments drawn from `seed`.
fn torture(launches: usize, kills: usize, mut seed: u64) {
    let cloud = Cloud::start(&["--speed", "6"]);
    let path = file(&cloud, launches);
    let mut draw = |most: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % most).unwrap() + 1
    };
    // Before its first line the batch may not be on record: then it is as if nothing had been said.
    assert_eq!(kill_after(batch(&cloud, &path), 1 + draw(20)), None);
    for _ in 1..kills {
        if let Some(end) = kill_after(command(&cloud, &["resume"]), draw(60)) {
            assert_eq!(end["event"], "summary", "{end}");
            break;
        }
    }
    let summary = last_summary(&cloud);
    let ends = summary["launches"].as_array().unwrap();
    assert_eq!(ends.len(), launches, "{summary:#}");
    for end in ends {
        let n: usize = end["name"].as_str().unwrap()[1..].parse().unwrap();
        assert_eq!(end["exit_code"], KINDS[n % KINDS.len()].1, "{end:#}");
    }
    let state = cloud.state();
    let runs = state["acceptedRuns"].as_object().unwrap();
    assert_eq!(runs.len(), launches);
    assert!(runs.values().all(|count| *count == 1), "{runs:#?}");
}

/// Goes on to the end; a batch that had come to it says so.
fn last_summary(cloud: &Cloud) -> Value {
    let mut resume = command(cloud, &["resume"]);
    let first = events(&resume.output().unwrap()).pop().unwrap();
    if first["error"]["kind"] != "no-batch" {
        return first;
    }
    let path = cloud.home().join(".local/state/liftoff/journal.db");
    let newest = Archive::open(&path)
        .unwrap()
        .history(&Filter::default())
        .unwrap()
        .remove(0);
    let id = newest.batch.unwrap();
    let mut resume = command(cloud, &["resume", &id]);
    events(&resume.output().unwrap()).pop().unwrap()
}

#[test]
fn a_batch_that_is_killed_again_and_again_starts_each_launch_once_and_judges_it_right() {
    // `LIFTOFF_TORTURE=100x20` plays a larger one, by hand.
    let asked = std::env::var("LIFTOFF_TORTURE").unwrap_or_default();
    let sizes = asked
        .split_once('x')
        .map(|(n, k)| (n.parse().unwrap(), k.parse().unwrap()));
    let (launches, kills) = sizes.unwrap_or((20, 6));
    torture(launches, kills, 7);
}

#[test]
fn a_batch_has_one_owner_and_an_interrupted_one_says_how_to_go_on() {
    let cloud = Cloud::start(&[]);
    let path = file(&cloud, 3);
    let mut child = batch(&cloud, &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("launch_started") {
        line.clear();
        out.read_line(&mut line).unwrap();
    }
    let second = command(&cloud, &["resume"]).output().unwrap();
    let refused = events(&second).pop().unwrap();
    assert_eq!(
        (second.status.code(), &refused["error"]["kind"]),
        (Some(2), &Value::from("owned")),
        "{refused:#}"
    );
    let owner = format!("process {}", child.id());
    assert!(
        refused["error"]["message"].as_str().unwrap().contains(&owner),
        "{refused:#}"
    );
    let pid = i32::try_from(child.id()).unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::INT,
    )
    .unwrap();
    let rest: Vec<String> = out.lines().map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let summary: Value = serde_json::from_str(rest.last().unwrap()).unwrap();
    assert_eq!(summary["exit_code"], 130);
    assert_eq!(
        cloud.state()["acceptedRuns"].as_object().unwrap().len(),
        3,
        "the runners are left alone"
    );
}

#[test]
fn nothing_to_resume_and_an_unknown_batch_are_exit_2() {
    let cloud = Cloud::start(&[]);
    for words in [&["resume"][..], &["resume", "b-20260101-0000-00000000"]] {
        let output = command(&cloud, words).output().unwrap();
        let summary = events(&output).pop().unwrap();
        assert_eq!(
            (output.status.code(), &summary["error"]["kind"]),
            (Some(2), &Value::from("no-batch"))
        );
    }
}
