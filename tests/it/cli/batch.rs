//! `liftoff batch` through the real binary: files in, launches out, and nothing where a file is wrong.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::cloud::{Cloud, events};

const SPEED: [&str; 2] = ["--speed", "6"];

/// `liftoff batch - --output json` with this file on its standard input.
fn batch(cloud: &Cloud, format: &str, file: &str, arguments: &[&str]) -> Output {
    let mut command = cloud.liftoff();
    command
        .args(["batch", "-", "--format", format, "--output", "json"])
        .args(["--project", "p", "--region", "us-central1"]);
    command.args(arguments);
    with_input(command, file)
}

fn with_input(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// How many executions of each launch the cloud has accepted.
fn accepted(cloud: &Cloud) -> Vec<u64> {
    let state = cloud.state();
    let runs = state["acceptedRuns"].as_object().unwrap().values();
    runs.map(|count| count.as_u64().unwrap()).collect()
}

/// How often the cloud was asked for a method.
fn requests(cloud: &Cloud, method: &str) -> u64 {
    cloud.state()["requests"][method]["received"]
        .as_u64()
        .unwrap_or(0)
}

const MIXED: &str = r#"
[defaults]
job = "job-pending"
args = ["--lr={lr}", "--seed", "{seed}"]
labels = { team = "vision" }

[[launch]]
matrix = { lr = [1e-4, 1e-5], seed = [1, 2] }

[[launch]]
name = "forbidden"
job = "permission"
args = []

[[launch]]
name = "done"
job = "job-succeeded"
args = []
env = { A = "1" }
"#;

#[test]
fn a_batch_is_launched_and_each_of_its_launches_gets_its_own_verdict() {
    let cloud = Cloud::start(&SPEED);
    let output = batch(&cloud, "toml", MIXED, &[]);
    let all = events(&output);
    let summary = all.last().unwrap();
    assert_eq!(summary["exit_code"], 1, "the worst of all: {summary:#}");
    let ends: BTreeMap<&str, &Value> = summary["launches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|end| (end["name"].as_str().unwrap(), end))
        .collect();
    let outcomes: Vec<(&str, &str)> = ends
        .iter()
        .map(|(name, end)| (*name, end["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("done", "success"),
            ("forbidden", "failure"),
            ("job-pending-1e-4-1", "success"),
            ("job-pending-1e-4-2", "success"),
            ("job-pending-1e-5-1", "success"),
            ("job-pending-1e-5-2", "success"),
        ]
    );
    let batch = summary["batch"].as_str().unwrap();
    assert!(batch.starts_with("b-20"), "{batch}");
    for event in all.iter().filter(|event| !event["launch"].is_null()) {
        assert_eq!(event["batch"], batch);
        let (id, name) = (event["launch"].as_str().unwrap(), event["name"].as_str().unwrap());
        assert_eq!(id, format!("{batch}--{name}"));
    }
    assert_eq!(accepted(&cloud), [1; 6]);
}

#[test]
fn a_file_with_mistakes_names_each_and_nothing_is_sent() {
    let cloud = Cloud::start(&[]);
    let file = "[[launch]]\njob = \"job-pending\"\n\n[[launch]]\njob = \"job-pending\"\nregoin = \"us-east1\"\n\
        timeout = \"soon\"\nargs = [\"{lr}\"]\n";
    for arguments in [&[][..], &["--dry-run"]] {
        let output = batch(&cloud, "toml", file, arguments);
        let summary = events(&output).pop().unwrap();
        assert_eq!(
            (&summary["exit_code"], &summary["started"]),
            (&2.into(), &"no".into())
        );
        let details = summary["error"]["details"].as_array().unwrap();
        let places: Vec<String> = details
            .iter()
            .map(|detail| format!("{}:{} {}", detail["file"], detail["line"], detail["field"]))
            .collect();
        assert_eq!(
            places,
            [
                "\"stdin\":6 \"regoin\"",
                "\"stdin\":7 \"timeout\"",
                "\"stdin\":8 \"args\""
            ],
            "{summary:#}"
        );
    }
    let asked = cloud.state()["requests"].clone();
    assert_eq!(
        asked.as_object().unwrap().len(),
        1,
        "this test's own alone: {asked}"
    );
}

#[test]
fn a_dry_run_asks_once_for_each_form_starts_nothing_and_hides_secrets() {
    let cloud = Cloud::start(&[]);
    let runs = (0..200).map(|nth| format!("job-pending,run-{nth},--lr {nth},{nth},hunter2"));
    let mut rows = vec!["job,name,args,env.SEED,env.WANDB_API_KEY".to_owned()];
    rows.extend(runs);
    rows.extend(["no-such-job,lost,,,", "job-pending,bare,,,"].map(str::to_owned));
    let file = rows.join("\n");
    let output = batch(&cloud, "csv", &file, &["--dry-run"]);
    let all = events(&output);
    let summary = all.last().unwrap();
    let counts = &summary["counts"];
    assert_eq!(
        (
            &summary["exit_code"],
            &counts["launches"],
            &counts["validated"],
            &counts["refused"]
        ),
        (&2.into(), &202.into(), &3.into(), &1.into()),
        "{summary:#}"
    );
    let detail = &summary["error"]["details"][0];
    assert_eq!(detail["line"], 202);
    assert!(
        detail["message"].as_str().unwrap().contains("jobs/no-such-job"),
        "{detail}"
    );
    let planned: Vec<&Value> = all
        .iter()
        .filter(|event| event["event"] == "launch_planned")
        .collect();
    assert_eq!(planned.len(), 202);
    assert_eq!(planned[7]["args"], serde_json::json!(["--lr", "7"]));
    assert_eq!(
        planned[7]["env"],
        serde_json::json!(["SEED=7", "WANDB_API_KEY=[redacted]"])
    );
    assert!(
        planned
            .iter()
            .all(|event| event["refused"].is_null() == (event["name"] != "lost"))
    );
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"));
    assert_eq!((accepted(&cloud).len(), requests(&cloud, "run.jobs.run")), (0, 3));
}

#[test]
fn more_than_fifty_launches_need_a_yes_where_nobody_can_be_asked() {
    let cloud = Cloud::start(&SPEED);
    let file = "job,repeat\njob-pending,51\n";
    let output = batch(&cloud, "csv", file, &[]);
    let summary = events(&output).pop().unwrap();
    assert_eq!(summary["exit_code"], 2);
    assert!(
        summary["error"]["message"]
            .as_str()
            .unwrap()
            .contains("more than 50"),
        "{summary:#}"
    );
    assert_eq!(accepted(&cloud), [0; 0]);
}

#[test]
fn a_batch_that_is_run_again_under_its_id_attaches_to_what_runs_already() {
    let cloud = Cloud::start(&SPEED);
    let file = r#"{"launch": [{"job": "job-pending", "repeat": 3}]}"#;
    let executions = || {
        let output = batch(&cloud, "json", file, &["--batch-id", "nightly-7"]);
        let summary = events(&output).pop().unwrap();
        assert_eq!(summary["exit_code"], 0, "{summary:#}");
        let ends = summary["launches"].as_array().unwrap().clone();
        let by_name = ends
            .iter()
            .map(|end| (end["name"].to_string(), end["execution"].to_string()));
        by_name.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(executions(), executions());
    assert_eq!(accepted(&cloud), [1; 3]);
}

#[test]
fn a_dry_run_without_credentials_is_exit_4() {
    let cloud = Cloud::start(&[]);
    let mut command = cloud.liftoff();
    command
        .args([
            "batch",
            "-",
            "--format",
            "csv",
            "--dry-run",
            "--output",
            "json",
            "--project",
            "p",
        ])
        .args(["--region", "us-central1"])
        .env_remove("GOOGLE_APPLICATION_CREDENTIALS");
    let output = with_input(command, "job\njob-pending\n");
    let all = events(&output);
    assert_eq!(all.last().unwrap()["exit_code"], 4, "{all:?}");
}

#[test]
fn a_cloud_run_that_is_full_is_waited_for_and_costs_no_launch_its_place() {
    let full = "method=run.jobs.run,kind=status,code=429,from=0s,to=12s";
    let cloud = Cloud::start(&["--fault", full]);
    let file = r#"{"launch": [{"job": "permission", "repeat": 2}]}"#;
    let summary = events(&batch(&cloud, "json", file, &[])).pop().unwrap();
    let ends = summary["launches"].as_array().unwrap();
    assert_eq!(
        (ends.len(), &summary["exit_code"]),
        (2, &Value::from(1)),
        "{summary:#}"
    );
    assert!(requests(&cloud, "run.jobs.run") > 2, "it was refused before");
    assert_eq!(accepted(&cloud), [1; 2]);
}
