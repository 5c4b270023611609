//! Structured lines that reach Liftoff as text: what they say, and how bad they call it.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::line::Level;

/// The keys that Google's agents, Python's loggers, Go's slog and zap use.
#[derive(Deserialize)]
struct Structured {
    #[serde(alias = "msg", alias = "textPayload", alias = "event")]
    message: Option<Value>,
    #[serde(alias = "level", alias = "levelname", alias = "lvl")]
    severity: Option<Value>,
    #[serde(alias = "err", alias = "exception", alias = "exc_info", alias = "stack_trace")]
    error: Option<Value>,
    /// An answer that was logged: its error says why it was no success.
    response: Option<Value>,
    /// What Cloud Logging makes of a JSON line; its own export has it one level down.
    #[serde(rename = "jsonPayload")]
    json: Option<Value>,
    /// An audit log's payload: its status says what was refused.
    #[serde(rename = "protoPayload")]
    proto: Option<Value>,
}

/// The message and level of a JSON object line; `None` for any other text, and for one without a message.
pub(super) fn message(raw: &str) -> Option<(String, Option<Level>)> {
    let text = raw.trim();
    if !(text.starts_with('{') && text.ends_with('}')) {
        return None;
    }
    let structured: Structured = serde_json::from_str(text).ok()?;
    let audit = structured
        .proto
        .and_then(|mut proto| Some(proto.get_mut("status")?.take()));
    let answered = structured
        .response
        .and_then(|mut response| Some(response.get_mut("error")?.take()));
    let said = structured.message.or(structured.json).or(audit).and_then(words);
    let error = structured.error.or(answered).and_then(words);
    let level = structured.severity.as_ref().and_then(Value::as_str);
    let level = level.and_then(Level::parse);
    match (said, error) {
        (Some(said), Some(error)) => Some((format!("{said}: {error}"), level)),
        (Some(said), None) => Some((said, level)),
        (None, Some(error)) => Some((error, level.or(Some(Level::Error)))),
        (None, None) => None,
    }
}

fn words(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(status) => status_words(&status),
        _ => None,
    }
}

/// A `google.rpc.Status`, or any object with a message, in the words of Google's clients: `429 RESOURCE_EXHAUSTED: …`. Its
/// details follow, a line each, as `gcloud` prints them.
fn status_words(status: &Map<String, Value>) -> Option<String> {
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
    let message = status.get("message").cloned().and_then(words);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_its_code_and_what_its_details_are() {
        for (raw, said) in [
            (r#"{"msg":"no","error":"why"}"#, Some("no: why")),
            (r#"{"message":{"message":"no"}}"#, Some("no")),
            (
                r#"{"message":"rejected","error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"a/b.QuotaFailure"},{}]}}"#,
                Some("rejected: 429 RESOURCE_EXHAUSTED\n\"@type\": \"a/b.QuotaFailure\""),
            ),
            (r#"{"message":"no","error":{"code":3}}"#, Some("no")),
            (r#"{"error":{"code":3,"message":"why"}}"#, Some("why")),
            (
                r#"{"message":"no","response":{"error":{"code":3,"message":"why"}}}"#,
                Some("no: why"),
            ),
            (r#"{"status":"fine"}"#, None),
            (r#"{"jsonPayload":{"message":"no"}}"#, Some("no")),
            (
                r#"{"protoPayload":{"status":{"code":7,"message":"denied"}}}"#,
                Some("denied"),
            ),
            (r#"{"protoPayload":{"status":{}}}"#, None),
        ] {
            assert_eq!(message(raw).map(|(text, _)| text).as_deref(), said, "{raw}");
        }
    }
}
