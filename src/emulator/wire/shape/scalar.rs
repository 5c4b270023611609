//! Scalars of proto3's JSON: what they may look like in a request, and how an answer shows them.
//!
//! Source: the JSON mapping at <https://protobuf.dev/programming-guides/json>. Numbers may come as text and int64 as numbers.

use jiff::Timestamp;
use serde_json::Value;

use super::{Enum, Kind};

/// Longest `google.protobuf.Duration`, in seconds: ten thousand years.
const LONGEST: u64 = 315_576_000_000;
/// 2^53: beyond it a JSON number with a fraction is no exact integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The value as an answer would show it, or what is wrong with it, in Google's words: `(TYPE_INT32), "x"`.
pub(super) fn read(value: Value, kind: Kind, field: &str) -> Result<Value, String> {
    match kind {
        Kind::Bool => flag(&value)
            .map(Value::Bool)
            .ok_or_else(|| scalar("BOOL", &value)),
        Kind::Int32 => integer(&value)
            .and_then(|number| i32::try_from(number).ok())
            .map(Value::from)
            .ok_or_else(|| scalar("INT32", &value)),
        Kind::Int64 => integer(&value)
            .map(|number| number.to_string().into())
            .ok_or_else(|| scalar("INT64", &value)),
        Kind::Enum(kind) => named(&value, kind).ok_or_else(|| typed(kind.name, &value)),
        Kind::Duration => known(value, "google.protobuf.Duration", |text| duration(text, field)),
        Kind::Time => known(value, "google.protobuf.Timestamp", |text| time(text, field)),
        _ if value.is_string() => Ok(value),
        _ => Err(scalar("STRING", &value)),
    }
}

fn scalar(kind: &str, value: &Value) -> String {
    format!("(TYPE_{kind}), {value}")
}

fn typed(name: &str, value: &Value) -> String {
    format!("(type.googleapis.com/{name}), {value}")
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}

/// A whole number: `5`, `5.0` or `"5"`.
fn integer(value: &Value) -> Option<i64> {
    let whole = |number: f64| number.fract() == 0.0 && number.abs() <= EXACT;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
    let of_float = |number: f64| whole(number).then_some(number as i64);
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(of_float)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The name of an enum's value, given by name or by number.
fn named(value: &Value, kind: &Enum) -> Option<Value> {
    let is = |(name, number): &&(&str, i64)| *value == **name || value.as_i64() == Some(*number);
    kind.names.iter().find(is).map(|(name, _)| (*name).into())
}

/// One of protobuf's own messages that JSON carries as text.
fn known(value: Value, name: &str, check: impl Fn(&str) -> Result<(), String>) -> Result<Value, String> {
    match value.as_str().map(check) {
        Some(Ok(())) => Ok(value),
        Some(Err(words)) => Err(format!("(type.googleapis.com/{name}), {words}")),
        None => Err(typed(name, &value)),
    }
}

fn duration(text: &str, field: &str) -> Result<(), String> {
    let Some(number) = text.strip_suffix('s') else {
        return Err(format!(
            "Field '{field}', Illegal duration format; duration must end with 's'"
        ));
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (seconds, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let seconds = seconds.strip_prefix('-').unwrap_or(seconds);
    if !digits(seconds) || !digits(fraction) || fraction.len() > 9 {
        return Err(format!(
            "Field '{field}', Invalid duration format, failed to parse seconds"
        ));
    }
    match seconds.parse::<u64>() {
        Ok(seconds) if seconds <= LONGEST => Ok(()),
        _ => Err(format!("Field '{field}', Duration value exceeds limits")),
    }
}

fn time(text: &str, field: &str) -> Result<(), String> {
    let is_rfc_3339 = text
        .as_bytes()
        .get(10)
        .is_some_and(|byte| matches!(byte, b'T' | b't'));
    match text.parse::<Timestamp>() {
        Ok(_) if is_rfc_3339 => Ok(()),
        _ => Err(format!("Field '{field}', Invalid time format: {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static STATE: Enum = Enum {
        name: "x.State",
        names: &[("GOOD", 1)],
    };

    #[test]
    fn scalars_are_read_leniently_and_shown_strictly() {
        for (kind, sent, shown) in [
            (Kind::Bool, json!("true"), json!(true)),
            (Kind::Int32, json!("-5"), json!(-5)),
            (Kind::Int32, json!(5.0), json!(5)),
            (Kind::Int64, json!(5), json!("5")),
            (
                Kind::Int64,
                json!("9223372036854775807"),
                json!("9223372036854775807"),
            ),
            (Kind::Enum(&STATE), json!(1), json!("GOOD")),
            (Kind::Text, json!("x"), json!("x")),
            (Kind::Duration, json!("-1.000000001s"), json!("-1.000000001s")),
            (
                Kind::Time,
                json!("2026-11-23T10:00:00.5+01:00"),
                json!("2026-11-23T10:00:00.5+01:00"),
            ),
        ] {
            assert_eq!(read(sent, kind, "f"), Ok(shown));
        }
    }

    #[test]
    fn scalars_of_a_wrong_type_are_refused_in_googles_words() {
        for (kind, sent, words) in [
            (Kind::Bool, json!("x"), "(TYPE_BOOL), \"x\""),
            (Kind::Bool, json!(1), "(TYPE_BOOL), 1"),
            (Kind::Int32, json!("x"), "(TYPE_INT32), \"x\""),
            (Kind::Int32, json!(6.5), "(TYPE_INT32), 6.5"),
            (Kind::Int32, json!(2_147_483_648_i64), "(TYPE_INT32), 2147483648"),
            (Kind::Int64, json!(1e300), "(TYPE_INT64), 1e+300"),
            (Kind::Text, json!(5), "(TYPE_STRING), 5"),
            (Kind::Text, json!(null), "(TYPE_STRING), null"),
            (
                Kind::Enum(&STATE),
                json!("BAD"),
                "(type.googleapis.com/x.State), \"BAD\"",
            ),
            (
                Kind::Duration,
                json!(5),
                "(type.googleapis.com/google.protobuf.Duration), 5",
            ),
            (
                Kind::Duration,
                json!("5m"),
                "Illegal duration format; duration must end with 's'",
            ),
            (Kind::Duration, json!("1e3s"), "failed to parse seconds"),
            (Kind::Duration, json!("1.s"), "failed to parse seconds"),
            (Kind::Duration, json!("999999999999999999999s"), "exceeds limits"),
            (
                Kind::Time,
                json!("yesterday"),
                "Field 'f', Invalid time format: yesterday",
            ),
            (Kind::Time, json!("2026-11-23 10:00:00Z"), "Invalid time format"),
        ] {
            let said = read(sent, kind, "f").unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }
}
