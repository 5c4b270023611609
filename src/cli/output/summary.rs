//! The summary: what all launches of a process came to, and how many of which kind.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::cli::failure::Failure;
use crate::core::verdict::{Final, NotStarted, Retry, Started, Summary, exit};
use crate::gcp::Requests;
use crate::supervise::{LaunchEnd, Quota};

/// Of launches that have ended.
pub(super) fn of_launches(ends: &[LaunchEnd], exit_code: u8, counts: Map<String, Value>) -> Summary {
    let failed = ends
        .iter()
        .find(|end| end.verdict.is_none() && end.failure.is_some());
    let launches = ends.iter().filter_map(|end| {
        Some(Final {
            launch: end.launch.clone(),
            name: end.name.clone(),
            elapsed_ms: Some(end.elapsed_ms),
            verdict: end.verdict.clone()?,
        })
    });
    Summary {
        exit_code,
        started: started(ends),
        retry: ends
            .iter()
            .map(LaunchEnd::retry)
            .max_by_key(|retry| rank(*retry))
            .unwrap_or(Retry::Pointless),
        error: failed.and_then(LaunchEnd::error),
        launches: launches.collect(),
        counts,
        not_started: ends.iter().filter_map(not_started).collect(),
    }
}

/// Of a command that starts nothing, well or with a failure.
pub(super) fn of_nothing(failure: Option<&Failure>, counts: Map<String, Value>) -> Summary {
    Summary {
        exit_code: failure.map_or(exit::SUCCESS, |failure| failure.exit_code),
        started: Started::No,
        retry: failure.map_or(Retry::Safe, Failure::retry),
        error: failure.map(|failure| failure.error.clone()),
        launches: Vec::new(),
        not_started: Vec::new(),
        counts,
    }
}

/// Of a command that failed itself.
pub(super) fn of_failure(failure: &Failure) -> Summary {
    Summary {
        exit_code: failure.exit_code,
        started: failure.started,
        retry: failure.retry(),
        error: Some(failure.error.clone()),
        launches: Vec::new(),
        not_started: Vec::new(),
        counts: Map::new(),
    }
}

fn not_started(end: &LaunchEnd) -> Option<NotStarted> {
    let error = end.error().filter(|_| end.verdict.is_none())?;
    Some(NotStarted {
        launch: end.launch.clone(),
        name: end.name.clone(),
        exit_code: end.exit_code(),
        started: end.started,
        error,
    })
}

fn started(ends: &[LaunchEnd]) -> Started {
    let any = |wanted| ends.iter().any(|end| end.started == wanted);
    match (any(Started::Unknown), any(Started::Yes)) {
        (true, _) => Started::Unknown,
        (false, true) => Started::Yes,
        (false, false) => Started::No,
    }
}

fn rank(retry: Retry) -> u8 {
    match retry {
        Retry::Safe => 0,
        Retry::Pointless => 1,
        Retry::Unsafe => 2,
    }
}

/// Launches by their outcomes, and requests by their APIs.
pub(super) fn counts(ends: &[LaunchEnd], requests: Requests) -> Map<String, Value> {
    let mut counts = Map::new();
    counts.insert("launches".into(), json!(ends.len()));
    for end in ends {
        let word = end
            .verdict
            .as_ref()
            .and_then(|verdict| serde_json::to_value(verdict.outcome).ok());
        let detached = || {
            if end.exit_code() == exit::SUCCESS {
                "detached"
            } else {
                "not_started"
            }
        };
        let word = word
            .as_ref()
            .and_then(|word| word.as_str())
            .unwrap_or_else(detached);
        let before = counts.get(word).and_then(Value::as_u64).unwrap_or(0);
        counts.insert(word.to_owned(), json!(before + 1));
    }
    counts.insert("requests_run".into(), json!(requests.run));
    counts.insert("requests_logging".into(), json!(requests.logging));
    counts.insert("requests_vertex".into(), json!(requests.vertex));
    counts
}

/// The same of a batch, of which so many launches were never begun, and which took so long under these quotas.
pub(super) fn counts_of_batch(
    ends: &[LaunchEnd],
    left_out: usize,
    requests: Requests,
    (took, quota): (Duration, Quota),
) -> Map<String, Value> {
    let mut counts = counts(ends, requests);
    counts.insert("left_out".into(), json!(left_out));
    let minutes = (took.as_secs_f64() / 60.0).max(1.0); // within its first minute it used what it used
    for (api, requests, quota) in [
        ("logging", requests.logging, quota.logging),
        ("run", requests.run, quota.run),
        ("vertex", requests.vertex, quota.vertex),
    ] {
        counts.insert(
            format!("a_minute_{api}"),
            json!((requests as f64 / minutes).round()),
        );
        counts.insert(format!("quota_{api}"), json!(quota));
    }
    counts
}
