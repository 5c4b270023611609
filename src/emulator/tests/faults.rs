use super::super::{ErrorBody, FaultKind};
use super::*;

const JOB: &str = "/v2/projects/my-project/locations/us-central1/jobs/job-pending";

async fn outcome(fault: Fault) -> reqwest::Result<(StatusCode, String)> {
    let world = World::with(vec![fault]).await;
    let response = world
        .request(Method::GET, JOB)
        .timeout(Duration::from_secs(30))
        .send()
        .await?;
    let status = response.status();
    Ok((status, response.text().await?))
}

// On the real clock, as the next one: under load the kernel may tell of a broken connection a moment after everything
// waits, and a paused clock would have moved on to the client's deadline.
#[tokio::test]
async fn a_reset_reaches_the_client_as_a_broken_connection() {
    let error = outcome(Fault::new("run.*", FaultKind::Reset)).await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn a_truncated_body_is_an_error_after_the_headers() {
    let error = outcome(Fault::new("run.*", FaultKind::Truncate))
        .await
        .unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hang_ends_with_the_clients_patience() {
    let begun = tokio::time::Instant::now();
    assert!(
        outcome(Fault::new("run.*", FaultKind::Hang))
            .await
            .unwrap_err()
            .is_timeout()
    );
    assert_eq!(begun.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_takes_its_time() {
    let slow = |millis| Fault::new("run.*", FaultKind::SlowBody).by(Duration::from_millis(millis));
    let begun = tokio::time::Instant::now();
    let (status, body) = outcome(slow(1)).await.unwrap();
    assert!(status == 200 && serde_json::from_str::<Value>(&body).is_ok());
    assert!(begun.elapsed().as_millis() >= body.len() as u128);
    assert!(outcome(slow(1000)).await.unwrap_err().is_timeout());
}

#[tokio::test(start_paused = true)]
async fn a_portal_answers_200_with_a_web_page() {
    let (status, body) = outcome(Fault::new("run.*", FaultKind::Html)).await.unwrap();
    assert_eq!(status, 200);
    assert!(body.starts_with("<!DOCTYPE html>"));
}

#[tokio::test(start_paused = true)]
async fn a_delay_delays() {
    let begun = tokio::time::Instant::now();
    outcome(Fault::new("run.*", FaultKind::Delay).by(Duration::from_secs(7)))
        .await
        .unwrap();
    assert_eq!(begun.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_status_fault_has_the_body_that_was_asked_for() {
    let (status, body) = outcome(Fault::status("run.*", 503, ErrorBody::Google))
        .await
        .unwrap();
    assert_eq!(status, 503);
    assert!(body.contains("UNAVAILABLE"));
    let (status, body) = outcome(Fault::status("run.*", 429, ErrorBody::Bare))
        .await
        .unwrap();
    assert_eq!((status.as_u16(), body.as_str()), (429, ""));
}

// On the real clock while a connection breaks, as the ones above.
#[tokio::test]
async fn a_lost_answer_leaves_one_run_that_the_list_shows_late() {
    let world = World::with(vec![]).await;
    let run = format!("/v2/{PARENT}/jobs/lost-response:run");
    let body = json!({"overrides": {"containerOverrides": [{"env": [{"name": "LIFTOFF_LAUNCH_ID", "value": "l-1"}]}]}});
    assert!(
        world
            .request(Method::POST, &run)
            .json(&body)
            .send()
            .await
            .is_err()
    );
    assert_eq!(
        world.emulator.stats().accepted_runs,
        [("l-1".to_owned(), 1)].into()
    );
    let list = format!("/v2/{PARENT}/jobs/lost-response/executions");
    assert_eq!(world.get(&list).await, json!({}));
    tokio::time::pause();
    pass(3.0).await;
    tokio::time::resume();
    assert_eq!(world.get(&list).await["executions"].as_array().unwrap().len(), 1);
    let mut other = body.clone();
    other["overrides"]["containerOverrides"][0]["env"][0]["value"] = json!("l-2");
    assert!(
        world
            .request(Method::POST, &run)
            .json(&other)
            .send()
            .await
            .is_err(),
        "each launch loses one answer"
    );
    world.post(&run, other).await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_has_a_token_that_leads_on() {
    let world = World::with(vec![
        Fault::new("*.list", FaultKind::EmptyPage).times(0),
        Fault::new("logging.entries.list", FaultKind::EmptyPage).times(1),
    ])
    .await;
    world.run("job-pending").await;
    pass(60.0).await;
    let mut body = json!({"resourceNames": ["projects/my-project"], "pageSize": 1000});
    let empty = world.post("/v2/entries:list", body.clone()).await;
    assert!(empty.get("entries").is_none());
    body["pageToken"] = empty["nextPageToken"].clone();
    let full = world.post("/v2/entries:list", body).await;
    assert_eq!(
        full["entries"].as_array().unwrap().len(),
        world.entries("").await.len()
    );
}

#[tokio::test(start_paused = true)]
async fn a_scenarios_faults_touch_its_own_project_and_execution_only() {
    let world = World::with(vec![]).await;
    world.run("vertex-down").await;
    assert_eq!(
        world
            .send(Method::GET, &format!("/v1/{PARENT}/customJobs"), None)
            .await
            .0,
        503
    );
    world
        .get("/v1/projects/other/locations/us-central1/customJobs")
        .await;
    let lagging = world.request(Method::POST, &format!("/v2/{PARENT}/jobs/lost-response:run"));
    assert!(lagging.send().await.is_err());
    let healthy = world.run("job-pending").await;
    let listed = world
        .get(&format!("/v2/{PARENT}/jobs/job-pending/executions"))
        .await;
    assert_eq!(
        listed["executions"][0]["name"], healthy,
        "the other job's list lag is not ours"
    );
}

#[tokio::test(start_paused = true)]
async fn faults_with_a_probability_are_the_same_for_the_same_seed() {
    let mut rounds = Vec::new();
    for _ in 0..2 {
        let world = World::with(vec![
            Fault::status("*", 500, ErrorBody::Google).with_probability(0.3),
        ])
        .await;
        let mut seen = Vec::new();
        for _ in 0..40 {
            seen.push(world.send(Method::GET, JOB, None).await.0.as_u16());
        }
        rounds.push(seen);
    }
    assert_eq!(rounds[0], rounds[1]);
    assert!(rounds[0].contains(&500) && rounds[0].contains(&200));
}
