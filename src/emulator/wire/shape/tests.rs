//! Requests: what is kept of a good one, and in which words a bad one is refused.

use serde_json::json;

use super::*;

static STATE: Enum = Enum {
    name: "x.State",
    names: &[("GOOD", 1)],
};

messages! {
    "x";
    INNER = "Inner" { imageUri: Kind::Text; args: Kind::List(&Kind::Text); }
    OUTER = "Outer" {
        state: Kind::Enum(&STATE);
        replicaCount: Kind::Int64;
        containers: Kind::List(&Kind::Message(&INNER));
        labels: Kind::Labels;
        payload: Kind::Struct;
        typed: Kind::Any;
        uid: Kind::Output(&Kind::Text);
    }
}

#[test]
fn a_request_is_kept_as_an_answer_would_show_it() {
    let sent = json!({"state": 1, "replica_count": 3, "containers": [{"image_uri": "x"}], "uid": "u", "labels": null,
        "payload": {"a_b": [1, {}]}, "typed": {"@type": "type.googleapis.com/x.Y", "z": 1}});
    let kept = json!({"state": "GOOD", "replicaCount": "3", "containers": [{"imageUri": "x"}],
        "payload": {"a_b": [1, {}]}, "typed": {"@type": "type.googleapis.com/x.Y", "z": 1}});
    assert_eq!(tidy(sent, &OUTER, "job").unwrap(), kept);
}

#[test]
fn what_is_wrong_is_refused_in_googles_words_with_its_place() {
    for (sent, field, words) in [
        (
            json!([]),
            "job",
            "Invalid value at 'job' (type.googleapis.com/x.Outer), []",
        ),
        (
            json!({"state": "BAD"}),
            "job.state",
            "Invalid value at 'job.state' (type.googleapis.com/x.State), \"BAD\"",
        ),
        (
            json!({"uid": 5}),
            "job.uid",
            "Invalid value at 'job.uid' (TYPE_STRING), 5",
        ),
        (
            json!({"containers": [{"image": "x"}]}),
            "job.containers[0]",
            "Invalid JSON payload received. Unknown name \"image\" at 'job.containers[0]': Cannot find field.",
        ),
        (
            json!({"containers": [{"imageUri": ["x"]}]}),
            "job.containers[0]",
            "Invalid JSON payload received. Unknown name \"image_uri\" at 'job.containers[0]': Proto field is not repeating, cannot start list.",
        ),
        (
            json!({"replicaCount": {}}),
            "job",
            "Invalid value at 'job' (replica_count), Starting an object on a scalar field",
        ),
        (
            json!({"containers": {}}),
            "job.containers",
            "Invalid value at 'job.containers' (repeated field), a list is due",
        ),
        (
            json!({"containers": [{"args": ["x", 5]}]}),
            "job.containers[0].args[1]",
            "Invalid value at 'job.containers[0].args[1]' (TYPE_STRING), 5",
        ),
        (
            json!({"labels": {"a": "b", "c": 5}}),
            "job.labels[1].value",
            "Invalid value at 'job.labels[1].value' (TYPE_STRING), 5",
        ),
        (
            json!({"labels": []}),
            "job.labels",
            "Invalid value at 'job.labels' (Map), Cannot bind a list to map for field 'labels'.",
        ),
        (
            json!({"payload": 5}),
            "job.payload",
            "Invalid value at 'job.payload' (type.googleapis.com/google.protobuf.Struct), 5",
        ),
        (
            json!({"typed": {}}),
            "job.typed",
            "Invalid value at 'job.typed' (type.googleapis.com/google.protobuf.Any), Missing @type for any field in typed",
        ),
    ] {
        let refusal = tidy(sent, &OUTER, "job").unwrap_err();
        let error = &refusal.body["error"];
        assert_eq!((refusal.http, &error["message"]), (400, &json!(words)));
        assert_eq!(
            error["details"][0]["fieldViolations"],
            json!([{"field": field, "description": words}])
        );
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let refusal = tidy(json!({"x": 1, "state": 7}), &OUTER, "").unwrap_err();
    let violations = &refusal.body["error"]["details"][0]["fieldViolations"];
    let lines: Vec<&str> = refusal.body["error"]["message"]
        .as_str()
        .unwrap()
        .lines()
        .collect();
    assert_eq!(lines.len(), 2);
    assert!(lines.contains(&"Invalid JSON payload received. Unknown name \"x\": Cannot find field."));
    assert!(
        violations
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one.get("field").is_none()),
        "{violations}"
    );
}
