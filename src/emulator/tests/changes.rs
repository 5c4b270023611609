//! Jobs, log entries and limits that requests make: not what a scenario wrote.

use super::*;

fn job(image: &str) -> Value {
    json!({"labels": {"team": "vision"}, "template": {"task_count": 2, "template": {"maxRetries": 1, "executionEnvironment": 2,
        "containers": [{"image": image, "args": ["a"], "env": [{"name": "A", "value": "1"}]}]}}})
}

#[tokio::test(start_paused = true)]
async fn a_created_job_is_shown_run_changed_and_deleted() {
    let world = World::with(vec![]).await;
    let jobs = format!("/v2/{PARENT}/jobs");
    let operation = world.post(&format!("{jobs}?jobId=mine"), job("img")).await;
    assert_eq!(operation["done"], true);
    assert_eq!(
        operation["metadata"]["@type"],
        "type.googleapis.com/google.cloud.run.v2.Job"
    );
    let shown = world.get(&format!("{jobs}/mine")).await;
    let task = &shown["template"]["template"];
    assert_eq!(
        (
            &shown["template"]["taskCount"],
            &task["maxRetries"],
            &task["timeout"],
            &task["executionEnvironment"]
        ),
        (
            &json!(2),
            &json!(1),
            &json!("600s"),
            &json!("EXECUTION_ENVIRONMENT_GEN2")
        )
    );
    assert_eq!(
        (&shown["generation"], &shown["labels"]["team"]),
        (&json!("1"), &json!("vision"))
    );
    let execution = world.run("mine").await;
    pass(20.0).await;
    let ended = world.get(&format!("/v2/{execution}")).await;
    assert_eq!(
        (&ended["succeededCount"], &ended["taskCount"]),
        (&json!(2), &json!(2))
    );
    let lines = world.entries("textPayload=\"mine started\"").await;
    assert_eq!(lines.len(), 1);
    let patched = world
        .send(Method::PATCH, &format!("{jobs}/mine"), Some(job("other")))
        .await
        .1;
    assert_eq!(patched["response"]["generation"], "2");
    assert_ne!(patched["response"]["etag"], shown["etag"]);
    assert_eq!(
        patched["response"]["latestCreatedExecution"]["completionStatus"],
        "EXECUTION_SUCCEEDED"
    );
    let stale = format!(
        "{jobs}/mine?etag={}",
        shown["etag"].as_str().unwrap().replace('"', "%22")
    );
    assert_eq!(world.send(Method::DELETE, &stale, None).await.0, 409);
    assert_eq!(
        world.send(Method::DELETE, &format!("{jobs}/mine"), None).await.0,
        200
    );
    assert_eq!(
        world.send(Method::GET, &format!("{jobs}/mine"), None).await.0,
        404
    );
    assert_eq!(
        world.send(Method::GET, &format!("/v2/{execution}"), None).await.0,
        404
    );
}

#[tokio::test(start_paused = true)]
async fn a_job_that_cloud_run_would_refuse_is_refused_and_changes_nothing() {
    let world = World::with(vec![]).await;
    let jobs = format!("/v2/{PARENT}/jobs");
    for (id, body, status, words) in [
        ("Mine", job("i"), 400, "only lowercase, digits, and hyphens"),
        ("", job("i"), 400, "job_id"),
        (&"x".repeat(50), job("i"), 400, "less than 50 characters"),
        ("job-pending", job("i"), 409, "already exists"),
        (
            "new",
            json!({"template": {"template": {"containers": []}}}),
            400,
            "containers",
        ),
        ("new", job(""), 400, "containers[0].image"),
        (
            "new",
            json!({"template": {"template": {"maxRetries": 11, "containers": [{"image": "i"}]}}}),
            400,
            "max_retries",
        ),
        (
            "new",
            json!({"template": {"template": {"contaners": []}}}),
            400,
            "Unknown name \"contaners\" at 'job.template.template'",
        ),
    ] {
        let (got, body) = world
            .send(Method::POST, &format!("{jobs}?jobId={id}"), Some(body))
            .await;
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert!(got == status && message.contains(words), "{id}: {got} {message}");
    }
    let validated = world
        .post(&format!("{jobs}?jobId=new&validateOnly=true"), job("i"))
        .await;
    assert_eq!(validated["done"], true);
    assert_eq!(world.send(Method::GET, &format!("{jobs}/new"), None).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_built_in_job_can_be_changed_in_one_region_and_stays_itself_in_others() {
    let world = World::with(vec![]).await;
    let path = format!("/v2/{PARENT}/jobs/job-pending");
    assert_eq!(world.send(Method::DELETE, &path, None).await.0, 200);
    assert_eq!(world.send(Method::GET, &path, None).await.0, 404);
    world.get(&path.replace("us-central1", "europe-west1")).await;
    let listed = world.get(&format!("/v2/{PARENT}/jobs?pageSize=3")).await;
    assert_eq!(listed["jobs"].as_array().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn written_entries_are_found_once_they_are_visible() {
    let world = World::with(vec![]).await;
    let write = |entries: Value| json!({"logName": "projects/my-project/logs/mine", "resource": {"type": "global"}, "labels": {"run": "7"}, "entries": entries});
    world
        .post("/v2/entries:write", write(json!([
            {"textPayload": "hello", "severity": 500, "insertId": "one", "timestamp": "2026-11-23T09:59:59.5Z"},
            {"jsonPayload": {"message": "structured", "step": 3}, "labels": {"run": "8"}},
        ])))
        .await;
    assert!(world.entries("").await.is_empty());
    pass(1.0).await;
    let found = world.entries("severity>=ERROR AND labels.run=7").await;
    assert_eq!(
        found,
        [
            json!({"logName": "projects/my-project/logs/mine", "resource": {"type": "global"}, "labels": {"run": "7"}, "textPayload": "hello",
            "severity": "ERROR", "insertId": "one", "timestamp": "2026-11-23T09:59:59.5Z", "receiveTimestamp": "2026-11-23T10:00:00Z"})
        ]
    );
    assert_eq!(world.entries("jsonPayload.step>2").await.len(), 1);
    for wrong in [
        json!([{"textPayload": "x", "timestamp": "2026-11-25T10:00:00Z"}]),
        json!([{"textPayload": "x", "logName": "mine"}]),
        json!([{"text": "x"}]),
    ] {
        assert_eq!(
            world
                .send(Method::POST, "/v2/entries:write", Some(write(wrong.clone())))
                .await
                .0,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_partial_response_holds_what_was_asked_for() {
    let world = World::with(vec![]).await;
    let execution = world.run("job-pending").await;
    pass(5.0).await;
    let path = format!("/v2/{execution}");
    assert_eq!(
        world
            .get(&format!("{path}?fields=runningCount,conditions(type)"))
            .await,
        json!({"runningCount": 1, "conditions": [{"type": "Completed"}, {"type": "ResourcesAvailable"}, {"type": "Started"}]})
    );
    assert_eq!(
        world
            .send(Method::GET, &format!("{path}?fields=a("), None)
            .await
            .0,
        400
    );
}

#[tokio::test(start_paused = true)]
async fn a_region_runs_so_many_executions_and_a_job_keeps_so_many() {
    let quotas = Quotas {
        running_executions: 3,
        retained_executions: 150,
        ..Quotas::unlimited()
    };
    let world = World::start(EmulatorConfig {
        quotas,
        ..EmulatorConfig::default()
    })
    .await;
    let run = format!("/v2/{PARENT}/jobs/job-pending:run");
    for _ in 0..3 {
        world.run("job-pending").await;
    }
    let (status, body) = world.send(Method::POST, &run, Some(json!({}))).await;
    assert_eq!(
        (status.as_u16(), &body["error"]["status"]),
        (429, &json!("RESOURCE_EXHAUSTED"))
    );
    world
        .post(&run.replace("us-central1", "europe-west1"), json!({}))
        .await;
    for _ in 0..70 {
        pass(60.0).await;
        for _ in 0..3 {
            world.run("job-pending").await;
        }
    }
    let kept = format!("/v2/{PARENT}/jobs/job-pending/executions?pageSize=100");
    let first = world.get(&kept).await;
    let second = world
        .get(&format!(
            "{kept}&pageToken={}",
            first["nextPageToken"].as_str().unwrap()
        ))
        .await;
    assert!(second.get("nextPageToken").is_none(), "the oldest are gone");
    assert!((150..=200).contains(&(100 + second["executions"].as_array().unwrap().len())));
}

#[tokio::test(start_paused = true)]
async fn jobs_share_a_quota_of_accelerators() {
    let world = World::start(EmulatorConfig {
        accelerators: vec![("NVIDIA_TESLA_A100".to_owned(), 1)],
        ..EmulatorConfig::default()
    })
    .await;
    let list = format!("/v1/{PARENT}/customJobs");
    let new = json!({"displayName": "big", "jobSpec": {"workerPoolSpecs": [{"machineSpec": {"machineType": "a2-highgpu-1g", "acceleratorType": 8, "acceleratorCount": 1},
        "replicaCount": 1, "containerSpec": {"imageUri": "i"}}]}});
    let first = world.post(&list, new.clone()).await;
    assert_eq!(first["jobSpec"]["workerPoolSpecs"][0]["replicaCount"], "1");
    let (status, body) = world.send(Method::POST, &list, Some(new.clone())).await;
    assert_eq!(status, 429);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .ends_with("custom_model_training_nvidia_a100_gpus"),
        "{body}"
    );
    world
        .post(
            &format!("/v1/{}:cancel", first["name"].as_str().unwrap()),
            json!({}),
        )
        .await;
    pass(2.0).await;
    world.post(&list, new).await;
}
