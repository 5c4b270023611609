//! `google.logging.v2.LogEntry`, as Cloud Run jobs write them.

use serde_json::{Value, json};

use super::RpcStatus;
use crate::emulator::{
    chance::Chance,
    scenario::{Severity, Stream},
    status::Code,
    timeline::{Entry, Kind, Run},
    wire::enums::SEVERITY,
};

/// An entry in REST's JSON form; `run` is what printed it.
pub(crate) fn log_entry(run: Option<&Run>, entry: &Entry) -> Value {
    let mut value = match (&entry.kind, run) {
        (Kind::Written(written), _) => (**written).clone(),
        (kind, Some(run)) => printed(run, kind),
        (_, None) => json!({}),
    };
    value["insertId"] = json!(entry.insert_id);
    value["timestamp"] = json!(entry.at);
    value["receiveTimestamp"] = json!(entry.received);
    value
}

/// What a run printed, without times and id.
pub(crate) fn printed(run: &Run, kind: &Kind) -> Value {
    let mut value = json!({"resource": {"type": "cloud_run_job", "labels": {
        "project_id": run.names.project, "location": run.names.region, "job_name": run.names.job,
    }}});
    match kind {
        Kind::Line {
            stream,
            severity,
            task,
            attempt,
            text,
        } => {
            value["logName"] = json!(log_name(run, stream_name(*stream)));
            value["labels"] = labels(run, *task, *attempt, *stream);
            value["textPayload"] = json!(text);
            if let Some(severity) = severity {
                value["severity"] = json!(severity.name());
            }
        }
        Kind::Completed { success, message } => completed(&mut value, run, *success, message),
        Kind::Written(_) => {}
    }
    value
}

/// The severity that a structured line names; one that does not exist is DEFAULT, as in Cloud Run.
pub(crate) fn severity(name: &str) -> &'static str {
    let upper = name.to_ascii_uppercase();
    let name = if upper == "WARN" { "WARNING" } else { &upper };
    SEVERITY
        .names
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("DEFAULT", |(known, _)| known)
}

fn log_name(run: &Run, log: &str) -> String {
    format!("projects/{}/logs/{log}", run.names.project)
}

fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "run.googleapis.com%2Fstdout",
        Stream::Stderr => "run.googleapis.com%2Fstderr",
        Stream::System => "run.googleapis.com%2Fvarlog%2Fsystem",
    }
}

fn labels(run: &Run, task: u32, attempt: u32, stream: Stream) -> Value {
    let mut instance = Chance::of(&format!("{}/{task}/{attempt}", run.uid));
    let mut labels = json!({
        "run.googleapis.com/execution_name": run.names.execution,
        "run.googleapis.com/task_index": task.to_string(),
        "run.googleapis.com/task_attempt": attempt.to_string(),
        "instanceId": format!("002f8ffd{:016x}{:016x}", instance.next(), instance.next()),
    });
    if stream == Stream::System {
        labels["container_name"] = json!(format!("{}-1", run.names.job));
    }
    labels
}

/// The system event of the execution's end. Its resource is the job: it has no execution label.
fn completed(value: &mut Value, run: &Run, success: bool, message: &str) {
    let severity = if success { Severity::Info } else { Severity::Error };
    let outcome = RpcStatus {
        code: if success { 0 } else { Code::Unknown.number() },
        message: message.to_owned(),
    };
    let status = if success { "True" } else { "False" };
    value["logName"] = json!(log_name(run, "cloudaudit.googleapis.com%2Fsystem_event"));
    value["severity"] = json!(severity.name());
    value["protoPayload"] = json!({
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": "run.googleapis.com",
        "methodName": "/Jobs.RunJob",
        "resourceName": format!("namespaces/{}/executions/{}", run.names.project, run.names.execution),
        "status": outcome,
        "response": {"status": {"conditions": [{"type": "Completed", "status": status, "message": message}]}},
    });
}
