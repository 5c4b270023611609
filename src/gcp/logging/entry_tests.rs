use super::*;

fn entry(json: &str) -> LogEntry {
    let Object(entry): Object<Option<WireEntry<'_>>> = serde_json::from_str(json).unwrap();
    let entry = entry.unwrap();
    let id = entry.id().unwrap();
    let entry = entry.into_core(id.timestamp, &mut Names::default());
    assert_eq!(entry.key.id(), id);
    entry
}

fn text(payload: &str) -> String {
    entry(&format!(r#"{{"timestamp":"2026-06-09T07:43:24Z",{payload}}}"#)).text
}

#[test]
fn a_line_of_the_container_tells_execution_task_and_attempt() {
    let entry = entry(
        r#"{"logName":"projects/PROJ/logs/run.googleapis.com%2Fstdout",
        "resource":{"type":"cloud_run_job","labels":{"project_id":"PROJ","location":"europe-west1","job_name":"train"}},
        "labels":{"run.googleapis.com/execution_name":"train-b6n8h","run.googleapis.com/task_index":"2",
           "run.googleapis.com/task_attempt":"1","instanceId":"002f8ffd"},
        "textPayload":"hello","timestamp":"2026-06-09T07:43:24.343995Z","receiveTimestamp":"2026-06-09T07:43:24.348436391Z",
        "insertId":"6a27c41c00053fbb22c8b08b"}"#,
    );
    assert_eq!(entry.execution.as_deref(), Some("train-b6n8h"));
    assert_eq!((entry.task, entry.attempt), (2, 1));
    assert_eq!(
        (entry.stream, entry.severity),
        (Stream::Stdout, Severity::Default)
    );
    assert_eq!(entry.text, "hello");
    assert_eq!(entry.key.insert_id, "6a27c41c00053fbb22c8b08b");
    assert!(entry.received.unwrap() > entry.timestamp());
}

#[test]
fn logs_are_told_by_their_names() {
    for (name, wanted) in [
        ("projects/p/logs/run.googleapis.com%2Fstderr", Stream::Stderr),
        (
            "projects/p/logs/run.googleapis.com%2Fvarlog%2Fsystem",
            Stream::System,
        ),
        ("projects/p/logs/run.googleapis.com/varlog/system", Stream::System),
        (
            "projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event",
            Stream::Audit,
        ),
        ("projects/p/logs/workerpool0-0", Stream::Other),
        ("", Stream::Other),
    ] {
        assert_eq!(stream(name), wanted, "{name}");
    }
}

#[test]
fn severities_come_as_names_or_numbers_and_unknown_ones_are_the_default() {
    for (given, wanted) in [
        ("ERROR", Severity::Error),
        ("400", Severity::Warning),
        ("800", Severity::Emergency),
        ("", Severity::Default),
        ("FATAL", Severity::Default),
    ] {
        assert_eq!(Severity::parse(given), wanted, "{given}");
    }
}

#[test]
fn every_payload_has_a_text() {
    for (payload, wanted) in [
        (r#""textPayload":"a\nb""#, "a\nb"),
        (r#""jsonPayload":{"message":"m","level":"info"}"#, "m"),
        (r#""jsonPayload":{"msg":"m"}"#, "m"),
        (r#""jsonPayload":{"message":"m","exception":"E: x"}"#, "m\nE: x"),
        (
            r#""jsonPayload":{"message":"failed: E","error":"E"}"#,
            "failed: E",
        ),
        (
            r#""jsonPayload":{"error":{"message":"quota","stack":"at f"}}"#,
            "quota\nat f",
        ),
        (
            r#""jsonPayload":{"message":null,"err":{"code":403}}"#,
            r#"{"code":403}"#,
        ),
        (r#""jsonPayload":{"event":"x","n":1}"#, r#"{"event":"x","n":1}"#),
        (r#""jsonPayload":{}"#, ""),
        (
            r#""protoPayload":{"status":{"message":"Execution e has failed"}}"#,
            "Execution e has failed",
        ),
        (
            r#""protoPayload":{"status":{},"methodName":"/Jobs.RunJob","resourceName":"n"}"#,
            "/Jobs.RunJob n",
        ),
        (r#""protoPayload":null"#, ""),
    ] {
        assert_eq!(text(payload), wanted, "{payload}");
    }
    assert_eq!(text(r#""labels":{"run.googleapis.com/task_index":7}"#), "");
}

#[test]
fn an_entry_without_its_own_time_has_the_time_it_was_received() {
    let late = entry(r#"{"receiveTimestamp":"2026-06-09T07:43:24Z"}"#);
    assert_eq!(late.timestamp(), late.received.unwrap());
    let Object(timeless): Object<Option<WireEntry<'_>>> = serde_json::from_str("{}").unwrap();
    assert_eq!(timeless.unwrap().id(), None);
}

#[test]
fn a_field_of_another_type_costs_only_itself() {
    let odd = r#"{"timestamp":"2026-06-09T07:43:24Z","labels":[1,{"a":2}],"severity":500,"insertId":{"x":[]},
        "textPayload":["a"],"jsonPayload":"text","protoPayload":7,"logName":null,"resource":{"type":[[[]]]}}"#;
    let odd = entry(odd);
    assert_eq!(
        (odd.text.as_str(), odd.execution, odd.severity),
        ("", None, Severity::Error)
    );
    let escaped = entry(
        r#"{"timestamp":"2026-06-09T07:43:24Z","textPayload":"a\u0062\n\"c\"","labels":{"run.googleapis.com/execution_name":"\u0065"}}"#,
    );
    assert_eq!(
        (escaped.text.as_str(), escaped.execution.as_deref()),
        ("ab\n\"c\"", Some("e"))
    );
}
