//! What compares with what, and how.

use super::*;

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
fn alternatives_of_a_field_hold_where_one_of_them_does() {
    const FIELDS: [&str; 12] = [
        "jsonPayload.message",
        "jsonPayload.step",
        "jsonPayload.done",
        "jsonPayload.nothing",
        "jsonPayload.text_number",
        "jsonPayload.tags",
        "jsonPayload.workers.name",
        "jsonPayload.empty",
        "jsonPayload.missing",
        "jsonPayload",
        "labels.a",
        "textPayload",
    ];
    const VALUES: [&str; 10] = [
        "chief",
        "120",
        "false",
        "green",
        "\"\"",
        "NaN",
        "is",
        "NULL_VALUE",
        "\"Loss is NaN\"",
        "137",
    ];
    let holds = |filter: &str| Filter::parse(filter).map(|filter| filter.matches(&record()));
    for field in FIELDS {
        for op in ["=", ":", "!="] {
            for (number, one) in VALUES.iter().enumerate() {
                let other = VALUES[(number + 3) % VALUES.len()];
                let alone = [one, other].map(|value| holds(&format!("{field}{op}{value}")));
                let together = holds(&format!("{field}{op}({one} OR {other})"));
                let [Ok(first), Ok(second)] = alone else {
                    assert!(together.is_err(), "{field}{op}({one} OR {other})");
                    continue;
                };
                assert_eq!(together, Ok(first || second), "{field}{op}({one} OR {other})");
            }
        }
    }
}
