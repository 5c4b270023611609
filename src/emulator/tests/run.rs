use super::*;

#[tokio::test(start_paused = true)]
async fn the_first_answer_names_the_execution_and_is_not_done() {
    let world = World::with(vec![]).await;
    let operation = world
        .post(
            &format!("/v2/{PARENT}/jobs/job-pending:run"),
            json!({"overrides": {"containerOverrides": [
        {"env": [{"name": "LIFTOFF_LAUNCH_ID", "value": "launch-1"}]}]}}),
        )
        .await;
    let execution = &operation["metadata"];
    assert!(
        operation["name"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{PARENT}/operations/"))
    );
    assert_eq!(
        execution["@type"],
        "type.googleapis.com/google.cloud.run.v2.Execution"
    );
    assert!(
        execution["name"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{PARENT}/jobs/job-pending/executions/job-pending-"))
    );
    assert_eq!(
        execution["conditions"],
        json!([{"type": "Completed", "state": "CONDITION_PENDING"}])
    );
    assert_eq!(
        (&execution["generation"], &execution["reconciling"]),
        (&json!("1"), &json!(true))
    );
    assert_eq!(execution["createTime"], "2026-11-23T10:00:00Z");
    let env = execution["template"]["containers"][0]["env"].as_array().unwrap();
    assert!(
        env.contains(&json!({"name": "LIFTOFF_LAUNCH_ID", "value": "launch-1"})),
        "{env:?}"
    );
    for absent in ["done", "error", "response"] {
        assert!(operation.get(absent).is_none(), "{absent}");
    }
    for absent in [
        "startTime",
        "completionTime",
        "runningCount",
        "succeededCount",
        "observedGeneration",
        "client",
    ] {
        assert!(execution.get(absent).is_none(), "{absent}");
    }
    assert_eq!(
        world.emulator.stats().accepted_runs,
        [("launch-1".to_owned(), 1)].into()
    );
}

#[tokio::test(start_paused = true)]
async fn an_execution_runs_and_succeeds_by_its_scenario() {
    let world = World::with(vec![]).await;
    let name = world.run("job-pending").await;
    pass(5.0).await;
    let running = world.get(&format!("/v2/{name}")).await;
    let kinds: Vec<&Value> = running["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["type"])
        .collect();
    assert_eq!(kinds, ["Completed", "ResourcesAvailable", "Started"]);
    assert_eq!(
        (&running["runningCount"], &running["startTime"]),
        (&json!(1), &json!("2026-11-23T10:00:04Z"))
    );
    pass(36.0).await;
    let done = world.get(&format!("/v2/{name}")).await;
    assert_eq!(done["conditions"][0]["state"], "CONDITION_SUCCEEDED");
    assert_eq!(
        (&done["succeededCount"], &done["completionTime"]),
        (&json!(1), &json!("2026-11-23T10:00:40.5Z"))
    );
    assert!(done.get("reconciling").is_none() && done.get("runningCount").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_failed_execution_and_its_task_say_why() {
    let world = World::with(vec![]).await;
    let name = world.run("oom").await;
    let short = name.rsplit('/').next().unwrap();
    pass(30.0).await;
    let failed = world.get(&format!("/v2/{name}")).await;
    let completed = failed["conditions"].as_array().unwrap().last().unwrap();
    assert_eq!(completed["executionReason"], "NON_ZERO_EXIT_CODE");
    let message = format!(
        "Task {short}-task0 failed with exit code: 0 and message: The configured memory limit was reached."
    );
    assert_eq!(completed["message"], message);
    assert_eq!(failed["failedCount"], 1);
    let tasks = world.get(&format!("/v2/{name}/tasks")).await;
    assert_eq!(tasks["tasks"][0]["name"], format!("{name}/tasks/{short}-task0"));
    assert_eq!(tasks["tasks"][0]["lastAttemptResult"]["termSignal"], 9);
    let one = world.get(&format!("/v2/{name}/tasks/{short}-task0")).await;
    assert_eq!(one, tasks["tasks"][0]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_holds_until_the_timeout_or_the_end() {
    let world = World::with(vec![]).await;
    let operation = world
        .post(&format!("/v2/{PARENT}/jobs/job-pending:run"), json!({}))
        .await;
    let wait = format!("/v2/{}:wait", operation["name"].as_str().unwrap());
    let begun = tokio::time::Instant::now();
    let open = world.post(&wait, json!({"timeout": "30s"})).await;
    assert_eq!((open.get("done"), begun.elapsed().as_secs()), (None, 30));
    let done = world.post(&wait, json!({"timeout": "30s"})).await;
    assert_eq!(
        (&done["done"], begun.elapsed().as_millis()),
        (&json!(true), 40_500)
    );
    assert_eq!(done["response"]["succeededCount"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_passes_through_cancelling_wakes_who_waits_and_completes_without_an_error() {
    let world = World::with(vec![]).await;
    let operation = world
        .post(&format!("/v2/{PARENT}/jobs/timeout:run"), json!({}))
        .await;
    let name = operation["metadata"]["name"].as_str().unwrap().to_owned();
    let wait = world.request(
        Method::POST,
        &format!("/v2/{}:wait", operation["name"].as_str().unwrap()),
    );
    let waiting = tokio::spawn(wait.json(&json!({"timeout": "600s"})).send());
    pass(20.0).await;
    world.post(&format!("/v2/{name}:cancel"), json!({})).await;
    pass(1.0).await;
    let cancelling = world.get(&format!("/v2/{name}")).await;
    let completed = |execution: &Value| {
        let all = execution["conditions"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["type"] == "Completed").unwrap()
    };
    assert_eq!(completed(&cancelling)["executionReason"], "CANCELLING");
    assert!(cancelling.get("completionTime").is_none());
    let done = json_of(waiting.await.unwrap().unwrap()).await;
    assert!(done.get("error").is_none());
    assert_eq!(
        (&done["done"], &done["response"]["cancelledCount"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(completed(&done["response"])["executionReason"], "CANCELLED");
    assert_eq!(world.emulator.now().to_string(), "2026-11-23T10:00:22Z");
    pass(10.0).await;
    let exits = world
        .entries(&format!(
            "labels.\"run.googleapis.com/execution_name\"=\"{}\"",
            name.rsplit('/').next().unwrap()
        ))
        .await;
    assert!(
        exits
            .iter()
            .any(|entry| entry["textPayload"] == "Container called exit(143)."
                && entry["severity"] == "WARNING")
    );
    let (status, refusal) = world
        .send(Method::POST, &format!("/v2/{name}:cancel"), Some(json!({})))
        .await;
    assert_eq!(
        (status.as_u16(), &refusal["error"]["status"]),
        (400, &json!("FAILED_PRECONDITION"))
    );
}

#[tokio::test(start_paused = true)]
async fn executions_are_listed_newest_first_over_pages_and_over_all_jobs() {
    let world = World::with(vec![]).await;
    let mut names = Vec::new();
    for job in ["job-pending", "quota", "job-pending", "job-pending"] {
        names.push(world.run(job).await);
        pass(1.0).await;
    }
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = world
            .get(&format!(
                "/v2/{PARENT}/jobs/-/executions?pageSize=3&pageToken={token}"
            ))
            .await;
        seen.extend(
            page["executions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["nextPageToken"].as_str() else {
            break;
        };
        token = next.to_owned();
    }
    names.reverse();
    assert_eq!(seen, names);
    let one_job = world.get(&format!("/v2/{PARENT}/jobs/quota/executions")).await;
    assert_eq!(one_job["executions"].as_array().unwrap().len(), 1);
    let job = world.get(&format!("/v2/{PARENT}/jobs/job-pending")).await;
    assert_eq!(
        job["latestCreatedExecution"]["completionStatus"],
        "EXECUTION_PENDING"
    );
    let elsewhere = world
        .get("/v2/projects/my-project/locations/europe-west1/jobs/-/executions")
        .await;
    assert_eq!(elsewhere, json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_execution_is_gone() {
    let world = World::with(vec![]).await;
    let name = world.run("timeout").await;
    pass(10.0).await;
    let (status, operation) = world.send(Method::DELETE, &format!("/v2/{name}"), None).await;
    assert_eq!((status.as_u16(), &operation["done"]), (200, &json!(true)));
    assert_eq!(world.send(Method::GET, &format!("/v2/{name}"), None).await.0, 404);
    let kept = world
        .get(&format!("/v2/{PARENT}/jobs/timeout/executions?showDeleted=true"))
        .await;
    assert!(kept["executions"][0]["deleteTime"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_only_validated_or_has_a_stale_etag_starts_nothing() {
    let world = World::with(vec![]).await;
    let run = format!("/v2/{PARENT}/jobs/job-pending:run");
    let validated = world.post(&run, json!({"validateOnly": true})).await;
    assert_eq!(validated["done"], true);
    assert_eq!(
        world
            .send(Method::POST, &run, Some(json!({"etag": "\"old\""})))
            .await
            .0,
        409
    );
    let etag = world.get(&format!("/v2/{PARENT}/jobs/job-pending")).await["etag"].clone();
    assert_eq!(world.emulator.stats().accepted_runs.len(), 0);
    world.post(&run, json!({"etag": etag})).await;
    assert_eq!(
        world
            .send(
                Method::POST,
                &format!("/v2/{PARENT}/jobs/no-such-job:run"),
                Some(json!({}))
            )
            .await
            .0,
        404
    );
}

#[tokio::test(start_paused = true)]
async fn enums_are_numbers_where_the_client_asks_for_it() {
    let world = World::with(vec![]).await;
    let name = world.run("job-pending").await;
    let execution = world
        .get(&format!("/v2/{name}?%24alt=json%3Benum-encoding%3Dint"))
        .await;
    assert_eq!(
        (&execution["conditions"][0]["state"], &execution["launchStage"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(execution["template"]["executionEnvironment"], 2);
}

#[tokio::test(start_paused = true)]
async fn overrides_of_tasks_and_timeout_are_obeyed() {
    let world = World::with(vec![]).await;
    let overrides = json!({"overrides": {"taskCount": 3, "timeout": "30s"}});
    let operation = world
        .post(&format!("/v2/{PARENT}/jobs/timeout:run"), overrides)
        .await;
    let name = operation["metadata"]["name"].as_str().unwrap().to_owned();
    pass(36.0).await;
    let execution = world.get(&format!("/v2/{name}")).await;
    assert_eq!(
        (&execution["failedCount"], &execution["taskCount"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(
        world.get(&format!("/v2/{name}/tasks?pageSize=2")).await["tasks"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let operations = world
        .get(&format!("/v2/{PARENT}/operations?filter=done:true"))
        .await;
    assert_eq!(operations["operations"].as_array().unwrap().len(), 1);
    assert_eq!(
        world
            .get(&format!("/v2/{PARENT}/operations?filter=done:false"))
            .await,
        json!({})
    );
}

#[tokio::test(start_paused = true)]
async fn a_delayed_execution_waits_for_capacity_and_can_be_cancelled_meanwhile() {
    let world = World::with(vec![]).await;
    let run = |body: Value| async {
        let operation = world
            .post(&format!("/v2/{PARENT}/jobs/tour-success:run"), body)
            .await;
        format!("/v2/{}", operation["metadata"]["name"].as_str().unwrap())
    };
    let delayed = json!({"overrides": {"delayExecution": true}});
    let (played, cancelled) = (run(delayed.clone()).await, run(delayed).await);
    pass(50.0).await;
    let waiting = world.get(&played).await;
    assert_eq!(
        waiting["conditions"][0]["executionReason"],
        "DELAYED_START_PENDING"
    );
    assert!(waiting.get("startTime").is_none());
    world.post(&format!("{cancelled}:cancel"), json!({})).await;
    pass(20.0).await;
    let started = world.get(&played).await;
    let at = |field: &str| {
        started[field]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    assert!(
        at("startTime").duration_since(at("createTime")).as_secs() >= 60,
        "{started}"
    );
    let ended = world.get(&cancelled).await;
    assert_eq!(
        (&ended["cancelledCount"], ended.get("startTime")),
        (&json!(1), None)
    );
}
