//! `google.cloud.run.v2.Task`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{RpcStatus, duration, execution::Condition, is_default};
use crate::emulator::{
    status::Code,
    timeline::{Exit, Run},
};

/// One task of an execution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task {
    name: String,
    generation: &'static str,
    job: String,
    execution: String,
    create_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_time: Option<Timestamp>,
    update_time: Timestamp,
    max_retries: u32,
    timeout: String,
    #[serde(skip_serializing_if = "is_default")]
    reconciling: bool,
    conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "is_default")]
    index: u32,
    #[serde(skip_serializing_if = "is_default")]
    retried: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt_result: Option<AttemptResult>,
    containers: Value,
}

/// `google.cloud.run.v2.TaskAttemptResult`: at most one of exit code and signal.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptResult {
    status: RpcStatus,
    #[serde(skip_serializing_if = "is_default")]
    exit_code: i32,
    #[serde(skip_serializing_if = "is_default")]
    term_signal: i32,
}

/// The name of task `index`: `{execution}/tasks/{short}-task{index}`.
pub(crate) fn name(run: &Run, index: u32) -> String {
    format!(
        "{}/tasks/{}-task{index}",
        run.names.execution_path(),
        run.names.execution
    )
}

/// What `tasks.get` shows at `now`.
pub(crate) fn task(run: &Run, index: u32, now: Timestamp) -> Task {
    let course = &run.course;
    let begun = course.begun(index, now);
    let ended = course.over_at(index, now);
    let state = match (ended, begun.last().and_then(|last| last.exit.as_ref())) {
        (None, _) => "CONDITION_RECONCILING",
        (Some(_), Some((_, exit))) if exit.is_success() => "CONDITION_SUCCEEDED",
        (Some(_), _) => "CONDITION_FAILED",
    };
    let over = begun
        .iter()
        .rev()
        .filter_map(|attempt| attempt.exit.as_ref())
        .find(|(at, _)| *at <= now);
    Task {
        name: name(run, index),
        generation: "1",
        job: run.names.job.clone(),
        execution: run.names.execution.clone(),
        create_time: course.created,
        scheduled_time: Some(course.provisioned).filter(|at| *at <= now),
        start_time: begun.first().map(|first| first.start),
        completion_time: ended,
        update_time: course.updated_at(now),
        max_retries: run.template.max_retries,
        timeout: duration(run.template.timeout),
        reconciling: ended.is_none(),
        conditions: vec![Condition::new("Completed", state, Some(course.updated_at(now)))],
        index,
        retried: begun.len().saturating_sub(1),
        last_attempt_result: over.map(|(_, exit)| result(exit)),
        containers: run.template.task["containers"].clone(),
    }
}

fn result(exit: &Exit) -> AttemptResult {
    let status = match (&exit.message, exit.is_success()) {
        (_, true) => RpcStatus {
            code: 0,
            message: String::new(),
        },
        (Some(message), _) => RpcStatus {
            code: Code::ResourceExhausted.number(),
            message: message.clone(),
        },
        (None, _) => RpcStatus {
            code: Code::Unknown.number(),
            message: "The container exited with an error.".to_owned(),
        },
    };
    AttemptResult {
        status,
        exit_code: exit.code.unwrap_or(0),
        term_signal: exit.signal.unwrap_or(0),
    }
}
