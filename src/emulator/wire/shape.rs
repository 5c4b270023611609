//! Shapes of request messages: which names a message has, and in which form Google's servers keep what they get.
//!
//! A request may write `snake_case` names, enums as integers and int64 as numbers; an answer never does. [`tidy`] turns
//! one into the other, and refuses a name that the message does not have, as Google's front end does.

use serde_json::{Map, Value};

use crate::emulator::{method::camel, status::Status};

/// A message: its fields, from the discovery document.
pub(crate) type Shape = &'static [(&'static str, Kind)];

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A scalar, a map of the user's, or a message whose inside nobody here looks at.
    Plain,
    /// An int64, which JSON carries as text.
    Int64,
    /// An enum; a number stands for the name at that place.
    Enum(&'static [(&'static str, i64)]),
    /// A message.
    Message(Shape),
    /// A list of messages.
    List(Shape),
    /// What only answers hold: accepted and dropped.
    Output,
}

/// The message as an answer would show it. `path` is where it stands in the request, for errors.
pub(crate) fn tidy(message: Value, shape: Shape, path: &str) -> Result<Value, Status> {
    let Value::Object(fields) = message else {
        return Err(Status::invalid(format!(
            "Invalid value at '{path}', a message was expected"
        )));
    };
    let mut tidy_fields = Map::new();
    for (name, value) in fields {
        let camel = camel(&name);
        let Some((_, kind)) = shape.iter().find(|(known, _)| *known == camel) else {
            return Err(unknown(&name, path));
        };
        let place = if path.is_empty() {
            name
        } else {
            format!("{path}.{name}")
        };
        if let Some(value) = field(value, *kind, &place)? {
            tidy_fields.insert(camel, value);
        }
    }
    Ok(Value::Object(tidy_fields))
}

fn unknown(name: &str, path: &str) -> Status {
    let place = if path.is_empty() {
        String::new()
    } else {
        format!(" at '{path}'")
    };
    Status::invalid(format!(
        "Invalid JSON payload received. Unknown name \"{name}\"{place}: Cannot find field."
    ))
}

/// One field's value; none for a null and for what is dropped.
fn field(value: Value, kind: Kind, place: &str) -> Result<Option<Value>, Status> {
    if value.is_null() {
        return Ok(None);
    }
    Ok(match kind {
        Kind::Output => None,
        Kind::Plain => Some(value),
        Kind::Int64 => Some(value.as_i64().map_or(value, |number| number.to_string().into())),
        Kind::Enum(names) => Some(named(&value, names, place)?),
        Kind::Message(shape) => Some(tidy(value, shape, place)?),
        Kind::List(shape) => Some(list(value, shape, place)?),
    })
}

fn named(value: &Value, names: &[(&str, i64)], place: &str) -> Result<Value, Status> {
    let known = names
        .iter()
        .find(|(name, number)| *value == **name || value.as_i64() == Some(*number));
    match known {
        Some((name, _)) => Ok((*name).into()),
        None => Err(Status::invalid(format!(
            "Invalid value at '{place}' (TYPE_ENUM), {value}"
        ))),
    }
}

fn list(value: Value, shape: Shape, place: &str) -> Result<Value, Status> {
    let Value::Array(elements) = value else {
        return Err(Status::invalid(format!(
            "Invalid value at '{place}', a list was expected"
        )));
    };
    let tidied: Result<Vec<Value>, Status> = elements
        .into_iter()
        .enumerate()
        .map(|(index, element)| tidy(element, shape, &format!("{place}[{index}]")))
        .collect();
    tidied.map(Value::Array)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const INNER: Shape = &[("imageUri", Kind::Plain)];
    const OUTER: Shape = &[
        ("state", Kind::Enum(&[("GOOD", 1)])),
        ("replicaCount", Kind::Int64),
        ("containers", Kind::List(INNER)),
        ("uid", Kind::Output),
    ];

    #[test]
    fn a_request_is_kept_as_an_answer_would_show_it() {
        let sent = json!({"state": 1, "replica_count": 3, "containers": [{"image_uri": "x"}], "uid": "u"});
        let kept = json!({"state": "GOOD", "replicaCount": "3", "containers": [{"imageUri": "x"}]});
        assert_eq!(tidy(sent, OUTER, "job").unwrap(), kept);
    }

    #[test]
    fn a_wrong_name_or_value_is_refused_with_its_place() {
        for (sent, place) in [
            (json!({"containers": [{"image": "x"}]}), "job.containers[0]"),
            (json!({"state": "BAD"}), "job.state"),
            (json!({"containers": {}}), "job.containers"),
            (json!([]), "job"),
        ] {
            let refusal = tidy(sent, OUTER, "job").unwrap_err();
            let message = refusal.body["error"]["message"].as_str().unwrap_or_default();
            assert!(refusal.http == 400 && message.contains(place), "{message}");
        }
    }
}
