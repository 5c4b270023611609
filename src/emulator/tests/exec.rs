//! Executions that are real processes: on the real clock, for processes know no other. Nothing here waits by time; what a process
//! says is waited for by a tail, and its end by its operation.

use super::super::Exec;
use super::*;

async fn world(command: &str) -> World {
    World::start(EmulatorConfig {
        quotas: Quotas::unlimited(),
        lag: Some(Duration::ZERO),
        exec: Some(Exec {
            command: command.to_owned(),
        }),
        ..EmulatorConfig::default()
    })
    .await
}

/// Starts job `train` with overrides; its operation.
async fn start(world: &World, overrides: Value) -> Value {
    world
        .post(
            &format!("/v2/{PARENT}/jobs/train:run"),
            json!({"overrides": overrides}),
        )
        .await
}

/// The execution as it is once its operation is done.
async fn ended(world: &World, operation: &Value) -> Value {
    let wait = format!("/v2/{}:wait", operation["name"].as_str().unwrap());
    while world.post(&wait, json!({})).await["done"] != true {}
    world
        .get(&format!(
            "/v2/{}",
            operation["metadata"]["name"].as_str().unwrap()
        ))
        .await
}

/// The text of the first entry that has `word` in it, as a tail brings it.
async fn said(tail: &mut tail::Tailed, word: &str) -> String {
    loop {
        let response = tail.message().await.unwrap().unwrap();
        let mut lines = response.entries.iter().map(tail::text);
        if let Some(line) = lines.find(|line| line.contains(word)) {
            return line.to_owned();
        }
    }
}

/// Whether the process named in a line `up PID` is gone, or soon is; one that nobody has reaped yet is gone too.
async fn is_gone(up: &str) -> bool {
    let stat = format!("/proc/{}/stat", up.trim_start_matches("up ").trim());
    let lives = || {
        let stat = std::fs::read_to_string(&stat).unwrap_or_default();
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
    };
    let gone = async {
        while lives() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.is_ok()
}

#[tokio::test]
async fn a_process_finds_what_cloud_run_sets_and_its_lines_and_exits_are_recorded() {
    let script = r#"echo "$CLOUD_RUN_JOB $CLOUD_RUN_EXECUTION $CLOUD_RUN_TASK_INDEX/$CLOUD_RUN_TASK_COUNT try $CLOUD_RUN_TASK_ATTEMPT A=$A"
        echo '{"severity":"warning","message":"structured"}' >&2; test "$CLOUD_RUN_TASK_ATTEMPT" = 1 -a "$CLOUD_RUN_TASK_INDEX" = 1 || exit 3; echo"#;
    let world = world(script).await;
    let jobs = format!("/v2/{PARENT}/jobs");
    let job = json!({"template": {"taskCount": 2, "template": {"maxRetries": 1, "containers": [{"image": "i", "args": ["one", "two words"]}]}}});
    world.post(&format!("{jobs}?jobId=mine"), job).await;
    let overrides = json!({"overrides": {"containerOverrides": [{"env": [{"name": "A", "value": "1"}]}]}});
    let operation = world.post(&format!("{jobs}/mine:run"), overrides).await;
    let execution = ended(&world, &operation).await;
    let count = |field: &str| execution[field].as_i64().unwrap_or(0);
    assert_eq!(
        [
            count("succeededCount"),
            count("failedCount"),
            count("retriedCount"),
            count("runningCount")
        ],
        [1, 1, 2, 0]
    );
    let name = execution["name"].as_str().unwrap();
    let tasks = world.get(&format!("/v2/{name}/tasks")).await["tasks"].take();
    assert_eq!(
        (&tasks[0]["lastAttemptResult"]["exitCode"], &tasks[0]["retried"]),
        (&json!(3), &json!(1))
    );
    assert!(tasks[1]["lastAttemptResult"].get("exitCode").is_none());
    let short = name.rsplit('/').next().unwrap();
    let line = format!("mine {short} 1/2 try 1 A=1");
    let found = world
        .entries(&format!("textPayload=\"{line}\" AND logName:stdout"))
        .await;
    assert_eq!(found[0]["labels"]["run.googleapis.com/task_attempt"], "1");
    let warnings = world
        .entries("severity=WARNING AND jsonPayload.message=structured AND logName:stderr")
        .await;
    assert_eq!(
        (
            warnings.len(),
            &warnings[0]["labels"]["run.googleapis.com/execution_name"]
        ),
        (4, &json!(short))
    );
    assert_eq!(
        world
            .entries("textPayload=\"Container called exit(3).\"")
            .await
            .len(),
        3
    );
    assert_eq!(world.entries("textPayload=\"one two words\"").await.len(), 1);
    let audit = world.entries("protoPayload.methodName=\"/Jobs.RunJob\"").await;
    assert!(
        audit[0]["protoPayload"]["status"]["message"]
            .as_str()
            .unwrap()
            .ends_with("1/2 tasks were a success."),
        "{audit:?}"
    );
}

#[tokio::test]
async fn a_cancel_terminates_the_process_and_what_it_started() {
    let world = world("trap 'echo bye; exit 7' TERM; sleep 60 & echo up $!; wait").await;
    let mut tail = tail::opened(&world).await;
    let operation = start(&world, json!({})).await;
    let up = said(&mut tail, "up ").await;
    let name = operation["metadata"]["name"].as_str().unwrap();
    world.post(&format!("/v2/{name}:cancel"), json!({})).await;
    let execution = ended(&world, &operation).await;
    assert_eq!(execution["cancelledCount"], 1);
    let completed = execution["conditions"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&completed["type"], &completed["executionReason"]),
        (&json!("Completed"), &json!("CANCELLED"))
    );
    said(&mut tail, "Container called exit(7).").await;
    assert_eq!(world.entries("textPayload=bye").await.len(), 1);
    assert!(is_gone(&up).await, "the child outlived its task");
}

#[tokio::test]
async fn a_process_that_runs_for_too_long_is_ended_and_says_so() {
    let world = world("sleep 60").await;
    let operation = start(&world, json!({"timeout": "1s"})).await;
    let execution = ended(&world, &operation).await;
    assert_eq!(execution["failedCount"], 1);
    assert_eq!(
        world
            .entries("textPayload:\"maximum timeout of 1 seconds\"")
            .await
            .len(),
        1
    );
    assert_eq!(
        world.entries("textPayload:\"terminated on signal\"").await.len(),
        1
    );
}

#[tokio::test]
async fn a_command_that_cannot_be_found_fails_as_a_shell_says() {
    let world = world("no-such-command-here --x").await;
    let execution = ended(&world, &start(&world, json!({})).await).await;
    assert_eq!(execution["failedCount"], 1);
    assert_eq!(
        world
            .entries("textPayload=\"Container called exit(127).\"")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn nothing_outlives_the_emulator() {
    let world = world("echo up $$; trap '' TERM; sleep 60; sleep 60").await;
    let mut tail = tail::opened(&world).await;
    start(&world, json!({})).await;
    let up = said(&mut tail, "up ").await;
    world.emulator.stop().await;
    assert!(is_gone(&up).await, "it lives on");
}
