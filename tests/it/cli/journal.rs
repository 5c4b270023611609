//! What survives the process: recorded, owned, found again.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use liftoff::journal::{Archive, AttemptState, Claim, Launch, Owner, Subject};
use serde_json::Value;

use super::cloud::{Cloud, events};

/// Where `liftoff` records launches if nobody says otherwise.
fn journal(cloud: &Cloud) -> PathBuf {
    cloud.home().join(".local/state/liftoff/journal.db")
}

fn recorded(cloud: &Cloud, id: &str) -> Option<Launch> {
    Archive::open(&journal(cloud)).ok()?.launch(id).unwrap()
}

/// A launch that goes on, once it has printed this.
fn started(mut command: Command, sign: &str) -> Child {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains(sign) {
        line.clear();
        assert!(
            out.read_line(&mut line).unwrap() > 0,
            "it goes on until it says {sign}"
        );
    }
    child
}

fn summary(command: &mut Command) -> Value {
    events(&command.output().unwrap()).pop().unwrap()
}

/// `liftoff` with these words, without anything that says where.
fn bare(cloud: &Cloud, words: &[&str]) -> Command {
    let mut command = cloud.liftoff();
    command.args(words);
    command
}

#[test]
fn a_launch_killed_before_its_answer_is_on_record_as_perhaps_sent_and_is_found_again() {
    let cloud = Cloud::start(&[]);
    let mut command = cloud.launch("lost-response", "p");
    command.args(["--id", "killed-1"]);
    let mut child = started(command, "launch_requested");
    let begun = tokio::time::Instant::now();
    // The answer to `jobs.run` is lost, and the list lags by three seconds: all that time the launch is only intended.
    while cloud.state()["acceptedRuns"] != serde_json::json!({"killed-1": 1}) {
        assert!(
            begun.elapsed().as_secs() < 10,
            "it is sent: {:#}",
            cloud.state()["acceptedRuns"]
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let left = recorded(&cloud, "killed-1").unwrap();
    assert!(matches!(
        left.attempts[0].state,
        AttemptState::Intended { bare: false, .. }
    ));
    let owner = Owner::this("2026-11-23T10:00:00Z".parse().unwrap());
    Claim::take(&journal(&cloud), Subject::Launch("killed-1"), &owner)
        .expect("the lock died with its process");

    // By the journal alone: neither job nor project nor region are said. Until the list shows it, there is no such launch.
    let watched = loop {
        let watched = summary(&mut bare(&cloud, &["watch", "killed-1", "--output", "json"]));
        if watched["exit_code"] != 2 || begun.elapsed().as_secs() > 20 {
            break watched;
        }
    };
    assert_eq!(watched["exit_code"], 0, "{watched:#}");
    let found = recorded(&cloud, "killed-1").unwrap();
    let attempt = found.last().unwrap();
    assert!(matches!(&attempt.state, AttemptState::Ended(end) if end.outcome() == "success"));
    let execution = attempt.accepted.as_ref().unwrap().execution.to_string();
    assert_eq!(watched["launches"][0]["execution"], execution);
}

#[test]
fn the_second_process_on_an_id_is_told_who_has_it_and_starts_nothing() {
    let cloud = Cloud::start(&[]);
    let launch = || {
        let mut command = cloud.launch("timeout", "p");
        command.args(["--id", "nightly-1"]);
        command
    };
    let mut first = started(launch(), "launch_started");
    let refused = summary(&mut launch());
    assert_eq!(
        (&refused["exit_code"], &refused["started"]),
        (&2.into(), &"no".into())
    );
    assert_eq!(refused["error"]["kind"], "owned");
    let message = refused["error"]["message"].as_str().unwrap();
    let pid = format!("process {} on ", first.id());
    assert!(
        message.contains(&pid) && message.contains("running since 20"),
        "{message}"
    );

    // To watch is harmless: it goes on beside the owner, and leaves the record to it.
    let mut watch = bare(
        &cloud,
        &["watch", "nightly-1", "--timeout", "3s", "--output", "json"],
    );
    let output = watch.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("watching beside it"));
    assert!(matches!(
        recorded(&cloud, "nightly-1").unwrap().attempts[0].state,
        AttemptState::Accepted(_)
    ));
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_launch_is_cancelled_and_watched_by_its_id_alone() {
    let cloud = Cloud::start(&[]);
    let mut detached = cloud.launch("timeout", "p");
    detached.args(["--detach", "--id", "later-2"]);
    assert_eq!(detached.status().unwrap().code(), Some(0));
    let left = recorded(&cloud, "later-2").unwrap();
    assert!(matches!(&left.attempts[0].state, AttemptState::Ended(end) if end.outcome() == "detached"));

    assert_eq!(
        bare(&cloud, &["cancel", "later-2"]).status().unwrap().code(),
        Some(0)
    );
    let watched = summary(&mut bare(&cloud, &["watch", "later-2", "--output", "json"]));
    assert_eq!(
        (&watched["exit_code"], &watched["launches"][0]["launch"]),
        (&6.into(), &"later-2".into())
    );

    let unknown = summary(&mut bare(&cloud, &["watch", "latter-2", "--output", "json"]));
    assert_eq!(unknown["exit_code"], 2);
    assert_eq!(unknown["error"]["hint"], "The journal knows later-2");
}

#[test]
fn a_journal_that_cannot_be_written_costs_a_launch_a_warning_and_nothing_else() {
    let cloud = Cloud::start(&["--speed", "6"]);
    let folder = cloud.home().join("a-folder");
    std::fs::create_dir(&folder).unwrap();
    let output = cloud
        .launch("job-pending", "p")
        .arg("--journal")
        .arg(&folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        complaint.contains("a-folder is a directory, not a file; going on without it"),
        "{complaint}"
    );
    assert_eq!(complaint.matches("note: the journal").count(), 1, "{complaint}");

    let none = cloud
        .launch("job-pending", "p")
        .args(["--journal", "none"])
        .output()
        .unwrap();
    assert_eq!(none.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&none.stderr).contains("journal"));
    assert!(!journal(&cloud).exists());
}

#[test]
fn neither_a_variables_value_nor_a_key_in_an_argument_reaches_the_journal() {
    let cloud = Cloud::start(&["--speed", "6"]);
    let mut command = cloud.launch("job-pending", "p");
    command.args([
        "--id",
        "secret-1",
        "--env",
        "WANDB_API_KEY=hunter2hunter2",
        "--",
        "--token=hunter2hunter2",
    ]);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    let launch = recorded(&cloud, "secret-1").unwrap();
    assert_eq!(launch.spec.withheld, ["args[0]", "env.WANDB_API_KEY"]);
    for name in ["journal.db", "journal.db-wal"] {
        let bytes = std::fs::read(journal(&cloud).with_file_name(name)).unwrap_or_default();
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "{name}");
    }
}

#[test]
fn a_past_launch_is_listed_and_shown_and_one_that_nobody_knows_is_exit_2() {
    let cloud = Cloud::start(&["--speed", "6"]);
    let launched = cloud
        .launch("quota", "p")
        .args(["--id", "past-1"])
        .output()
        .unwrap();
    assert_eq!(launched.status.code(), Some(1));
    let listed = events(
        &bare(&cloud, &["history", "--outcome", "failure", "--output", "json"])
            .output()
            .unwrap(),
    );
    let (past, last) = (&listed[0], listed.last().unwrap());
    assert_eq!(
        (&past["event"], &past["launch"]),
        (&Value::from("recorded"), &Value::from("past-1"))
    );
    assert_eq!(
        (&past["category"], &last["event"]),
        (&Value::from("quota-exceeded"), &Value::from("summary"))
    );
    let none = bare(&cloud, &["history", "--outcome", "success"])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&none.stdout),
        "No recorded launch matches.\n"
    );
    let shown = bare(&cloud, &["show", "past-1"]).output().unwrap();
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(
        text.contains("Job received") && text.contains("Quota exceeded"),
        "{text}"
    );
    let unknown = bare(&cloud, &["show", "past-2"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    let text = String::from_utf8_lossy(&unknown.stdout);
    assert!(text.contains("past-1"), "the near one is named: {text}");
}

#[test]
fn a_launch_that_was_watched_again_is_shown_with_its_last_verdict_and_a_batch_with_its_launches() {
    let cloud = Cloud::start(&["--speed", "6"]);
    let mut launch = cloud.launch("job-pending", "p");
    launch.args(["--id", "later-1", "--timeout", "200ms"]);
    assert_eq!(launch.output().unwrap().status.code(), Some(3));
    let mut watch = bare(
        &cloud,
        &["watch", "later-1", "--timeout", "60s", "--output", "json"],
    );
    assert_eq!(watch.output().unwrap().status.code(), Some(0));
    let shown = bare(&cloud, &["show", "later-1"]).output().unwrap();
    let text = String::from_utf8_lossy(&shown.stdout);
    let [timeout, success] = ["Timed out", "Job Invocation Submitted"].map(|words| text.find(words));
    assert!(timeout.is_some() && timeout < success, "{text}");
    let told = events(
        &bare(&cloud, &["show", "later-1", "--output", "json"])
            .output()
            .unwrap(),
    );
    let [.., recorded, summary] = told.as_slice() else {
        panic!("{told:#?}");
    };
    assert_eq!(
        (
            &recorded["event"],
            &recorded["outcome"],
            &summary["counts"]["success"]
        ),
        (&"recorded".into(), &"success".into(), &1.into())
    );

    let file = cloud.home().join("b.toml");
    let launches =
        "defaults = { job = 'nowhere', project = 'p', region = 'us-central1' }\nlaunch = [{ name = 'a' }]\n";
    std::fs::write(&file, launches).unwrap();
    let mut batch = bare(
        &cloud,
        &["batch", "b.toml", "--batch-id", "bb", "--output", "json"],
    );
    assert_ne!(batch.output().unwrap().status.code(), Some(0));
    let shown = bare(&cloud, &["show", "bb"]).output().unwrap();
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(text.contains("bb--a") && text.contains("not_started"), "{text}");
}
