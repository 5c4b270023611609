//! What cannot start says so: the right exit code, what to do, and the summary as the last line.

use serde_json::Value;

use super::cloud::{Cloud, events, liftoff};

fn summary(command: &mut std::process::Command) -> Value {
    let summary = events(&command.output().unwrap()).pop().unwrap();
    println!("{} {}", summary["exit_code"], summary["error"]["message"]);
    summary
}

fn message(summary: &Value) -> &str {
    summary["error"]["message"].as_str().unwrap_or_default()
}

#[test]
fn a_missing_job_is_exit_2() {
    let cloud = Cloud::start(&[]);
    let summary = summary(&mut cloud.launch("no-such", "p"));
    assert_eq!(
        (&summary["exit_code"], &summary["started"]),
        (&2.into(), &"no".into())
    );
    assert!(message(&summary).contains("jobs/no-such"));
}

#[test]
fn an_endpoint_that_nobody_listens_on_is_exit_9_within_thirty_seconds_and_named() {
    let cloud = Cloud::start(&[]);
    let mut command = cloud.launch("job-pending", "p");
    command.env("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", "http://127.0.0.1:1/");
    let begun = tokio::time::Instant::now();
    let summary = summary(&mut command);
    assert!(begun.elapsed().as_secs() < 30);
    assert_eq!(
        (&summary["exit_code"], &summary["retry"]),
        (&9.into(), &"safe".into())
    );
    assert!(message(&summary).contains("127.0.0.1:1"), "{}", message(&summary));
}

#[test]
fn no_credentials_and_refused_ones_are_exit_4() {
    let cloud = Cloud::start(&[]);
    let none = summary(
        cloud
            .launch("job-pending", "p")
            .env_remove("GOOGLE_APPLICATION_CREDENTIALS"),
    );
    assert_eq!(none["exit_code"], 4, "{none:#}");
    let mut refused = cloud.launch("job-pending", "p");
    refused
        .env_remove("GOOGLE_APPLICATION_CREDENTIALS")
        .env("CLOUDSDK_AUTH_ACCESS_TOKEN", "ya29.not-a-token");
    let refused = summary(&mut refused);
    assert_eq!(refused["exit_code"], 4, "{refused:#}");
    assert!(!refused.to_string().contains("ya29.not-a-token"));
}

#[test]
fn a_bad_configuration_file_is_exit_2_with_its_line_and_key() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("liftoff.toml"),
        "project = \"p\"\nregoin = \"us-central1\"\n",
    )
    .unwrap();
    let summary = summary(liftoff(&home).args(["launch", "x", "--output", "json"]));
    assert_eq!(summary["exit_code"], 2);
    let text = message(&summary);
    assert!(
        text.contains("liftoff.toml") && text.contains(":2:") && text.contains("regoin"),
        "{text}"
    );
}

#[test]
fn an_unknown_scenario_a_missing_project_and_wrong_arguments_are_exit_2() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &["rehearse", "no-such-scenario", "--output", "json"][..],
        &["launch", "x", "--output", "json"],
        &["launch", "--output", "json", "--no-such-flag"],
    ] {
        let summary = summary(liftoff(&home).args(arguments));
        assert_eq!(
            (&summary["exit_code"], &summary["started"]),
            (&2.into(), &"no".into()),
            "{arguments:?}"
        );
    }
}
