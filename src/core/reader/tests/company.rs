//! What the lines before and after one make of it.

use super::{CRASH, judged};
use crate::core::finding::Label;

/// The label of a text's lines.
fn label(text: &str) -> Label {
    super::label(&text.lines().collect::<Vec<_>>())
}

const HEADING: &str = "ERROR: (gcloud.compute.instances.create) Could not fetch resource:";

#[test]
fn the_items_under_a_heading_say_what_failed() {
    let said = |item: &str| judged(&[HEADING, item]);
    for (item, label, category) in [
        (
            " - Constraint constraints/compute.vmExternalIpAccess violated for project 1.",
            Label::Fatal,
            "org-policy",
        ),
        (
            " - The zone 'projects/p/zones/us-central1-c' does not have enough resources available to fulfill the request.",
            Label::Transient,
            "stockout",
        ),
        (" - Something nobody foresaw.", Label::Fatal, "invalid-argument"),
    ] {
        assert_eq!(said(item), (label, Some(category.to_owned())), "{item}");
    }
    assert_eq!(
        judged(&[HEADING, "Created."]).0,
        Label::Benign,
        "nothing is listed"
    );
}

#[test]
fn a_listed_error_that_a_script_lets_go_by_ends_nothing() {
    let asked = "+ gcloud compute instances describe builder";
    let item = " - The resource 'projects/p/zones/z/instances/builder' was not found";
    assert_eq!(judged(&[asked, HEADING, item]).0, Label::Fatal);
    assert_eq!(
        judged(&[asked, HEADING, item, "+ gcloud compute instances create builder"]).0,
        Label::Benign
    );
}

#[test]
fn a_traceback_after_a_message_that_is_complete_was_not_announced() {
    let warned = "WARNING:google.auth.compute_engine._metadata:Compute Engine Metadata server unavailable on attempt 3 of 3. Reason: timed out";
    assert_eq!(label(&format!("{warned}\n{CRASH}")), Label::Fatal);
    let announced = "WARNING:launcher:cannot do it";
    assert_eq!(label(&format!("{announced}\n{CRASH}")), Label::Benign);
}

#[test]
fn a_traceback_that_is_an_error_of_its_own_needs_no_announcement() {
    let calm = r#"{"severity":"INFO","message":"submitting"}"#;
    let with = |severity: &str| {
        let traced = r#""message":"Traceback (most recent call last):\n  File \"a.py\", line 1, in run\n    f()\nValueError: no"}"#;
        judged(&[calm, &format!(r#"{{"severity":"{severity}",{traced}"#)]).0
    };
    assert_eq!(with("ERROR"), Label::Fatal);
    assert_eq!(with("INFO"), Label::Benign);
}

#[test]
fn the_last_traceback_of_a_chain_tells_whether_it_was_caught() {
    let chain = |last: &str| {
        format!(
            "2026-11-16 05:02:36,410 INFO listing failed\nTraceback (most recent call last):\n  File \"r.py\", line 1, in retry\n    f()\nValueError: no\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"a.py\", line 2, in {last}\n    g()\nRuntimeError: gave up"
        )
    };
    assert_eq!(label(&chain("<module>")), Label::Fatal);
    assert_eq!(label(&chain("listed")), Label::Benign);
}

#[test]
fn a_json_line_amid_a_traceback_is_no_part_of_it() {
    let caught = "2026-11-16 05:02:36,410 WARNING cache: rebuilding\nTraceback (most recent call last):\n  File \"c.py\", line 1, in load\n    f()\n{\"severity\":\"INFO\",\"message\":\"heartbeat ok\"}\n  File \"j.py\", line 2, in g\n    h()\nValueError: no";
    assert_eq!(label(caught), Label::Benign);
}

#[test]
fn what_a_structured_line_says_is_read_behind_the_marks_of_collectors() {
    for marked in [
        "Step #0: time=\"2026-01-01T00:00:00Z\" level=error msg=\"error building image: no\"",
        "#10 1.23 time=\"2026-01-01T00:00:00Z\" level=fatal msg=\"error building image: no\"",
        "agent-1  | {\"severity\":\"ERROR\",\"message\":\"error building image: no\"}",
    ] {
        assert_eq!(
            judged(&[marked]),
            (Label::Fatal, Some("build-failed".to_owned())),
            "{marked}"
        );
    }
    let warned = "[launcher] time=\"2026-01-01T00:00:00Z\" level=warning msg=\"error building image: no\"";
    assert_eq!(judged(&[warned]).0, Label::Benign, "the program goes on");
}
