//! Structured lines that reach Liftoff as text: what they say, and how bad they call it.

use serde::Deserialize;
use serde_json::Value;

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
}

/// The message and level of a JSON object line; `None` for any other text, and for one without a message.
pub(super) fn message(raw: &str) -> Option<(String, Option<Level>)> {
    let text = raw.trim();
    if !(text.starts_with('{') && text.ends_with('}')) {
        return None;
    }
    let structured: Structured = serde_json::from_str(text).ok()?;
    let mut message = words(structured.message?)?;
    if let Some(error) = structured.error.and_then(words) {
        message.push_str(": ");
        message.push_str(&error);
    }
    let level = structured.severity.as_ref().and_then(Value::as_str);
    Some((message, level.and_then(Level::parse)))
}

fn words(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => map
            .into_iter()
            .find(|(key, _)| key == "message")
            .and_then(|(_, v)| words(v)),
        _ => None,
    }
}
