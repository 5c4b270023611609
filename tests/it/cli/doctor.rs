//! `liftoff doctor` says what stands in the way of a launch, as a launch would meet it, and starts nothing.

use std::process::Command;

use serde_json::Value;

use super::cloud::{Cloud, events};

fn doctor(cloud: &Cloud, arguments: &[&str]) -> Command {
    let mut command = cloud.liftoff();
    command.args([
        "doctor",
        "--project",
        "p",
        "--region",
        "us-central1",
        "--output",
        "json",
    ]);
    command.args(arguments);
    command
}

/// What was found of each check, and the exit code.
struct Findings {
    events: Vec<Value>,
}

impl Findings {
    fn of(command: &mut Command) -> Self {
        let events = events(&command.output().unwrap());
        for event in &events {
            println!("{event}");
        }
        Self { events }
    }

    fn standing(&self, check: &str) -> &str {
        self.field(check, "standing")
    }

    fn field(&self, check: &str, field: &str) -> &str {
        let found = self.events.iter().find(|event| event["check"] == check);
        found.and_then(|event| event[field].as_str()).unwrap_or_default()
    }

    fn exit_code(&self) -> u64 {
        self.events.last().unwrap()["exit_code"].as_u64().unwrap()
    }
}

const DENIED: &str = "kind=status,code=403,reason=IAM_PERMISSION_DENIED,message=Permission denied";

#[test]
fn where_all_is_well_each_api_answers_and_nothing_is_started() {
    let cloud = Cloud::start(&[]);
    let found = Findings::of(&mut doctor(&cloud, &["job-pending"]));
    for check in [
        "configuration",
        "journal",
        "credentials",
        "cloud_run",
        "start",
        "cloud_logging",
        "vertex_ai",
        "clock",
    ] {
        assert_eq!(found.standing(check), "good", "{check}");
    }
    assert_eq!(found.exit_code(), 0);
    let none = Value::Array(Vec::new());
    assert_eq!(cloud.state()["executions"], none, "{:#}", cloud.state());
}

#[test]
fn a_missing_permission_and_a_disabled_api_are_exit_4_with_the_commands_that_mend_them() {
    let denied = format!("method=logging.entries.list,{DENIED}");
    let disabled = "method=aiplatform.*,kind=status,code=403,reason=SERVICE_DISABLED,message=Vertex AI API has not been used";
    let cloud = Cloud::start(&["--fault", &denied, "--fault", disabled]);
    let found = Findings::of(&mut doctor(&cloud, &["job-pending"]));
    assert_eq!(found.exit_code(), 4);
    assert_eq!(found.standing("cloud_logging"), "failed");
    assert!(
        found
            .field("cloud_logging", "hint")
            .contains("gcloud projects add-iam-policy-binding p ")
    );
    assert_eq!(found.standing("vertex_ai"), "failed");
    assert!(
        found
            .field("vertex_ai", "hint")
            .contains("gcloud services enable aiplatform.googleapis.com --project=p")
    );
    assert_eq!(found.standing("start"), "good");
}

#[test]
fn without_the_permission_for_overrides_a_launch_is_weaker_and_works() {
    let bare = format!("method=run.jobs.run,count=1,{DENIED} run.jobs.runWithOverrides");
    let cloud = Cloud::start(&["--fault", &bare]);
    let found = Findings::of(&mut doctor(&cloud, &["job-pending"]));
    assert_eq!((found.standing("start"), found.exit_code()), ("warning", 0));
    assert!(found.field("start", "hint").contains("run.jobs.runWithOverrides"));
}

#[test]
fn a_missing_job_is_exit_2_and_a_used_up_quota_is_a_warning() {
    let used_up = "method=logging.entries.list,kind=status,code=429,message=Quota exceeded";
    let cloud = Cloud::start(&["--fault", used_up]);
    let found = Findings::of(&mut doctor(&cloud, &["no-such"]));
    assert_eq!((found.standing("cloud_run"), found.exit_code()), ("failed", 2));
    assert_eq!(found.standing("start"), "skipped");
    assert_eq!(found.standing("cloud_logging"), "warning");
}

#[test]
fn without_credentials_nothing_is_asked() {
    let cloud = Cloud::start(&[]);
    let found = Findings::of(doctor(&cloud, &[]).env_remove("GOOGLE_APPLICATION_CREDENTIALS"));
    assert_eq!((found.standing("credentials"), found.exit_code()), ("failed", 4));
    assert_eq!(found.standing("cloud_run"), "skipped");
    let refused = Findings::of(
        doctor(&cloud, &[])
            .env_remove("GOOGLE_APPLICATION_CREDENTIALS")
            .env("CLOUDSDK_AUTH_ACCESS_TOKEN", "ya29.not-a-token"),
    );
    assert_eq!(
        (refused.standing("cloud_run"), refused.exit_code()),
        ("failed", 4)
    );
    assert!(
        refused
            .events
            .iter()
            .all(|event| !event.to_string().contains("not-a-token"))
    );
}
