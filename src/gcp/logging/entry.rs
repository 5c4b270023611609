//! Log entries: Google's JSON, read field by field without a copy of what is not kept.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::payload::{audit_text, json_text};
use crate::core::entry::{EntryId, EntryKey, LogEntry, Severity, Stream};
use crate::gcp::wire::{FromObject, Object, Spelled};

/// Names kept for the next entries: a page has few logs, and few executions in a row.
const KEPT: usize = 16;

/// `LogEntry`, as far as it is read. A field of another type is as if absent.
#[derive(Debug, Default)]
pub(super) struct WireEntry<'a> {
    log_name: Spelled<'a>,
    timestamp: Spelled<'a>,
    receive_timestamp: Spelled<'a>,
    severity: Spelled<'a>,
    insert_id: Spelled<'a>,
    labels: Labels<'a>,
    text_payload: Spelled<'a>,
    json_payload: Option<&'a RawValue>,
    proto_payload: Option<&'a RawValue>,
}

/// Cloud Run's labels.
#[derive(Debug, Default)]
struct Labels<'a> {
    execution: Spelled<'a>,
    task: Spelled<'a>,
    attempt: Spelled<'a>,
}

/// Names that entries share: each is stored once a page.
#[derive(Debug, Default)]
pub(super) struct Names {
    logs: Vec<(Arc<str>, Stream)>,
    executions: Vec<Arc<str>>,
}

impl WireEntry<'_> {
    /// Which entry it is; `None` for one without any time.
    pub(super) fn id(&self) -> Option<EntryId> {
        let timestamp = time(&self.timestamp).or_else(|| time(&self.receive_timestamp))?;
        Some(EntryId::of(
            timestamp,
            self.insert_id.text(),
            self.log_name.text(),
        ))
    }

    /// In core's words, printed at this time.
    pub(super) fn into_core(self, timestamp: Timestamp, names: &mut Names) -> LogEntry {
        let received = time(&self.receive_timestamp);
        let (log_name, stream) = names.log(self.log_name.text());
        let Labels {
            execution,
            task,
            attempt,
        } = &self.labels;
        LogEntry {
            stream,
            severity: Severity::parse(self.severity.text()),
            received,
            execution: Some(execution.text())
                .filter(|name| !name.is_empty())
                .map(|name| names.execution(name)),
            task: task.text().parse().unwrap_or(0),
            attempt: attempt.text().parse().unwrap_or(0),
            key: EntryKey {
                log_name,
                timestamp,
                insert_id: self.insert_id.text().to_owned(),
            },
            text: self.into_text(),
        }
    }

    fn into_text(self) -> String {
        let text = self.text_payload.0.map(Cow::into_owned);
        let json = || self.json_payload.and_then(json_text);
        let audit = || self.proto_payload.and_then(audit_text);
        text.or_else(json).or_else(audit).unwrap_or_default()
    }
}

impl Names {
    fn log(&mut self, name: &str) -> (Arc<str>, Stream) {
        if let Some(known) = self.logs.iter().rev().find(|(log, _)| **log == *name) {
            return known.clone();
        }
        let new = (Arc::from(name), stream(name));
        keep(&mut self.logs, new.clone());
        new
    }

    fn execution(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.executions.iter().rev().find(|known| ***known == *name) {
            return known.clone();
        }
        let new: Arc<str> = name.into();
        keep(&mut self.executions, new.clone());
        new
    }
}

fn keep<T>(kept: &mut Vec<T>, new: T) {
    if kept.len() == KEPT {
        kept.remove(0);
    }
    kept.push(new);
}

fn time(text: &Spelled<'_>) -> Option<Timestamp> {
    text.text().parse().ok()
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

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    LogName,
    Timestamp,
    ReceiveTimestamp,
    Severity,
    InsertId,
    Labels,
    TextPayload,
    JsonPayload,
    ProtoPayload,
    #[serde(other)]
    Other,
}

impl<'de: 'a, 'a> FromObject<'de> for Option<WireEntry<'a>> {
    fn from_object<M: MapAccess<'de>>(mut map: M) -> Result<Self, M::Error> {
        let mut entry = WireEntry::default();
        while let Some(field) = map.next_key()? {
            match field {
                Field::LogName => entry.log_name = map.next_value()?,
                Field::Timestamp => entry.timestamp = map.next_value()?,
                Field::ReceiveTimestamp => entry.receive_timestamp = map.next_value()?,
                Field::Severity => entry.severity = map.next_value()?,
                Field::InsertId => entry.insert_id = map.next_value()?,
                Field::Labels => Object(entry.labels) = map.next_value()?,
                Field::TextPayload => entry.text_payload = map.next_value()?,
                Field::JsonPayload => entry.json_payload = Some(map.next_value()?),
                Field::ProtoPayload => entry.proto_payload = Some(map.next_value()?),
                Field::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some(entry))
    }
}

#[derive(Deserialize)]
#[serde(field_identifier)]
enum Label {
    #[serde(rename = "run.googleapis.com/execution_name")]
    Execution,
    #[serde(rename = "run.googleapis.com/task_index")]
    Task,
    #[serde(rename = "run.googleapis.com/task_attempt")]
    Attempt,
    #[serde(other)]
    Other,
}

impl<'de: 'a, 'a> FromObject<'de> for Labels<'a> {
    fn from_object<M: MapAccess<'de>>(mut map: M) -> Result<Self, M::Error> {
        let mut labels = Self::default();
        while let Some(label) = map.next_key()? {
            match label {
                Label::Execution => labels.execution = map.next_value()?,
                Label::Task => labels.task = map.next_value()?,
                Label::Attempt => labels.attempt = map.next_value()?,
                Label::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(labels)
    }
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
