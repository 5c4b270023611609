//! gRPC through the published client, on the port and the clock of everything else.

use googleapis_tonic_google_logging_v2::google::logging::v2::{
    ListLogEntriesRequest, LogEntry, TailLogEntriesRequest, TailLogEntriesResponse, log_entry::Payload,
    logging_service_v2_client::LoggingServiceV2Client,
};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Streaming};

use super::*;

async fn client(world: &World) -> LoggingServiceV2Client<Channel> {
    let channel = Channel::from_shared(world.emulator.endpoint()).unwrap();
    LoggingServiceV2Client::new(channel.connect().await.unwrap())
}

fn with_bearer<T>(world: &World, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {}", world.emulator.static_token());
    request
        .metadata_mut()
        .insert("authorization", MetadataValue::try_from(bearer).unwrap());
    request
}

pub(super) fn asked(filter: &str, window_ms: i32) -> TailLogEntriesRequest {
    TailLogEntriesRequest {
        resource_names: vec!["projects/my-project".to_owned()],
        filter: filter.to_owned(),
        buffer_window: Some(prost_types::Duration {
            seconds: 0,
            nanos: window_ms * 1_000_000,
        }),
    }
}

pub(super) async fn tail(
    world: &World,
    request: TailLogEntriesRequest,
) -> Result<Streaming<TailLogEntriesResponse>, tonic::Status> {
    let requests = futures_util::stream::iter([request]);
    let answer = client(world)
        .await
        .tail_log_entries(with_bearer(world, requests))
        .await;
    answer.map(tonic::Response::into_inner)
}

/// A tail's answers.
pub(super) type Tailed = Streaming<TailLogEntriesResponse>;

/// A tail of everything, at once.
pub(super) async fn opened(world: &World) -> Tailed {
    tail(world, asked("", 0)).await.unwrap()
}

pub(super) fn text(entry: &LogEntry) -> &str {
    match &entry.payload {
        Some(Payload::TextPayload(text)) => text,
        _ => "",
    }
}

#[tokio::test(start_paused = true)]
async fn a_tail_brings_what_is_received_after_it_opened_long_before_queries_show_it() {
    let world = World::with(vec![]).await;
    world.run("job-running").await;
    pass(5.0).await;
    let mut stream = tail(
        &world,
        asked("resource.type=\"cloud_run_job\" AND NOT severity=INFO", 0),
    )
    .await
    .unwrap();
    let first = stream.message().await.unwrap().unwrap();
    let line = &first.entries[0];
    assert!(text(line).contains("Starting launch agent"), "{line:?}");
    let printed: jiff::Timestamp = "2026-11-23T10:00:05.5Z".parse().unwrap();
    let late = world.emulator.now().duration_since(printed).as_secs_f64();
    assert!((0.0..0.4).contains(&late), "{late}");
    assert_eq!(line.resource.as_ref().unwrap().labels["job_name"], "job-running");
    assert!(world.entries("\"Starting launch agent\"").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_window_gathers_and_orders_what_came_within_it() {
    let world = World::with(vec![]).await;
    let mut stream = tail(&world, asked("", 2000)).await.unwrap();
    let write = |texts: &[(&str, &str)]| {
        let entries: Vec<Value> = texts
            .iter()
            .map(|(at, text)| json!({"textPayload": text, "timestamp": at}))
            .collect();
        json!({"logName": "projects/my-project/logs/x", "resource": {"type": "global"}, "entries": entries})
    };
    world
        .post("/v2/entries:write", write(&[("2026-11-23T10:00:00.9Z", "third")]))
        .await;
    pass(1.5).await;
    world
        .post(
            "/v2/entries:write",
            write(&[
                ("2026-11-23T10:00:00.5Z", "second"),
                ("2026-11-23T09:59:00Z", "first"),
            ]),
        )
        .await;
    let response = stream.message().await.unwrap().unwrap();
    assert_eq!(
        response.entries.iter().map(text).collect::<Vec<_>>(),
        ["first", "second", "third"]
    );
    assert_eq!(world.emulator.now().as_second() - 1_795_428_000, 2);
    world
        .post("/v2/entries:write", write(&[("2026-11-23T10:00:00.1Z", "late")]))
        .await;
    assert_eq!(text(&stream.message().await.unwrap().unwrap().entries[0]), "late");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_after_an_hour_and_a_project_has_ten() {
    let world = World::with(vec![]).await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(tail(&world, asked("textPayload=\"never\"", 0)).await.unwrap());
    }
    let eleventh = tail(&world, asked("", 0)).await.unwrap_err();
    assert_eq!(eleventh.code(), Code::ResourceExhausted);
    drop(streams.pop());
    pass(1.0).await;
    let mut again = tail(&world, asked("textPayload=\"never\"", 0)).await.unwrap();
    let ended = streams[0].message().await.unwrap_err();
    assert_eq!(
        (ended.code(), world.emulator.now().as_second() - 1_795_428_000),
        (Code::OutOfRange, 3600)
    );
    assert_eq!(again.message().await.unwrap_err().code(), Code::OutOfRange);
    assert_eq!(
        world.emulator.stats().methods["logging.entries.tail"].by_status,
        [(200, 11), (429, 1)].into()
    );
}

#[tokio::test(start_paused = true)]
async fn more_than_a_minutes_quota_is_suppressed_and_said_to_be() {
    let world = World::with(vec![]).await;
    let mut stream = tail(&world, asked("", 0)).await.unwrap();
    let entries: Vec<Value> = (0..1000)
        .map(|number| json!({"textPayload": number.to_string()}))
        .collect();
    let write =
        json!({"logName": "projects/my-project/logs/x", "resource": {"type": "global"}, "entries": entries});
    let (mut came, mut suppressed) = (0, 0);
    for _ in 0..61 {
        world.post("/v2/entries:write", write.clone()).await;
        let response = stream.message().await.unwrap().unwrap();
        came += response.entries.len();
        suppressed += response
            .suppression_info
            .iter()
            .map(|info| info.suppressed_count)
            .sum::<i32>();
    }
    assert_eq!((came, suppressed), (60_000, 1000));
}

#[tokio::test(start_paused = true)]
async fn what_logging_refuses_over_rest_it_refuses_over_grpc() {
    let world = World::start(EmulatorConfig::default()).await;
    let requests = futures_util::stream::iter([asked("", 0)]);
    let status = client(&world)
        .await
        .tail_log_entries(Request::new(requests))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert!(!status.details().is_empty());
    assert_eq!(
        tail(&world, asked("nonsense=1", 0)).await.unwrap_err().code(),
        Code::InvalidArgument
    );
    let list = |filter: &str| ListLogEntriesRequest {
        resource_names: vec!["projects/my-project".to_owned()],
        filter: filter.to_owned(),
        ..ListLogEntriesRequest::default()
    };
    let mut client = client(&world).await;
    world.run("job-running").await;
    pass(30.0).await;
    let listed = client
        .list_log_entries(with_bearer(&world, list("\"polling on queues\"")))
        .await
        .unwrap();
    assert_eq!(listed.get_ref().entries.len(), 1);
    for _ in 0..59 {
        client
            .list_log_entries(with_bearer(&world, list("")))
            .await
            .unwrap();
    }
    let refused = client
        .list_log_entries(with_bearer(&world, list("")))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
}
