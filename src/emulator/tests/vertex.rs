use super::*;

#[tokio::test(start_paused = true)]
async fn a_job_appears_walks_its_states_and_carries_its_mark() {
    let world = World::with(vec![]).await;
    let execution = world.run("job-running").await;
    pass(12.3).await;
    assert!(world.jobs().await.is_empty());
    pass(0.3).await;
    let job = world.jobs().await.remove(0);
    assert_eq!(
        (&job["state"], &job["createTime"]),
        (&json!("JOB_STATE_PENDING"), &json!("2026-11-23T10:00:12Z"))
    );
    assert_eq!(
        job["labels"]["cloud-run-execution"],
        execution.rsplit('/').next().unwrap()
    );
    assert!(job.get("startTime").is_none() && job.get("error").is_none());
    pass(10.0).await;
    let path = format!("/v1/{}", job["name"].as_str().unwrap());
    let running = world.get(&path).await;
    assert_eq!(
        (&running["state"], &running["startTime"]),
        (&json!("JOB_STATE_RUNNING"), &json!("2026-11-23T10:00:15Z"))
    );
    let by_id = path.replace(
        job["name"].as_str().unwrap().split('/').nth(1).unwrap(),
        "my-project",
    );
    assert_eq!(world.get(&by_id).await["name"], job["name"]);
}

#[tokio::test(start_paused = true)]
async fn lists_filter_mask_and_page() {
    let world = World::with(vec![]).await;
    for _ in 0..3 {
        world.run("foreign-job").await;
        pass(1.0).await;
    }
    pass(30.0).await;
    let list = format!("/v1/{PARENT}/customJobs");
    let failed = world
        .get(&format!(
            "{list}?filter=state%3D%22JOB_STATE_FAILED%22&readMask=name,error.code"
        ))
        .await;
    let failed = failed["customJobs"].as_array().unwrap();
    assert_eq!(failed.len(), 3);
    assert_eq!(failed[0]["error"], json!({"code": 8}));
    assert!(failed[0].get("state").is_none());
    let first = world.get(&format!("{list}?pageSize=4")).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let second = world.get(&format!("{list}?pageSize=4&pageToken={token}")).await;
    let created = |page: &Value| -> Vec<String> {
        page["customJobs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|job| job["createTime"].to_string())
            .collect()
    };
    let all = [created(&first), created(&second)].concat();
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by(|one, other| one >= other), "{all:?}");
    assert_eq!(
        world
            .send(
                Method::GET,
                &format!("{list}?pageSize=4&pageToken={token}&filter=state%3DX"),
                None
            )
            .await
            .0,
        400
    );
    assert_eq!(
        world
            .send(Method::GET, &format!("{list}?filter=end_time%3E1"), None)
            .await
            .0,
        400
    );
}

#[tokio::test(start_paused = true)]
async fn a_created_job_can_be_cancelled_and_then_deleted() {
    let world = World::with(vec![]).await;
    let list = format!("/v1/{PARENT}/customJobs");
    let new = json!({"displayName": "mine", "jobSpec": {"workerPoolSpecs": [{"replicaCount": "1",
        "machineSpec": {"machineType": "n1-standard-4"}, "containerSpec": {"imageUri": "i"}}]}});
    let job = world.post(&list, new).await;
    let path = format!("/v1/{}", job["name"].as_str().unwrap());
    pass(70.0).await;
    assert_eq!(world.get(&path).await["state"], "JOB_STATE_RUNNING");
    assert_eq!(world.send(Method::DELETE, &path, None).await.0, 400);
    assert_eq!(world.post(&format!("{path}:cancel"), json!({})).await, json!({}));
    assert_eq!(world.get(&path).await["state"], "JOB_STATE_CANCELLING");
    pass(2.0).await;
    let cancelled = world.get(&path).await;
    assert_eq!(
        (&cancelled["state"], &cancelled["error"]["code"]),
        (&json!("JOB_STATE_CANCELLED"), &json!(1))
    );
    assert_eq!(
        world
            .send(Method::POST, &format!("{path}:cancel"), Some(json!({})))
            .await
            .0,
        400
    );
    let deletion = world.send(Method::DELETE, &path, None).await.1;
    assert!(deletion.get("done").is_none(), "{deletion}");
    let operation = format!("/v1/{}", deletion["name"].as_str().unwrap());
    let wait = world
        .send(Method::POST, &format!("{operation}:wait?timeout=10s"), None)
        .await
        .1;
    assert_eq!((&wait["done"], &wait["name"]), (&json!(true), &deletion["name"]));
    assert_eq!(world.get(&operation).await, wait);
    assert_eq!(
        world.get(&format!("{path}/operations")).await["operations"],
        json!([wait])
    );
    assert_eq!(world.send(Method::DELETE, &operation, None).await.0, 200);
    assert_eq!(world.send(Method::GET, &operation, None).await.0, 404);
    assert_eq!(world.send(Method::GET, &path, None).await.0, 404);
    assert_eq!(
        world
            .send(Method::POST, &list, Some(json!({"displayName": "mine"})))
            .await
            .0,
        400
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_cancelled_runner_had_not_submitted_never_appears() {
    let world = World::with(vec![]).await;
    let execution = world.run("job-pending").await;
    pass(6.0).await;
    world.post(&format!("/v2/{execution}:cancel"), json!({})).await;
    pass(60.0).await;
    assert!(world.jobs().await.is_empty());
}
