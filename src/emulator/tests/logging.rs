use super::*;

#[tokio::test(start_paused = true)]
async fn entries_have_googles_shape_and_come_late() {
    let world = World::with(vec![]).await;
    let execution = world.run("job-pending").await;
    pass(10.1).await;
    assert!(!world.entries("").await.iter().any(|entry| {
        entry["textPayload"]
            .as_str()
            .is_some_and(|text| text.contains("✓"))
    }));
    pass(0.2).await;
    let entries = world.entries("").await;
    let line = entries
        .iter()
        .find(|entry| entry["textPayload"] == "✓ W&B agent started (PID: 7)")
        .unwrap();
    assert_eq!(
        line["logName"],
        "projects/my-project/logs/run.googleapis.com%2Fstdout"
    );
    assert_eq!(
        line["resource"],
        json!({"type": "cloud_run_job", "labels": {
        "project_id": "my-project", "location": "us-central1", "job_name": "job-pending"}})
    );
    assert_eq!(
        line["labels"]["run.googleapis.com/execution_name"],
        execution.rsplit('/').next().unwrap()
    );
    assert_eq!(line["labels"]["run.googleapis.com/task_attempt"], "0");
    assert_eq!(line["timestamp"], "2026-11-23T10:00:04.2Z");
    assert!(line.get("severity").is_none());
    let time = |field: &str| line[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(time("receiveTimestamp") > time("timestamp"));
    assert_eq!(line["insertId"].as_str().unwrap().len(), 24);
}

#[tokio::test(start_paused = true)]
async fn the_end_is_said_by_an_exit_line_and_by_an_audit_entry() {
    let world = World::with(vec![]).await;
    world.run("execution-failed").await;
    pass(30.0).await;
    let entries = world.entries("").await;
    let exit = entries
        .iter()
        .find(|entry| entry["textPayload"] == "Container called exit(1).")
        .unwrap();
    assert_eq!(
        (&exit["severity"], &exit["labels"]["container_name"]),
        (&json!("WARNING"), &json!("execution-failed-1"))
    );
    assert_eq!(
        exit["logName"],
        "projects/my-project/logs/run.googleapis.com%2Fvarlog%2Fsystem"
    );
    let audit = entries
        .iter()
        .find(|entry| entry.get("protoPayload").is_some())
        .unwrap();
    assert_eq!(audit["protoPayload"]["methodName"], "/Jobs.RunJob");
    assert_eq!((&audit["severity"], audit.get("labels")), (&json!("ERROR"), None));
}

#[tokio::test(start_paused = true)]
async fn pages_lead_through_all_entries_in_both_orders() {
    let world = World::with(vec![]).await;
    world.run("job-pending").await;
    pass(120.0).await;
    let all: Vec<Value> = world
        .entries("")
        .await
        .iter()
        .map(|entry| entry["insertId"].clone())
        .collect();
    assert!(all.len() > 20);
    for (order, mut expected) in [("timestamp asc", all.clone()), ("timestamp desc", all.clone())] {
        let mut body = json!({"resourceNames": ["projects/my-project"], "orderBy": order, "pageSize": 7});
        let mut seen = Vec::new();
        loop {
            let page = world.post("/v2/entries:list", body.clone()).await;
            seen.extend(
                page["entries"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|entry| entry["insertId"].clone()),
            );
            let Some(token) = page.get("nextPageToken") else {
                break;
            };
            body["pageToken"] = token.clone();
        }
        if order.ends_with("desc") {
            expected.reverse();
        }
        assert_eq!(seen, expected, "{order}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_logging_refuses_is_refused() {
    let world = World::with(vec![]).await;
    for wrong in [
        json!({}),
        json!({"resourceNames": ["folders/1"]}),
        json!({"resourceNames": ["projects/"]}),
        json!({"resourceNames": ["projects//locations/l"]}),
        json!({"resourceNames": ["projects/p"], "orderBy": "severity"}),
        json!({"resourceNames": ["projects/p"], "pageSize": 1001}),
        json!({"resourceNames": ["projects/p"], "pageSize": -1}),
        json!({"resourceNames": ["projects/p"], "pageToken": "x"}),
        json!({"resourceNames": ["projects/p"], "filter": "a".repeat(20_001)}),
        json!({"resourceNames": ["projects/p"], "filters": ""}),
    ] {
        let (status, body) = world
            .send(Method::POST, "/v2/entries:list", Some(wrong.clone()))
            .await;
        assert_eq!(
            (status.as_u16(), &body["error"]["status"]),
            (400, &json!("INVALID_ARGUMENT")),
            "{wrong}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn late_lines_come_out_of_order() {
    let world = World::with(vec![]).await;
    world.run("late-logs").await;
    pass(101.5).await;
    let texts = |entries: Vec<Value>| -> Vec<String> {
        entries
            .iter()
            .filter_map(|entry| entry["textPayload"].as_str().map(str::to_owned))
            .collect()
    };
    let early = texts(world.entries("").await);
    assert!(
        early.iter().any(|text| text.contains("polling on queues")),
        "{early:?}"
    );
    assert!(
        !early.iter().any(|text| text.contains("Starting launch agent")),
        "{early:?}"
    );
    pass(80.0).await;
    assert!(
        texts(world.entries("").await)
            .iter()
            .any(|text| text.contains("Starting launch agent"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_filter_finds_the_lines_of_one_execution_in_a_window() {
    let world = World::with(vec![]).await;
    let execution = world.run("job-pending").await;
    world.run("job-pending").await;
    pass(60.0).await;
    let short = execution.rsplit('/').next().unwrap();
    let of_execution = format!(
        "resource.type=\"cloud_run_job\" AND labels.\"run.googleapis.com/execution_name\"=\"{short}\""
    );
    let all = world.entries(&of_execution).await;
    assert!(
        all.len() > 10
            && all
                .iter()
                .all(|entry| entry["labels"]["run.googleapis.com/execution_name"] == short)
    );
    let window = format!(
        "{of_execution} AND timestamp>=\"2026-11-23T10:00:10Z\" AND timestamp<\"2026-11-23T10:00:12Z\""
    );
    let texts: Vec<Value> = world
        .entries(&window)
        .await
        .iter()
        .map(|entry| entry["textPayload"].clone())
        .collect();
    assert_eq!(texts, ["wandb:   2 of 2 files downloaded.", "Creating CustomJob"]);
    let body = json!({"resourceNames": ["projects/my-project"], "filter": "severity=LOUD"});
    assert_eq!(
        world.send(Method::POST, "/v2/entries:list", Some(body)).await.0,
        400
    );
}

#[tokio::test(start_paused = true)]
async fn a_search_that_finds_little_stops_and_goes_on_with_a_token() {
    let world = World::with(vec![]).await;
    let write = |project: &str, text: &str, count: usize| {
        let entries = vec![json!({"textPayload": text}); count];
        let log = format!("projects/{project}/logs/x");
        world.post(
            "/v2/entries:write",
            json!({"logName": log, "resource": {"type": "global"}, "entries": entries}),
        )
    };
    for _ in 0..25 {
        write("my-project", "hay", 1000).await;
        pass(0.1).await;
    }
    write("my-project", "needle", 1).await;
    write("other", "needle", 1).await;
    pass(5.0).await;
    for order in ["timestamp asc", "timestamp desc"] {
        let mut body = json!({"resourceNames": ["projects/my-project", "projects/other"], "filter": "textPayload=needle", "orderBy": order});
        let first = world.post("/v2/entries:list", body.clone()).await;
        body["pageToken"] = first["nextPageToken"].clone();
        assert!(body["pageToken"].is_string(), "{order}: more was left to look at");
        let second = world.post("/v2/entries:list", body).await;
        assert!(second.get("nextPageToken").is_none(), "{order}");
        let count = |page: &Value| page["entries"].as_array().map_or(0, Vec::len);
        let expected = if order.ends_with("asc") { (0, 2) } else { (2, 0) };
        assert_eq!((count(&first), count(&second)), expected, "{order}");
    }
}
