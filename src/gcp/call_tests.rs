use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::auth::StaticToken;
use super::super::testing::{Counting, Reply, Seen, answer, client, client_with, json, serve};
use super::*;
use crate::core::ids::{CustomJobName, ExecutionName, RunJob, Scope};
use crate::gcp::{
    AnswerError, Endpoints, ErrorKind, GcpConfig, Http, ListEntries, Overrides, StartError, TransportKind,
};

const RUNNING: &str = r#"{"name":"projects/p/locations/l/jobs/j/executions/j-1","conditions":[]}"#;

const UNAUTHENTICATED: &str = r#"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"expired: t0"}}"#;

fn scope() -> Scope {
    Scope {
        project: "p".to_owned(),
        region: "us-east1".to_owned(),
    }
}

fn job() -> RunJob {
    RunJob {
        scope: scope(),
        job: "train".to_owned(),
    }
}

fn execution() -> ExecutionName {
    ExecutionName::parse("projects/p/locations/us-east1/jobs/train/executions/train-1").unwrap()
}

/// One `executions.get` against a server that does `reply`.
async fn get(reply: impl Fn() -> Reply) -> Result<String, ApiError> {
    let ask = async |base: String| client(&base).get_execution(&execution()).await;
    serve(|_| reply(), ask).await.map(|view| view.name.to_string())
}

#[tokio::test(start_paused = true)]
async fn requests_look_as_the_api_wants_them() {
    let seen = RefCell::new(Vec::<Seen>::new());
    let note = |request: &Seen| {
        seen.borrow_mut().push(request.clone());
        json(
            200,
            &format!(r#"{{"name":"projects/p/locations/l/operations/1","metadata":{RUNNING}}}"#),
        )
    };
    let ask = async |base: String| {
        let gcp = client(&base);
        let overrides = Overrides {
            args: None,
            env: vec![("LIFTOFF_LAUNCH_ID".to_owned(), "a".to_owned())],
        };
        gcp.run_job(&job(), &overrides, Some("\"e\"")).await.unwrap();
        let filter = r#"labels.a="b c""#;
        gcp.custom_jobs_page(&scope(), filter, Some("t"), "name,state", &|_| false)
            .await
            .unwrap();
        let name = CustomJobName::parse("projects/1/locations/us-east1/customJobs/7").unwrap();
        gcp.cancel_custom_job(&name).await.unwrap();
        let entries = ListEntries {
            project: "p".to_owned(),
            filter: "severity>=ERROR".to_owned(),
            newest_first: true,
            page_size: 5000,
            page_token: Some("t".to_owned()),
        };
        gcp.list_entries(&entries).await.unwrap();
        gcp.requests()
    };
    let requests = serve(note, ask).await;
    assert_eq!((requests.run, requests.logging, requests.vertex), (1, 1, 2));
    let seen = seen.into_inner();
    let lines: Vec<&str> = seen.iter().map(|seen| seen.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "POST /v2/projects/p/locations/us-east1/jobs/train:run",
            "GET /v1/projects/p/locations/us-east1/customJobs?pageSize=100&filter=labels.a%3D%22b+c%22&readMask=name%2Cstate&pageToken=t",
            "POST /v1/projects/1/locations/us-east1/customJobs/7:cancel",
            "POST /v2/entries:list?fields=entries%28logName%2Ctimestamp%2CreceiveTimestamp%2Cseverity%2CinsertId%2Clabels%2CtextPayload%2CjsonPayload%2CprotoPayload%29%2CnextPageToken",
        ]
    );
    let wanted = r#"{"etag":"\"e\"","overrides":{"containerOverrides":[{"env":[{"name":"LIFTOFF_LAUNCH_ID","value":"a"}]}]}}"#;
    assert_eq!(seen[0].body, wanted);
    let wanted = r#"{"filter":"severity>=ERROR","orderBy":"timestamp desc","pageSize":1000,"pageToken":"t","resourceNames":["projects/p"]}"#;
    assert_eq!(seen[3].body, wanted);
    for header in [
        "authorization: Bearer t0",
        "x-goog-user-project: quota-p",
        "user-agent: liftoff/test",
    ] {
        assert!(seen.iter().all(|seen| seen.head.contains(header)), "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_and_the_call_repeated_once() {
    let source = Rc::new(Counting::default());
    let refuse_first = |seen: &Seen| {
        let refused = seen.head.contains("Bearer t0");
        if refused {
            json(401, UNAUTHENTICATED)
        } else {
            json(200, RUNNING)
        }
    };
    let ask = async |base: String| {
        let gcp = client_with(&base, source.clone());
        gcp.get_execution(&execution()).await.unwrap();
        gcp.requests().run
    };
    assert_eq!(serve(refuse_first, ask).await, 2);
    assert_eq!(*source.refreshes.borrow(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_401_is_an_error_and_not_a_loop() {
    let source = Rc::new(Counting::default());
    let ask = async |base: String| {
        let gcp = client_with(&base, source.clone());
        (
            gcp.get_execution(&execution()).await.unwrap_err(),
            gcp.requests().run,
        )
    };
    let (error, requests) = serve(|_| json(401, UNAUTHENTICATED), ask).await;
    assert_eq!((error.kind(), requests), (ErrorKind::Auth, 2));
    let fixed = get(|| json(401, UNAUTHENTICATED)).await.unwrap_err();
    assert_eq!(*fixed.fault, Fault::Auth(AuthError::StaticRefused));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_the_token_does_not_get_it_printed() {
    let body = r#"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"bad header Bearer t0"}}"#;
    let text = get(|| json(400, body)).await.unwrap_err().to_string();
    assert!(text.contains("bad header Bearer [redacted]"), "{text}");
}

fn big() -> Reply {
    let mut bytes = b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n".to_vec();
    bytes.resize((64 << 20) + 1000, b' ');
    Reply::Bytes(bytes)
}

#[tokio::test(start_paused = true)]
async fn broken_answers_are_transient_and_say_how() {
    let html = || answer(200, "content-type: text/html\r\n", "<html>Sign in</html>");
    let portal = || answer(503, "", "  <!doctype html>");
    let short = || b"HTTP/1.1 200 X\r\ncontent-length: 500\r\n\r\n{\"name\":".to_vec();
    let gzip = || {
        answer(
            200,
            "content-type: application/json\r\ncontent-encoding: gzip\r\n",
            "no gzip",
        )
    };
    let moved = || answer(302, "location: https://login.example/x?y\r\n", "");
    let elsewhere = AnswerError::Redirect {
        status: 302,
        to: "login.example".to_owned(),
    };
    let cases: [(&dyn Fn() -> Reply, AnswerError); 9] = [
        (&|| Reply::Bytes(html()), AnswerError::Html { status: 200 }),
        (&|| Reply::Bytes(portal()), AnswerError::Html { status: 503 }),
        (&|| Reply::Bytes(short()), AnswerError::Truncated),
        (&|| Reply::Bytes(gzip()), AnswerError::Truncated),
        (&|| json(200, r#"{"name":"projects/p"#), AnswerError::Truncated),
        (&|| json(200, "{}"), AnswerError::Missing("name")),
        (&|| json(200, "[]"), AnswerError::NoObject),
        (&|| Reply::Bytes(moved()), elsewhere),
        (&big, AnswerError::TooLarge { limit_mib: 64 }),
    ];
    for (reply, wanted) in cases {
        let error = get(reply).await.unwrap_err();
        assert_eq!(*error.fault, Fault::Answer(wanted));
        assert!(error.is_retryable());
    }
}

#[tokio::test(start_paused = true)]
async fn silence_and_dripping_end_at_the_deadline() {
    let drip = || Reply::Drip(answer(200, "", RUNNING));
    let cases: [&dyn Fn() -> Reply; 2] = [&|| Reply::Hang, &drip];
    for reply in cases {
        let start = Instant::now();
        let error = get(reply).await.unwrap_err();
        assert!(
            matches!(&*error.fault, Fault::Transport(lost) if lost.kind == TransportKind::Timeout),
            "{error}"
        );
        assert_eq!(start.elapsed().as_secs(), 20);
    }
}

#[tokio::test(start_paused = true)]
async fn a_held_operation_may_take_longer_than_a_call() {
    let body = r#"{"name":"projects/p/locations/l/operations/1","done":true}"#;
    let late = |_: &Seen| Reply::Late(Duration::from_secs(70), answer(200, "", body));
    let ask = async |base: String| {
        let name = "projects/p/locations/l/operations/1";
        client(&base).wait_operation(name, Duration::from_mins(1)).await
    };
    assert!(serve(late, ask).await.unwrap().done);
}

/// How `jobs.run` ends against a server that does `reply`.
async fn start(reply: &dyn Fn() -> Reply) -> StartError {
    let ask = async |base: String| client(&base).run_job(&job(), &Overrides::default(), None).await;
    serve(|_| reply(), ask).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_start_without_a_whole_answer_is_ambiguous() {
    let unnamed = || json(200, r#"{"name":"projects/p/locations/l/operations/1"}"#);
    let html = || Reply::Bytes(answer(502, "content-type: text/html\r\n", "<html>"));
    let cut = || Reply::Bytes(Vec::new());
    let cases: [&dyn Fn() -> Reply; 5] = [&cut, &|| Reply::Hang, &unnamed, &html, &|| json(200, "{\"na")];
    for reply in cases {
        let error = start(reply).await;
        assert!(matches!(error, StartError::Ambiguous(_)), "{error}");
    }
    let refused = start(&|| json(503, "")).await;
    assert!(matches!(refused, StartError::Refused(_)), "{refused}");
    let unsigned = start(&|| json(401, UNAUTHENTICATED)).await;
    assert!(matches!(unsigned, StartError::NotSent(_)), "{unsigned}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_found_no_server_was_not_sent() {
    // Taken and given back: nobody listens there.
    let base = serve(|_| Reply::Hang, async |base: String| base).await;
    let error = client(&base)
        .run_job(&job(), &Overrides::default(), None)
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::NotSent(_)), "{error}");
    assert!(
        error.to_string().contains("no connection: Connection refused"),
        "{error}"
    );
}

/// How `jobs.run` over https ends where the other side says `hello` to the handshake, and then nothing.
async fn start_over_tls(hello: &[u8]) -> StartError {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut endpoints = Endpoints::google();
    let base = format!("https://{}", listener.local_addr().unwrap());
    endpoints.set(crate::gcp::Api::Run, &base, true).unwrap();
    let gcp = Gcp::new(GcpConfig {
        http: Http::new("liftoff/test").unwrap(),
        endpoints,
        token: Rc::new(Counting::default()),
        quota_project: None,
        clock: crate::clock::Clock::system(),
    });
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, hello).await;
        std::future::pending::<()>().await;
    };
    let (job, overrides) = (job(), Overrides::default());
    tokio::select! {
        started = gcp.run_job(&job, &overrides, None) => started.unwrap_err(),
        () = server => unreachable!("the server never ends"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_handshake_is_permanent_and_never_repeated_without_tls() {
    let error = start_over_tls(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let StartError::NotSent(error) = error else {
        panic!("{error}")
    };
    assert!(
        matches!(&*error.fault, Fault::Transport(lost) if lost.kind == TransportKind::Tls),
        "{error}"
    );
    assert_eq!(error.kind(), ErrorKind::Permanent);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_hung_in_the_handshake_was_not_sent() {
    let begun = Instant::now();
    let error = start_over_tls(b"").await;
    let StartError::NotSent(error) = error else {
        panic!("{error}")
    };
    assert!(
        matches!(&*error.fault, Fault::Transport(lost) if lost.kind == TransportKind::Connect),
        "{error}"
    );
    assert!(error.is_retryable());
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_servers_clock_is_learned_from_its_answers() {
    let date = "content-type: application/json\r\ndate: Mon, 23 Nov 2026 10:05:00 GMT\r\n";
    let ask = async |base: String| {
        let gcp = client(&base);
        assert_eq!(gcp.server_offset(), None);
        gcp.get_execution(&execution()).await.unwrap();
        gcp.server_offset().unwrap()
    };
    let offset = serve(|_| Reply::Bytes(answer(200, date, RUNNING)), ask).await;
    assert!((offset.as_secs_f64() - 300.5).abs() < 0.2, "{offset:?}");
}

#[tokio::test(start_paused = true)]
async fn a_list_is_read_until_it_is_enough_and_not_for_ever() {
    let page = |_: &Seen| {
        json(
            200,
            &format!(r#"{{"executions":[{RUNNING},{RUNNING}],"nextPageToken":"more"}}"#),
        )
    };
    let ask = async |base: String| {
        let gcp = client(&base);
        let mut seen = 0;
        let third = |_: &_| {
            seen += 1;
            seen == 3
        };
        let some = gcp.list_executions(&job(), third).await.unwrap();
        (
            some.executions.len(),
            gcp.list_executions(&job(), |_| false).await.unwrap_err(),
        )
    };
    let (some, error) = serve(page, ask).await;
    assert_eq!(some, 3);
    assert!(
        matches!(&*error.fault, Fault::Answer(AnswerError::Endless { .. })),
        "{error}"
    );
}

/// A server of HTTP/2 that has one request of a connection at a time, never answers a wait, and answers all else.
async fn one_at_a_time(stream: tokio::net::TcpStream, waiting: Rc<Notify>) {
    let mut server = h2::server::Builder::new();
    let mut connection = server.max_concurrent_streams(1).handshake(stream).await.unwrap();
    let mut held = Vec::new();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        if request.uri().path().ends_with(":wait") {
            held.push(respond);
            waiting.notify_one();
            continue;
        }
        let json = http::Response::builder().header("content-type", "application/json");
        let mut body = respond.send_response(json.body(()).unwrap(), false).unwrap();
        body.send_data(bytes::Bytes::from(RUNNING), true).unwrap();
    }
}

#[tokio::test]
async fn a_wait_that_is_held_keeps_no_other_request_waiting() {
    let local = tokio::task::LocalSet::new();
    let ask = async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let waiting = Rc::new(Notify::new());
        let told = Rc::clone(&waiting);
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn_local(one_at_a_time(stream, Rc::clone(&told)));
            }
        });
        let gcp = Gcp::new(GcpConfig {
            http: Http::over_http2("liftoff/test").unwrap(),
            endpoints: Endpoints::all_at(&base).unwrap(),
            token: Rc::new(StaticToken::new("t0")),
            quota_project: None,
            clock: crate::clock::Clock::system(),
        });
        let other = gcp.clone();
        let hold = Duration::from_secs(30);
        tokio::task::spawn_local(async move { other.wait_operation("projects/p/operations/o", hold).await });
        waiting.notified().await;
        let name = execution();
        let read = gcp.get_execution(&name);
        tokio::time::timeout(Duration::from_secs(10), read)
            .await
            .unwrap()
            .unwrap();
    };
    local.run_until(ask).await;
}
