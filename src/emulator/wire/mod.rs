//! The emulator's own wire types: Google's JSON, written from the discovery documents.
//!
//! They share nothing with Liftoff's client on purpose: a field that the client misspells must fail here. Zero
//! values are left out, as proto3's JSON does.

pub(crate) mod custom_job;
pub(crate) mod enums;
pub(crate) mod execution;
pub(crate) mod log_entry;
pub(crate) mod operation;
pub(crate) mod run_job;
pub(crate) mod shape;
pub(crate) mod task;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// `google.rpc.Status` inside a resource.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RpcStatus {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) code: i32,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
}

/// For `skip_serializing_if`: proto3's JSON leaves out default values.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A `google.protobuf.Duration`: `"600s"`, `"0.500s"`.
pub(crate) fn duration(span: Duration) -> String {
    match span.subsec_nanos() {
        0 => format!("{}s", span.as_secs()),
        nanos => {
            format!("{}.{nanos:09}", span.as_secs())
                .trim_end_matches('0')
                .to_owned()
                + "s"
        }
    }
}

/// A wire type as JSON. None of them can fail; an empty object would be seen at once.
pub(crate) fn json<T: Serialize>(message: &T) -> Value {
    serde_json::to_value(message).unwrap_or_else(|_| Value::Object(serde_json::Map::new()))
}

/// The answer of a list: empty lists and tokens are left out.
pub(crate) fn list(field: &str, elements: Vec<Value>, next_page_token: String) -> Value {
    let mut answer = serde_json::Map::new();
    if !elements.is_empty() {
        answer.insert(field.to_owned(), Value::Array(elements));
    }
    if !next_page_token.is_empty() {
        answer.insert("nextPageToken".to_owned(), Value::String(next_page_token));
    }
    Value::Object(answer)
}

/// A message in a `google.protobuf.Any`.
pub(crate) fn any<T: Serialize>(kind: &str, message: &T) -> Value {
    let mut value = json(message);
    value["@type"] = Value::String(format!("type.googleapis.com/{kind}"));
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_with_an_s() {
        for (millis, text) in [(600_000, "600s"), (500, "0.5s"), (0, "0s")] {
            assert_eq!(duration(Duration::from_millis(millis)), text);
        }
    }
}
