//! Lines that are JSON objects: what they say, and how bad they call it.
//!
//! Loggers agree on little. A message stands under one of a few keys; what went wrong may stand under another, one or two
//! levels down, or as JSON within a string. To read one more logger, add its keys.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::line::Level;

/// What a logger was told to say (Google's agents, Python's loggers, Go's slog and zap).
const MESSAGE: [&str; 7] = ["message", "msg", "textPayload", "event", "log", "Log", "@m"];
/// What went wrong.
const TROUBLE: [&str; 17] = [
    "@x",
    "error",
    "err",
    "exception",
    "exc",
    "exc_info",
    "stack_trace",
    "exc_msg",
    "exc_message",
    "error.message",
    "error.stack_trace",
    "error_message",
    "grpc_message",
    "detail",
    "reason",
    "response",
    "result",
];
/// The keys among them that hold an exception.
const RAISED: [&str; 4] = ["exception", "exc", "exc_info", "exc_msg"];
/// How bad it is.
const LEVEL: [&str; 7] = [
    "severity",
    "level",
    "levelname",
    "lvl",
    "log.level",
    "@l",
    "status",
];
/// Where collectors put what a program said, one level down (Cloud Logging's exports, Azure's, Datadog's).
const WITHIN: [&str; 3] = ["jsonPayload", "properties", "content"];
/// Levels that are looked into.
const DEPTH: u8 = 4;

type Object = Map<String, Value>;

/// The message and level of a JSON object line; `None` for any other text, and for one without a message.
pub(super) fn message(raw: &str) -> Option<(String, Option<Level>)> {
    let mut object = object(raw)?;
    for within in WITHIN {
        if let Some(Value::Object(payload)) = object.get_mut(within) {
            let payload = std::mem::take(payload);
            object.extend(payload);
        }
    }
    let level = level(&object);
    let said = said(&object);
    let trouble = trouble(&object, DEPTH);
    match (said, trouble) {
        (Some(said), Some(trouble)) => {
            let raised = RAISED.iter().any(|key| object.contains_key(*key));
            Some((
                format!("{said}: {trouble}"),
                level.or(raised.then_some(Level::Error)),
            ))
        }
        (Some(said), None) => Some((said, level)),
        (None, Some(trouble)) => Some((trouble, level.or(Some(Level::Error)))),
        (None, None) => None,
    }
}

/// A line with an object behind it, as zap prints on a console: it says what went wrong. The line keeps its prefix.
pub(super) fn behind(line: &str) -> Option<String> {
    memchr::memchr(b'\t', line.as_bytes())?; // nearly no line has one, and to look for two bytes takes longer
    let (said, fields) = line.split_once("\t{")?;
    let object = object(&format!("{{{fields}"))?;
    Some(format!("{said}: {}", trouble(&object, DEPTH)?))
}

/// The text that a line of an object printed over many lines has under `textPayload`, as in the exports of Cloud Logging.
pub(super) fn text_payload(line: &str) -> Option<String> {
    let value = line.trim().strip_prefix("\"textPayload\":")?.trim_start();
    serde_json::from_str(value.strip_suffix(',').unwrap_or(value)).ok()
}

fn level(object: &Object) -> Option<Level> {
    let level = LEVEL.iter().find_map(|key| match object.get(*key)? {
        Value::String(word) => Level::abbreviated(word),
        // bunyan's and pino's; syslog's and Google's numbers are others.
        Value::Number(number) => match number.as_u64()? {
            10 | 20 | 30 => Some(Level::Info),
            40 => Some(Level::Warning),
            50 | 60 => Some(Level::Error),
            _ => None,
        },
        _ => None,
    });
    // Serilog leaves out the level of what it calls information.
    level.or(object.contains_key("@m").then_some(Level::Info))
}

fn object(raw: &str) -> Option<Object> {
    let text = raw.trim();
    let whole = text.starts_with('{') && text.ends_with('}');
    if whole {
        return serde_json::from_str(text).ok();
    }
    fluent_bit(text)
}

/// Fluent Bit's standard output: `[0] tag: [[1789480148.1, {}], {"stream"=>"stderr", "message"=>"no"}]`.
fn fluent_bit(text: &str) -> Option<Object> {
    let record = text.starts_with('[').then(|| text.strip_suffix("}]"))??;
    let fields = &record[record.find("{\"")?..];
    serde_json::from_str(&format!("{}}}", fields.replace("\"=>", "\":"))).ok()
}

/// What a logger said, or the status of an audit log, which says what was refused.
fn said(object: &Object) -> Option<String> {
    let own = || MESSAGE.iter().find_map(|key| object.get(*key));
    let status = || object.get("protoPayload")?.get("status");
    let value = own().or_else(status)?;
    words(value, DEPTH)
}

fn trouble(object: &Object, depth: u8) -> Option<String> {
    TROUBLE
        .iter()
        .find_map(|key| words(object.get(*key)?, depth.checked_sub(1)?))
}

fn words(value: &Value, depth: u8) -> Option<String> {
    match value {
        Value::String(text) => {
            let inner = object(text).and_then(|inner| object_words(&inner, depth.checked_sub(1)?));
            Some(inner.unwrap_or_else(|| text.clone()))
        }
        Value::Object(inner) => object_words(inner, depth),
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn object_words(object: &Object, depth: u8) -> Option<String> {
    let arguments = || object.get("args")?.get(0)?.as_str().map(str::to_owned);
    status_words(object, depth)
        .or_else(|| trouble(object, depth))
        .or_else(arguments)
}

/// A `google.rpc.Status`, or any object with a message, in the words of Google's clients: `429 RESOURCE_EXHAUSTED: …`. Its
/// details follow, a line each, as `gcloud` prints them.
fn status_words(status: &Object, depth: u8) -> Option<String> {
    let part = |key| match status.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    // A code says nothing without its name.
    let named = part("status").map(|name| match part("code") {
        Some(code) => format!("{code} {name}"),
        None => name,
    });
    let message = ["message", "detail"].iter().find_map(|key| status.get(*key));
    let message = message.and_then(|value| words(value, depth.checked_sub(1)?));
    let mut text = match (named, message) {
        (Some(named), Some(message)) => format!("{named}: {message}"),
        (named, message) => named.or(message)?,
    };
    let details = status.get("details").and_then(Value::as_array);
    for kind in details
        .into_iter()
        .flatten()
        .filter_map(|detail| detail.get("@type"))
    {
        let _ = write!(text, "\n\"@type\": {kind}");
    }
    Some(text)
}
