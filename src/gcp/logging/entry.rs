//! Log entries: Google's many payloads, read as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::core::entry::{EntryKey, LogEntry, Severity, Stream};
use crate::gcp::wire::{lax, spelled, time};

/// `LogEntry`, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireEntry {
    #[serde(default, deserialize_with = "spelled")]
    log_name: String,
    #[serde(default, deserialize_with = "time")]
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    receive_timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "spelled")]
    severity: String,
    #[serde(default, deserialize_with = "spelled")]
    insert_id: String,
    #[serde(default, deserialize_with = "lax")]
    labels: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "lax")]
    text_payload: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    json_payload: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "lax")]
    proto_payload: Option<Map<String, Value>>,
}

impl WireEntry {
    /// In core's words; `None` for an entry without any time.
    pub(super) fn into_core(self) -> Option<LogEntry> {
        Some(LogEntry {
            stream: stream(&self.log_name),
            severity: Severity::parse(&self.severity),
            received: self.receive_timestamp,
            execution: self.label("execution_name").map(Arc::from),
            task: self.number("task_index"),
            attempt: self.number("task_attempt"),
            key: EntryKey {
                log_name: self.log_name.as_str().into(),
                timestamp: self.timestamp.or(self.receive_timestamp)?,
                insert_id: self.insert_id.clone(),
            },
            text: self.into_text(),
        })
    }

    fn label(&self, name: &str) -> Option<&str> {
        let label = self.labels.get(&format!("run.googleapis.com/{name}"))?;
        label.as_str().filter(|text| !text.is_empty())
    }

    fn number(&self, name: &str) -> u32 {
        self.label(name).and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    fn into_text(self) -> String {
        let text = self.text_payload;
        let json = || self.json_payload.as_ref().map(json_text);
        let audit = || self.proto_payload.as_ref().map(audit_text);
        text.or_else(json).or_else(audit).unwrap_or_default()
    }
}

fn stream(log_name: &str) -> Stream {
    let log = log_name.replace("%2F", "/").replace("%2f", "/");
    match log.split_once("/logs/").map_or("", |(_, id)| id) {
        "run.googleapis.com/stdout" => Stream::Stdout,
        "run.googleapis.com/stderr" => Stream::Stderr,
        "run.googleapis.com/varlog/system" => Stream::System,
        id if id.starts_with("cloudaudit.googleapis.com/") => Stream::Audit,
        _ => Stream::Other,
    }
}

/// What loggers call the message itself.
const MESSAGES: [&str; 4] = ["message", "msg", "textPayload", "text"];

/// What loggers call the error that goes with it.
const ERRORS: [&str; 9] = [
    "error",
    "err",
    "exception",
    "exc_info",
    "stack",
    "stack_trace",
    "stacktrace",
    "stackTrace",
    "traceback",
];

/// The message and the errors with it, each once, line by line; all of the payload where it has neither.
fn json_text(payload: &Map<String, Value>) -> String {
    let first = MESSAGES.iter().find_map(|key| payload.get(*key).and_then(plain));
    let errors = ERRORS.iter().filter_map(|key| payload.get(*key).and_then(plain));
    let mut lines: Vec<String> = Vec::new();
    for text in first.into_iter().chain(errors) {
        if !lines.iter().any(|line| line.contains(&text)) {
            lines.push(text);
        }
    }
    if lines.is_empty() && !payload.is_empty() {
        return Value::Object(payload.clone()).to_string();
    }
    lines.join("\n")
}

/// A value as text: of an object its message and stack, else its JSON. Nothing for null, flags and empty text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Object(object) if object.values().any(Value::is_string) => Some(json_text(object)),
        other => Some(other.to_string()),
    }
}

/// `protoPayload.status.message` of an audit entry; what was called on what, where it has none.
fn audit_text(payload: &Map<String, Value>) -> String {
    let status = payload.get("status").and_then(|status| status.get("message"));
    if let Some(message) = status.and_then(plain) {
        return message;
    }
    let called = ["methodName", "resourceName"]
        .iter()
        .filter_map(|key| payload.get(*key).and_then(plain));
    called.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
