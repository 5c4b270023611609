//! The language as a whole, rule by rule.

use proptest::prelude::*;
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

/// Each filter must be refused at the place that a `^` marks.
#[track_caller]
fn refused(marked: &[&str]) {
    for marked in marked {
        let at = marked.find('^').expect("a mark");
        let filter = marked.replacen('^', "", 1);
        match Filter::parse(&filter) {
            Ok(_) => panic!("{filter} was accepted"),
            Err(error) => assert_eq!(error.at, at, "{filter}: {error}"),
        }
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
fn times_compare_as_instants() {
    check(
        &line(),
        &[
            ("timestamp=\"2026-06-09T07:43:24.950000000Z\"", true),
            ("timestamp=\"2026-06-09T09:43:24.95+02:00\"", true),
            ("timestamp>\"2026-06-09T07:43:24.949999999Z\"", true),
            ("timestamp<\"2026-06-09T07:43:24.95Z\"", false),
            ("timestamp<=\"2026-06-09T07:43:24.95Z\"", true),
            ("timestamp>=2026-06-09", true),
            ("timestamp>=\"2026-06-10\"", false),
            ("receiveTimestamp>=\"2026-06-09T07:43:24.956010339Z\"", false),
        ],
    );
    check(
        &json!({}),
        &[("timestamp<\"1970-01-02\"", true), ("timestamp:*", false)],
    );
    check(
        &json!({"timestamp": "garbage"}),
        &[
            ("timestamp>=\"1970-01-01\"", false),
            ("timestamp!=\"1970-01-01\"", false),
        ],
    );
}

#[test]
fn severities_compare_by_number_and_default_when_absent() {
    check(
        &record(),
        &[
            ("severity>=WARNING", true),
            ("severity>=ERROR", false),
            ("severity<error", true),
            ("severity>DEFAULT", true),
            ("severity=400", true),
            ("severity=(INFO OR WARNING)", true),
            ("severity!=(INFO)", true),
            ("severity:WARNING", true),
            ("severity=~\"^WARN\"", true),
        ],
    );
    check(
        &line(),
        &[
            ("severity=DEFAULT", true),
            ("severity>=DEFAULT", true),
            ("severity>=DEBUG", false),
            ("severity:*", false),
        ],
    );
    check(
        &json!({"severity": 500}),
        &[("severity=ERROR", true), ("severity>ERROR", false)],
    );
}

#[test]
fn missing_labels_and_payload_fields_fail_every_comparison() {
    check(
        &line(),
        &[
            ("labels.gone=\"x\"", false),
            ("labels.gone!=\"x\"", false),
            ("labels.gone!~\"x\"", false),
            ("labels.gone<\"x\"", false),
            ("labels.gone:\"\"", false),
            ("NOT labels.gone=\"x\"", true),
            ("-labels.gone!=\"x\"", true),
            ("jsonPayload.message!=\"x\"", false),
            ("NOT jsonPayload.message=\"x\"", true),
            ("resource.labels.gone!=\"x\"", false),
        ],
    );
}

#[test]
fn missing_fields_of_the_entry_compare_as_their_default() {
    check(
        &line(),
        &[
            ("trace=\"\"", true),
            ("trace!=\"x\"", true),
            ("trace!~\"x\"", true),
            ("trace:\"x\"", false),
            ("httpRequest.status=0", true),
            ("httpRequest.status<400", true),
            ("httpRequest.latency<\"1s\"", true),
            ("traceSampled=false", true),
            ("operation.first!=true", true),
            ("trace:*", false),
            ("httpRequest:*", false),
            ("textPayload:*", true),
        ],
    );
    check(
        &record(),
        &[("textPayload!=\"x\"", true), ("NOT textPayload:robot", true)],
    );
}

#[test]
fn text_compares_without_regard_to_case() {
    check(
        &line(),
        &[
            ("textPayload=\"WANDB: starting LAUNCH agent\"", true),
            ("textPayload!=\"WANDB: starting LAUNCH agent\"", false),
            ("textPayload:\"LAUNCH AGENT\"", true),
            ("textPayload:\"\"", true),
            ("textPayload:robot", false),
            ("resource.labels.job_name>\"TRAIL\"", true),
            ("resource.labels.job_name<\"TRAIL\"", false),
            ("TEXT_PAYLOAD:launch", true),
            ("resource.labels.JOB_NAME=train", false),
        ],
    );
}

#[test]
fn regular_expressions_are_unanchored_and_mind_case() {
    check(
        &line(),
        &[
            ("textPayload=~\"launch\"", true),
            ("textPayload=~\"LAUNCH\"", false),
            ("textPayload=~\"(?i)LAUNCH\"", true),
            ("textPayload=~\"^launch\"", false),
            ("textPayload=~\"^wandb:\\s+\\w+\"", true),
            ("textPayload!~\"launch\"", false),
            ("textPayload!~\"robot\"", true),
            ("textPayload=~(\"robot\" OR \"agent$\")", true),
            ("logName=~\"%2Fstd(out|err)$\"", true),
        ],
    );
    check(
        &record(),
        &[
            ("jsonPayload.step=~\"120\"", false),
            ("jsonPayload.text_number=~\"^\\d+$\"", true),
        ],
    );
}

#[test]
fn payload_values_compare_by_the_type_that_the_entry_has() {
    check(
        &record(),
        &[
            ("jsonPayload.step=120", true),
            ("jsonPayload.step=\"1.2e2\"", true),
            ("jsonPayload.step>99", true),
            ("jsonPayload.step:12", false),
            ("jsonPayload.step!=\"many\"", false),
            ("jsonPayload.ratio=-0.5", true),
            ("jsonPayload.ratio<-0.25", true),
            ("jsonPayload.text_number>99", false),
            ("jsonPayload.done=FALSE", true),
            ("jsonPayload.done!=true", true),
            ("jsonPayload.done=0", false),
            ("jsonPayload.nothing=NULL_VALUE", true),
            ("jsonPayload.nothing!=\"x\"", false),
            ("jsonPayload.nothing:*", true),
            ("jsonPayload.\"a.b\".\"c/d\"=deep", true),
            ("jsonPayload.a.b:*", false),
            ("httpRequest.status>=500", true),
            ("httpRequest.latency>\"1200ms\"", true),
            ("httpRequest.requestSize=2048", true),
            ("sourceLocation.line=77", true),
            ("operation.first=True", true),
            ("split.index=1 AND split.totalSplits=3", true),
        ],
    );
}

#[test]
fn an_array_passes_when_one_element_does() {
    check(
        &record(),
        &[
            ("jsonPayload.tags=green", true),
            ("jsonPayload.tags!=green", true),
            ("NOT jsonPayload.tags=green", false),
            ("jsonPayload.tags=blue", false),
            ("jsonPayload.workers.name=worker", true),
            ("jsonPayload.workers.codes>100", true),
            ("jsonPayload.workers.codes>137", false),
            ("jsonPayload.empty:*", false),
            ("jsonPayload.empty!=x", false),
            ("jsonPayload.tags:*", true),
        ],
    );
}

#[test]
fn an_object_is_searched_as_a_whole() {
    check(
        &record(),
        &[
            ("jsonPayload:NAN", true),
            ("jsonPayload:robot", false),
            ("jsonPayload.workers:chief", true),
            ("jsonPayload.workers=chief", false),
            ("jsonPayload:*", true),
            ("protoPayload:*", false),
            ("labels:train", false),
            ("operation:op", true),
        ],
    );
    check(&line(), &[("labels:b6n8h", true), ("resource:west", true)]);
}

#[test]
fn bare_text_searches_every_field() {
    check(
        &line(),
        &[
            ("agent", true),
            ("\"LAUNCH agent\"", true),
            ("b6n8h", true),
            ("cloud_run_job", true),
            ("robot", false),
            ("-robot", true),
            ("\"starting\" \"agent\"", true),
            ("\"starting\" \"robot\"", false),
            ("run.googleapis.com", true),
            ("2026", false),
        ],
    );
    check(
        &record(),
        &[
            ("120", true),
            ("warning", true),
            ("warn", false),
            ("\"op\"", true),
            ("NULL_VALUE", true),
        ],
    );
    check(
        &record(),
        &[
            ("(\"chief\" OR \"robot\")", true),
            ("red AND (blue OR nan)", true),
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

#[test]
fn what_is_not_a_filter_is_refused_where_it_goes_wrong() {
    refused(&[
        "^job_name=\"train\"",
        "severity>=INFO AND ^resource.zone=\"a\"",
        "^textPayload.message=x",
        "^jsonPayload..a=x",
        "^\"labels\".a=x",
        "insertId = abc^:def",
        "insertId = (abc^:def)",
        "insertId = ^a.\"b\"",
        "severity=^LOUD",
        "timestamp>=^\"yesterday\"",
        "httpRequest.status=^many",
        "traceSampled=^1",
        "httpRequest.latency>^3",
        "labels=^\"x\"",
        "timestamp=~^\"2026\"",
        "textPayload=~^\"(\"",
        "textPayload=^",
        "textPayload=^AND",
        "^=x",
        "a AND^",
        "a OR^",
        "^AND a",
        "NOT^",
        "NOT ^NOT a",
        "a OR ^OR b",
        "(a^",
        "a^)",
        "(^)",
        "textPayload=(^)",
        "textPayload=(\"a\" OR^",
        "^log_id(\"x\")",
        "sample(insertId^, 0.1)",
        "^\"open",
        "a =^= b",
        "a ^! b",
        "é ^; b",
    ]);
}

#[test]
fn a_space_before_parentheses_is_no_call() {
    check(&line(), &[("agent (launch)", true)]);
}

#[test]
fn hostile_filters_are_refused_and_not_obeyed() {
    for filter in [
        "(".repeat(20_000),
        format!("{}a{}", "(".repeat(1_000), ")".repeat(1_000)),
        "textPayload=(".repeat(1_500),
        "textPayload=~\"((\\\\pL{100}){100}){100}\"".to_owned(),
        "trace=~\"a\" ".repeat(1_000),
    ] {
        assert!(Filter::parse(&filter).is_err(), "{}", &filter[..40]);
    }
    let nested = format!("{}agent{}", "(".repeat(64), ")".repeat(64));
    let long = vec!["agent"; 2_000].join(" OR ");
    check(&line(), &[(&nested, true), (&long, true)]);
}

/// Filters made of the pieces of the language, to reach deeper than random characters do.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "AND",
        "OR",
        "NOT",
        "-",
        "--",
        "(",
        ")",
        "=",
        "!=",
        ">",
        ">=",
        "<",
        "<=",
        ":",
        "=~",
        "!~",
        "*",
        "severity",
        "ERROR",
        "timestamp",
        "2026-06-09",
        "labels",
        ".",
        "\"",
        "\"a\"",
        "\\",
        "\n",
        " ",
        "jsonPayload",
        "tags",
        "é",
        "\\u00e9",
        "{9999}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_filter_makes_it_panic(filter in prop_oneof![any::<String>(), "\\PC*", pieces()]) {
        match Filter::parse(&filter) {
            Ok(parsed) => { parsed.matches(&line()); parsed.matches(&record()); }
            Err(error) => prop_assert!(filter.is_char_boundary(error.at), "{}", error),
        }
    }

    #[test]
    fn not_is_the_opposite(filter in pieces()) {
        if let Ok(parsed) = Filter::parse(&filter) && !filter.trim().is_empty() && !filter.contains("--") {
            let opposite = Filter::parse(&format!("NOT ({filter})")).unwrap();
            prop_assert_ne!(parsed.matches(&record()), opposite.matches(&record()));
        }
    }

    #[test]
    fn any_text_is_found_again_when_it_is_quoted(text in any::<String>()) {
        let written = text.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = Filter::parse(&format!("textPayload=\"{written}\" AND textPayload:\"{written}\"")).unwrap();
        let entry = json!({"textPayload": text});
        prop_assert!(filter.matches(&entry));
    }
}
