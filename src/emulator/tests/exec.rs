//! Executions that are real processes: on the real clock, for processes know no other. Nothing here waits by time; what a process
//! says is waited for by a tail, and its end by its operation.

use super::super::Exec;
use super::*;

async fn world(command: &str) -> World {
    World::start(EmulatorConfig {
        quotas: Quotas::unlimited(),
        lag: Some(Duration::ZERO),
        exec: Some(Exec {
            grace: Duration::from_millis(500),
            ..Exec::new(command)
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

/// The result of the only task's last attempt: exit code and signal, null for none.
async fn result_of(world: &World, execution: &Value) -> (i64, Value) {
    let name = execution["name"].as_str().unwrap();
    let result = world.get(&format!("/v2/{name}/tasks")).await["tasks"][0]["lastAttemptResult"].take();
    (
        result["exitCode"].as_i64().unwrap_or(0),
        result["termSignal"].clone(),
    )
}

#[tokio::test]
async fn any_shell_command_works_and_its_exit_code_is_the_tasks() {
    for (command, code) in [
        ("cd / && test \"$PWD\" = /", 0),
        ("false || exit 4", 4),
        ("exit 6", 6),
        ("true", 0),
        ("[ 1 = 2 ]", 1),
        (": ; (exit 5)", 5),
        ("echo x | grep -q y", 1),
        ("for i in 1 2; do test $i = 1; done", 1),
        ("no-such-command-here --x", 127),
        ("no-such-command-here; exit 3", 3),
        ("sh -c 'exit 9'", 9),
        ("echo \"unbalanced", 2),
    ] {
        let world = world(command).await;
        let execution = ended(&world, &start(&world, json!({})).await).await;
        let result = result_of(&world, &execution).await;
        assert_eq!(result, (code, Value::Null), "{command}: {execution}");
        let line = format!("textPayload=\"Container called exit({code}).\"");
        assert_eq!(world.entries(&line).await.len(), 1, "{command}");
    }
}

#[tokio::test]
async fn a_signal_that_ends_the_program_is_the_tasks() {
    let world = world("sh -c 'kill -SEGV $$'").await;
    let execution = ended(&world, &start(&world, json!({})).await).await;
    assert_eq!(result_of(&world, &execution).await, (0, json!(11)));
    // A shell in between reports what its command died of, as shells do.
    let world = self::world("true && sh -c 'kill -SEGV $$'").await;
    let execution = ended(&world, &start(&world, json!({})).await).await;
    assert_eq!(result_of(&world, &execution).await, (139, Value::Null));
}

#[tokio::test]
async fn a_cancel_lets_what_a_script_runs_clean_up_and_then_kills_what_will_not() {
    for (command, lines, code, signal) in [
        // The script's program takes its time, and what comes behind it is not begun.
        (
            "cd / && sh -c 'trap \"sleep 0.2; echo clean; exit 5\" TERM; echo up $$; while :; do sleep 0.05; done'; echo not this",
            1,
            5,
            Value::Null,
        ),
        ("echo up $$; sleep 60 | cat", 0, 143, Value::Null),
        // Nobody listens: killed after the grace, with what it started.
        (
            "trap '' TERM; sh -c 'echo up $$; sleep 60; sleep 60'",
            0,
            0,
            json!(9),
        ),
    ] {
        let world = world(command).await;
        let mut tail = tail::opened(&world).await;
        let operation = start(&world, json!({})).await;
        let up = said(&mut tail, "up ").await;
        let name = operation["metadata"]["name"].as_str().unwrap();
        world.post(&format!("/v2/{name}:cancel"), json!({})).await;
        let execution = ended(&world, &operation).await;
        assert_eq!(execution["cancelledCount"], 1, "{command}: {execution}");
        assert_eq!(result_of(&world, &execution).await, (code, signal), "{command}");
        assert_eq!(world.entries("textPayload=clean").await.len(), lines, "{command}");
        assert!(
            world.entries("textPayload=\"not this\"").await.is_empty(),
            "{command}"
        );
        assert!(is_gone(&up).await, "{command}: it lives on");
    }
}

#[tokio::test]
async fn a_delayed_execution_waits_for_its_start() {
    let world = World::start(EmulatorConfig {
        quotas: Quotas::unlimited(),
        lag: Some(Duration::ZERO),
        speed: 100.0,
        exec: Some(Exec::new("echo \"$CLOUD_RUN_EXECUTION\"")),
        ..EmulatorConfig::default()
    })
    .await;
    let operation = start(&world, json!({"delayExecution": true})).await;
    let condition = &operation["metadata"]["conditions"][0];
    assert_eq!(
        (&condition["state"], &condition["executionReason"]),
        (&json!("CONDITION_PENDING"), &json!("DELAYED_START_PENDING"))
    );
    let execution = ended(&world, &operation).await;
    let at = |field: &str| {
        execution[field]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    let waited = at("startTime").duration_since(at("createTime"));
    assert!(waited.as_millis() >= 600, "{waited}");
    assert_eq!(execution["succeededCount"], 1);
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
