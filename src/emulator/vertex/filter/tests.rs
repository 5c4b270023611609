//! Filters: what they choose, and what is refused.

use std::time::Duration;

use super::*;
use crate::emulator::{clock::Pace, scenario::JobState, timeline::Walk};

fn job() -> CustomJob {
    let created: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    let states = [
        (Duration::ZERO, JobState::Pending),
        (Duration::from_mins(1), JobState::Running),
    ];
    CustomJob {
        number: "1".into(),
        region: "r".into(),
        id: "7".into(),
        display_name: "train-vision".into(),
        labels: [("wandb-run-id".to_owned(), "ab12cd34".to_owned())].into(),
        spec: serde_json::Value::Null,
        is_created: false,
        visible: created,
        listed: created,
        walk: Walk::new(created, &states, None, &Pace::new(created, 1.0)),
    }
}

#[test]
fn filters_choose_by_name_state_time_and_label() {
    let now: Timestamp = "2026-11-23T10:00:30Z".parse().unwrap();
    for (text, expected) in [
        ("", true),
        ("state=\"JOB_STATE_PENDING\"", true),
        ("state=JOB_STATE_RUNNING", false),
        ("state!=\"JOB_STATE_RUNNING\" AND display_name:\"train*\"", true),
        ("display_name:\"*vision\"", true),
        ("display_name:\"vision\"", false),
        ("NOT display_name=\"train-vision\"", false),
        ("create_time>\"2026-11-23T09:59:59Z\"", true),
        (
            "create_time>=2026-11-23T10:00:00Z AND createTime<2026-11-23T11:00:00+01:00",
            false,
        ),
        ("labels.wandb-run-id=ab12cd34", true),
        ("labels.wandb-run-id:*", true),
        ("labels.other:*", false),
        ("labels.other!=x", false),
        (
            "state=\"JOB_STATE_RUNNING\" OR state=\"JOB_STATE_PENDING\" AND display_name=\"other\"",
            false,
        ),
        (
            "(state=\"JOB_STATE_PENDING\" AND display_name=\"other\") OR labels.wandb-run-id:*",
            true,
        ),
    ] {
        assert_eq!(
            Filter::parse(text).unwrap().matches(&job(), now),
            expected,
            "{text}"
        );
    }
}

#[test]
fn what_google_does_not_filter_by_is_refused() {
    for text in [
        "end_time>\"2026-11-23T10:00:00Z\"",
        "name=\"x\"",
        "state>\"A\"",
        "state=",
        "(state=A",
        "\"state",
        "=",
        "create_time>yesterday",
        "state=A state=B",
        &"NOT ".repeat(1000),
        &"(".repeat(1000),
    ] {
        assert!(Filter::parse(text).is_err(), "{text}");
    }
}
