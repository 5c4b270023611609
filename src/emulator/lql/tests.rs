//! The language as a whole, rule by rule.

mod comparisons;
mod refusals;

use serde_json::{Value, json};

use super::Filter;

/// A line that a runner printed, with nothing optional.
fn line() -> Value {
    json!({
        "logName": "projects/p/logs/run.googleapis.com%2Fstdout",
        "resource": {"type": "cloud_run_job", "labels": {"project_id": "p", "location": "europe-west1", "job_name": "train"}},
        "labels": {"run.googleapis.com/execution_name": "train-b6n8h", "run.googleapis.com/task_index": "0"},
        "textPayload": "wandb: Starting launch agent",
        "timestamp": "2026-06-09T07:43:24.95Z",
        "receiveTimestamp": "2026-06-09T07:43:24.956010338Z",
        "insertId": "6a27c41c00053fbb22c8b08b",
    })
}

/// A structured entry with every JSON type in its payload.
fn record() -> Value {
    json!({
        "resource": {"type": "ml_job", "labels": {"job_id": "42"}},
        "severity": "WARNING",
        "timestamp": "2026-06-09T07:43:25Z",
        "jsonPayload": {
            "message": "Loss is NaN",
            "step": 120,
            "ratio": -0.5,
            "done": false,
            "nothing": null,
            "text_number": "120",
            "tags": ["red", "Green"],
            "workers": [{"name": "chief", "codes": [0, 1]}, {"name": "worker", "codes": [137]}],
            "empty": [],
            "a.b": {"c/d": "deep"},
        },
        "httpRequest": {"status": 503, "latency": "1.5s", "requestSize": "2048"},
        "operation": {"id": "op", "first": true},
        "sourceLocation": {"line": "77"},
        "split": {"uid": "u", "index": 1, "totalSplits": 3},
    })
}

#[track_caller]
fn check(entry: &Value, table: &[(&str, bool)]) {
    for (filter, expected) in table {
        let parsed = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(parsed.matches(entry), *expected, "{filter}");
    }
}

#[test]
fn an_empty_filter_matches_everything() {
    check(
        &line(),
        &[("", true), (" \n\t", true), ("-- only a comment", true)],
    );
    assert!(Filter::parse("").unwrap().matches(&json!({})));
}

#[test]
fn not_binds_tightest_then_or_then_and() {
    let (yes, no) = ("severity=DEFAULT", "severity=ERROR");
    for (filter, expected) in [
        (format!("{yes} OR {no} AND {no}"), false),
        (format!("{no} AND {no} OR {yes}"), false),
        (format!("({no} AND {no}) OR {yes}"), true),
        (format!("NOT {no} OR {yes} AND {yes}"), true),
        (format!("NOT {yes} OR {yes}"), true),
        (format!("NOT ({yes} OR {yes})"), false),
        (format!("{yes} {no} OR {yes}"), true),
        (format!("{no} {yes}"), false),
        (format!("{yes}\n{no}"), false),
        (format!("{yes}\n\n{yes}"), true),
        (format!("-{no} -{no}"), true),
        (format!("-({yes})"), false),
        (format!("{yes} -- {no}\nAND {yes}"), true),
        (format!("{yes} AND -- {no}\n{no}"), false),
    ] {
        check(&line(), &[(&filter, expected)]);
    }
}

#[test]
fn boolean_operators_are_upper_case_only() {
    // In lower case they are words to search for, which the entry does not have.
    check(
        &line(),
        &[
            ("agent or launch", false),
            ("agent OR zebra", true),
            ("not zebra", false),
            ("NOT zebra", true),
        ],
    );
}

#[test]
fn the_filters_that_clients_send_match_their_line() {
    check(
        &line(),
        &[
            (
                "resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"train\" AND resource.labels.location=\"europe-west1\"\n  AND labels.\"run.googleapis.com/execution_name\"=\"train-b6n8h\"",
                true,
            ),
            (
                "resource.type = cloud_run_job \nresource.labels.job_name = train \nseverity>=DEFAULT",
                true,
            ),
            (
                "labels.\"run.googleapis.com/execution_name\"=\"train-other\"",
                false,
            ),
            ("labels.run.googleapis.com/execution_name=\"train-b6n8h\"", false),
            ("logName=projects/p/logs/run.googleapis.com%2Fstdout", true),
            (
                "logName=(\"projects/p/logs/a\" OR \"projects/p/logs/run.googleapis.com%2Fstdout\")",
                true,
            ),
            (
                "logName:\"cloudaudit.googleapis.com%2Fsystem_event\" AND protoPayload.methodName=\"/Jobs.RunJob\"",
                false,
            ),
            (
                "((timestamp=\"2026-06-09T07:43:24.95Z\" AND insertId>\"6a27c41c\") OR timestamp>\"2026-06-09T07:43:24.95Z\") AND timestamp<\"2026-06-09T08:00:00Z\"",
                true,
            ),
            ("timestamp>=\"2026-06-09T07:43:24.950000+0000\"", true),
        ],
    );
}

#[test]
fn a_list_of_values_has_the_grammar_of_a_query() {
    check(
        &line(),
        &[
            ("textPayload:(\"launch\" AND \"agent\")", true),
            ("textPayload:(launch robot)", false),
            ("textPayload:(launch -robot)", true),
            ("textPayload:(NOT launch)", false),
            ("textPayload:(robot OR (launch AND (agent)))", true),
            ("textPayload:(robot OR launch AND zebra)", false),
        ],
    );
}
