//! `google.cloud.run.v2.Execution` and the `Job` that it belongs to.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::is_default;
use crate::emulator::{
    clock::between,
    timeline::{End, Run},
};

/// An execution, with the fields that google-cloud-run 0.16.2 knows: Python's operations client refuses others.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Execution {
    name: String,
    uid: String,
    creator: String,
    generation: String,
    create_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_time: Option<Timestamp>,
    update_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_time: Option<Timestamp>,
    launch_stage: &'static str,
    job: String,
    parallelism: u32,
    task_count: u32,
    template: Arc<Value>,
    #[serde(skip_serializing_if = "is_default")]
    reconciling: bool,
    conditions: Vec<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed_generation: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    running_count: u32,
    #[serde(skip_serializing_if = "is_default")]
    succeeded_count: u32,
    #[serde(skip_serializing_if = "is_default")]
    failed_count: u32,
    #[serde(skip_serializing_if = "is_default")]
    cancelled_count: u32,
    #[serde(skip_serializing_if = "is_default")]
    retried_count: u32,
    log_uri: String,
    etag: String,
}

/// `google.cloud.run.v2.Condition`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Condition {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_transition_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) execution_reason: Option<&'static str>,
}

impl Condition {
    /// A condition without message or reason.
    pub(crate) fn new(kind: &'static str, state: &'static str, since: Option<Timestamp>) -> Self {
        let message = String::new();
        Self {
            kind,
            state,
            message,
            last_transition_time: since,
            reason: None,
            execution_reason: None,
        }
    }

    fn saying(self, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..self
        }
    }

    fn because(self, reason: &'static str) -> Self {
        Self {
            execution_reason: Some(reason),
            ..self
        }
    }
}

/// What `executions.get` shows at `now`.
pub(crate) fn execution(run: &Run, now: Timestamp) -> Execution {
    let (course, tasks) = (&run.course, run.template.task_count);
    let ended = course.ended(now);
    Execution {
        name: run.names.execution_path(),
        uid: run.uid.clone(),
        creator: creator(&run.names.project),
        generation: "1".to_owned(),
        create_time: course.created,
        start_time: course.started_at(now),
        completion_time: course.ended_at(now),
        update_time: course.updated_at(now),
        delete_time: run.deleted,
        launch_stage: "GA",
        job: run.names.job.clone(),
        parallelism: run.template.parallelism(),
        task_count: tasks,
        template: Arc::clone(&run.template.task),
        reconciling: ended.is_none(),
        conditions: conditions(run, now),
        observed_generation: (now > course.created).then(|| "1".to_owned()),
        running_count: course.running(now),
        succeeded_count: course.succeeded(now),
        failed_count: course.failed(now),
        cancelled_count: course.cancelled(now),
        retried_count: course.retried(now),
        log_uri: log_uri(run),
        etag: etag(&run.uid, course.updated_at(now)),
    }
}

/// `Completed` comes first while the execution goes well, and last once it has failed: seen so in real answers.
/// Clients that count on a place are wrong either way.
fn conditions(run: &Run, now: Timestamp) -> Vec<Condition> {
    let course = &run.course;
    let completed = completed(run, now);
    if now < course.provisioned && course.ended(now).is_none() {
        return vec![completed];
    }
    let mut others = vec![];
    if course.provisioned <= now && course.cancelled.is_none_or(|at| course.provisioned <= at) {
        let available = Condition::new(
            "ResourcesAvailable",
            "CONDITION_SUCCEEDED",
            Some(course.provisioned),
        );
        others.push(available.saying("Provisioned imported containers."));
    }
    if let Some(at) = course.started_at(now) {
        let took = between(course.created, at).as_secs_f64();
        let started = Condition::new("Started", "CONDITION_SUCCEEDED", Some(at));
        others.push(started.saying(format!("Started deployed execution in {took:.2}s.")));
    }
    others.extend(retry(run, now));
    match course.ended(now) {
        None | Some(End::Succeeded) => others.insert(0, completed),
        Some(_) => others.push(completed),
    }
    others
}

fn completed(run: &Run, now: Timestamp) -> Condition {
    let course = &run.course;
    let task = format!("{}-task0", run.names.execution);
    let since = Some(course.updated_at(now));
    let ended = |state| Condition::new("Completed", state, course.ended_at(now));
    match course.ended(now) {
        Some(End::Succeeded) => {
            let took = course
                .ended_at(now)
                .map_or(0.0, |at| between(course.created, at).as_secs_f64());
            ended("CONDITION_SUCCEEDED").saying(format!("Execution completed successfully in {took:.2}s."))
        }
        Some(End::Failed(exit)) => ended("CONDITION_FAILED")
            .saying(format!("Task {task} {}", exit.failure()))
            .because("NON_ZERO_EXIT_CODE"),
        Some(End::Cancelled) => ended("CONDITION_FAILED")
            .saying("Execution cancelled.")
            .because("CANCELLED"),
        None if course.is_cancelling(now) => {
            Condition::new("Completed", "CONDITION_RECONCILING", course.cancelled)
                .saying("Execution is being cancelled.")
                .because("CANCELLING")
        }
        None if run.is_waiting(now) => {
            Condition::new("Completed", "CONDITION_PENDING", None).because("DELAYED_START_PENDING")
        }
        None if now < course.provisioned => Condition::new("Completed", "CONDITION_PENDING", None),
        None => Condition::new("Completed", "CONDITION_RECONCILING", since),
    }
}

/// The non-terminal condition of a retried attempt.
fn retry(run: &Run, now: Timestamp) -> Option<Condition> {
    if run.course.ended(now).is_some() {
        return None;
    }
    let (last, count) = run.course.failures(now)?;
    let message = format!("System will retry after 0:00:00 from lastTransitionTime for attempt {count}.");
    let condition = Condition::new("Retry", "CONDITION_SUCCEEDED", Some(last)).saying(message);
    Some(Condition {
        reason: Some("IMMEDIATE_RETRY"),
        ..condition
    })
}

/// The service account that runs and creates everything.
pub(crate) fn creator(project: &str) -> String {
    format!("launcher@{project}.iam.gserviceaccount.com")
}

/// The console's link, which carries the canonical log filter.
fn log_uri(run: &Run) -> String {
    let names = &run.names;
    let filter = format!(
        "resource.type=\"cloud_run_job\"\nresource.labels.job_name=\"{}\"\nresource.labels.location=\"{}\"\nlabels.\"run.googleapis.com/execution_name\"=\"{}\"",
        names.job, names.region, names.execution
    );
    let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    format!(
        "https://console.cloud.google.com/logs/viewer?project={}&advancedFilter={filter}",
        names.project
    )
}

/// A quoted base64 string that changes with every update.
pub(crate) fn etag(uid: &str, updated: Timestamp) -> String {
    use base64::Engine as _;
    let text = format!("{uid}/{}", updated.as_microsecond());
    format!("\"{}\"", base64::engine::general_purpose::STANDARD.encode(text))
}
