//! Faults on tails, as tonic's client meets them.

use googleapis_tonic_google_logging_v2::google::logging::v2::tail_log_entries_response::suppression_info::Reason;
use tonic::Code;

use super::super::FaultKind;
use super::tail::{Tailed, asked, opened, tail, text};
use super::*;

/// A cloud with this fault, as it is written on a command line.
async fn faulty(fault: &str) -> World {
    World::with(vec![fault.parse().unwrap()]).await
}

async fn write(world: &World, texts: &[&str]) {
    let entries: Vec<Value> = texts.iter().map(|text| json!({"textPayload": text})).collect();
    let body =
        json!({"logName": "projects/my-project/logs/x", "resource": {"type": "global"}, "entries": entries});
    world.post("/v2/entries:write", body).await;
}

/// The texts of the next response, and what it says was suppressed.
async fn next(stream: &mut Tailed) -> (Vec<String>, Vec<(Reason, i32)>) {
    let response = stream.message().await.unwrap().unwrap();
    let texts = response
        .entries
        .iter()
        .map(|entry| text(entry).to_owned())
        .collect();
    let suppressed = response.suppression_info.iter();
    (
        texts,
        suppressed
            .map(|info| (info.reason(), info.suppressed_count))
            .collect(),
    )
}

/// Seconds since the cloud's start.
fn elapsed(world: &World) -> i64 {
    world.emulator.now().as_second() - 1_795_428_000
}

#[tokio::test(start_paused = true)]
async fn an_open_tail_ends_with_the_status_of_a_fault_when_its_window_opens() {
    for (status, code) in [
        ("OUT_OF_RANGE", Code::OutOfRange),
        ("RESOURCE_EXHAUSTED", Code::ResourceExhausted),
        ("UNAVAILABLE", Code::Unavailable),
        ("PERMISSION_DENIED", Code::PermissionDenied),
    ] {
        let fault = format!("method=logging.entries.tail,kind=status,status={status},from=10s,to=20s");
        let world = faulty(&fault).await;
        let mut stream = opened(&world).await;
        write(&world, &["before"]).await;
        assert_eq!(next(&mut stream).await.0, ["before"]);
        let ended = stream.message().await.unwrap_err();
        assert_eq!((ended.code(), elapsed(&world)), (code, 10));
        let refused = tail(&world, asked("", 0)).await.unwrap_err();
        assert_eq!(refused.code(), code, "the window is still open");
        pass(10.0).await;
        let mut again = opened(&world).await;
        write(&world, &["after"]).await;
        assert_eq!(next(&mut again).await.0, ["after"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_counts_ends_one_tail_and_lets_the_next_be() {
    let world = faulty("method=logging.entries.tail,kind=status,code=503,from=10s,count=1").await;
    let mut stream = opened(&world).await;
    assert_eq!(stream.message().await.unwrap_err().code(), Code::Unavailable);
    let mut again = opened(&world).await;
    write(&world, &["after"]).await;
    assert_eq!(next(&mut again).await.0, ["after"]);
}

#[tokio::test(start_paused = true)]
async fn a_tail_that_is_cut_breaks_off_and_gives_its_session_back() {
    let world = faulty("method=logging.entries.tail,kind=reset,from=5s,count=10").await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(opened(&world).await);
    }
    write(&world, &["before"]).await;
    assert_eq!(next(&mut streams[0]).await.0, ["before"]);
    for mut stream in streams {
        while let Some(response) = stream.message().await.transpose() {
            if let Err(broken) = response {
                assert!(broken.details().is_empty(), "no status of Google: {broken:?}");
                assert!(
                    matches!(broken.code(), Code::Unknown | Code::Unavailable | Code::Internal),
                    "{broken:?}"
                );
                break;
            }
        }
    }
    assert_eq!(elapsed(&world), 5);
    let state = world.get("/emulator/state").await;
    assert_eq!(state["sessions"], 0);
    opened(&world).await;
}

#[tokio::test(start_paused = true)]
async fn a_delayed_response_comes_later_and_with_what_came_meanwhile() {
    let world = faulty("method=logging.entries.tail,kind=delay,by=7s,count=1").await;
    let mut stream = opened(&world).await;
    write(&world, &["first"]).await;
    pass(2.0).await;
    write(&world, &["second"]).await;
    assert_eq!(
        (next(&mut stream).await.0, elapsed(&world)),
        (vec!["first".to_owned(), "second".to_owned()], 7)
    );
    write(&world, &["third"]).await;
    assert_eq!(
        (next(&mut stream).await.0, elapsed(&world)),
        (vec!["third".to_owned()], 7)
    );
}

#[tokio::test(start_paused = true)]
async fn suppressed_entries_are_counted_by_reason_and_only_what_the_filter_selects() {
    for (reason, expected) in [
        ("RATE_LIMIT", Reason::RateLimit),
        ("NOT_CONSUMED", Reason::NotConsumed),
    ] {
        let fault = format!("method=logging.entries.tail,kind=suppress,reason={reason},count=1");
        let world = faulty(&fault).await;
        let mut stream = tail(&world, asked("textPayload:x", 0)).await.unwrap();
        write(&world, &["other"]).await;
        pass(1.0).await;
        write(&world, &["x1", "other", "x2"]).await;
        assert_eq!(next(&mut stream).await, (vec![], vec![(expected, 2)]));
        write(&world, &["x3"]).await;
        assert_eq!(next(&mut stream).await, (vec!["x3".to_owned()], vec![]));
        assert_eq!(
            world.entries("textPayload:x").await.len(),
            0,
            "queries show them later"
        );
        pass(2.0).await;
        assert_eq!(
            world.entries("textPayload:x").await.len(),
            3,
            "the log has them all"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_scenarios_faults_end_the_tails_of_its_own_project_alone() {
    let scenario = r#"
        summary = "the tail breaks"
        [[runner.attempt]]
        start = "4s"
        [[fault]]
        method = "logging.entries.tail"
        kind = "status"
        status = "OUT_OF_RANGE"
        from = "6s"
    "#;
    let world = World::start(EmulatorConfig {
        quotas: Quotas::unlimited(),
        jobs: vec![("breaks".to_owned(), Scenario::parse("breaks", scenario).unwrap())],
        ..EmulatorConfig::default()
    })
    .await;
    let mut own = tail(&world, asked("textPayload=never", 0)).await.unwrap();
    let mut request = asked("textPayload=never", 0);
    request.resource_names = vec!["projects/other".to_owned()];
    let mut other = tail(&world, request).await.unwrap();
    pass(1.0).await;
    world.run("breaks").await;
    assert_eq!(own.message().await.unwrap_err().code(), Code::OutOfRange);
    assert_eq!(elapsed(&world), 7);
    other.message().await.unwrap_err();
    assert_eq!(elapsed(&world), 3600, "it lasted its hour");
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_held_no_longer_than_a_fault_allows() {
    for (by, seconds) in [(0, 0), (3, 3), (60, 30)] {
        let fault = Fault::new("run.operations.wait", FaultKind::ShortWait).by(Duration::from_secs(by));
        let world = World::with(vec![fault]).await;
        let operation = world
            .post(&format!("/v2/{PARENT}/jobs/job-running:run"), json!({}))
            .await;
        let wait = format!("/v2/{}:wait", operation["name"].as_str().unwrap());
        let answer = world.post(&wait, json!({"timeout": "30s"})).await;
        assert_eq!((answer.get("done"), elapsed(&world)), (None, seconds));
    }
}
