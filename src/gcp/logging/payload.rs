//! What the payloads of entries say, as text.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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

/// The message and the errors with it, each once, line by line; all of the payload where it has neither. `None` for what is
/// no object.
pub(super) fn json_text(payload: &RawValue) -> Option<String> {
    let payload = payload.get();
    if !payload.starts_with('{') {
        return None;
    }
    let said: Said<'_> = serde_json::from_str(payload).ok()?;
    match said.text() {
        Some(text) => Some(text.into_owned()),
        None => serde_json::from_str::<Value>(payload).ok().map(whole),
    }
}

fn whole(payload: Value) -> String {
    match payload {
        Value::Object(fields) if fields.is_empty() => String::new(),
        payload => payload.to_string(),
    }
}

/// `protoPayload.status.message` of an audit entry; what was called on what, where it has none.
pub(super) fn audit_text(payload: &RawValue) -> Option<String> {
    let payload: Map<String, Value> = serde_json::from_str(payload.get()).ok()?;
    let status = payload.get("status").and_then(|status| status.get("message"));
    if let Some(message) = status.and_then(plain) {
        return Some(message);
    }
    let called = ["methodName", "resourceName"]
        .iter()
        .filter_map(|key| payload.get(*key).and_then(plain));
    Some(called.collect::<Vec<_>>().join(" "))
}

/// The fields of a payload that say something, in the order of the lists.
#[derive(Debug, Default)]
struct Said<'a> {
    messages: [Option<Cow<'a, str>>; MESSAGES.len()],
    errors: [Option<Cow<'a, str>>; ERRORS.len()],
}

impl<'a> Said<'a> {
    /// The first message, and each error that it does not hold already.
    fn text(self) -> Option<Cow<'a, str>> {
        let first = self.messages.into_iter().flatten().next();
        let mut parts = first.into_iter().chain(self.errors.into_iter().flatten());
        let mut text = parts.next()?;
        let mut lines = vec![text.clone()];
        for part in parts {
            if !lines.iter().any(|line| line.contains(&*part)) {
                text = Cow::Owned(format!("{text}\n{part}"));
                lines.push(part);
            }
        }
        Some(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Said<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Said<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut said = Said::default();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    let place = |names: &[&str]| names.iter().position(|name| *name == key.0);
                    if let Some(at) = place(&MESSAGES) {
                        said.messages[at] = map.next_value::<Plain<'de>>()?.0;
                    } else if let Some(at) = place(&ERRORS) {
                        said.errors[at] = map.next_value::<Plain<'de>>()?.0;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(said)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A value as text: of an object its message and stack, else its JSON. Nothing for null, flags and empty text.
struct Plain<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Plain<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Plain<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Plain((!text.is_empty()).then_some(Cow::Borrowed(text))))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Plain((!text.is_empty()).then(|| Cow::Owned(text.to_owned()))))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Plain(None))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Plain(None))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Plain(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Plain(Some(Cow::Owned(number.to_string()))))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Plain(Some(Cow::Owned(Value::from(number).to_string()))))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Self::Value, M::Error> {
                let value = Value::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Plain(plain(&value).map(Cow::Owned)))
            }

            fn visit_seq<S: SeqAccess<'de>>(self, list: S) -> Result<Self::Value, S::Error> {
                let value = Value::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(Plain(plain(&value).map(Cow::Owned)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Object(object) if object.values().any(Value::is_string) => Some(object_text(object)),
        other => Some(other.to_string()),
    }
}

fn object_text(object: &Map<String, Value>) -> String {
    let named = |names: &[&str]| -> Vec<Option<Cow<'_, str>>> {
        let text = |name: &&str| object.get(*name).and_then(plain).map(Cow::Owned);
        names.iter().map(text).collect()
    };
    let said = Said {
        messages: named(&MESSAGES).try_into().unwrap_or_default(),
        errors: named(&ERRORS).try_into().unwrap_or_default(),
    };
    said.text()
        .map_or_else(|| Value::Object(object.clone()).to_string(), Cow::into_owned)
}
