//! Shapes of request messages, typed to the leaves: which names a message has, and what each may hold.
//!
//! A request may write `snake_case` names, enums as numbers and int64 as numbers; an answer never does. [`tidy`] turns one into
//! the other, and refuses a name that the message does not have or a value of a wrong type in the words of Google's front end,
//! with a `BadRequest` that names every such field. What a value means is the method's to judge.
//!
//! The tables are from the discovery documents, one file per API; `tests/conformance` puts a wrong value at each of their leaves.
//! One more message is one more entry there. Stricter than Google in one thing: a list is needed where a field is repeated.

mod place;
mod scalar;

pub(crate) mod logging;
pub(crate) mod run;
pub(crate) mod vertex;

use serde_json::{Map, Value, json};

use self::place::Place;
use crate::emulator::{method::camel, status::Status};

/// A message: its full name in the protos, and its fields.
#[derive(Debug)]
pub(crate) struct Message {
    name: &'static str,
    fields: &'static [(&'static str, Kind)],
}

/// An enum: its full name in the protos, and the numbers of its names.
#[derive(Debug)]
pub(crate) struct Enum {
    /// Such as `google.api.LaunchStage`.
    pub(crate) name: &'static str,
    /// Every name with its number.
    pub(crate) names: &'static [(&'static str, i64)],
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Bool,
    Int32,
    /// JSON carries it as text.
    Int64,
    Text,
    /// `google.protobuf.Duration`.
    Duration,
    /// `google.protobuf.Timestamp`.
    Time,
    /// A number stands for the name at that place.
    Enum(&'static Enum),
    Message(&'static Message),
    List(&'static Kind),
    /// A map from text to text.
    Labels,
    /// `google.protobuf.Struct`: an object of the user's.
    Struct,
    /// `google.protobuf.Any`: an object that says its type.
    Any,
    /// What only answers hold: it has to be of its type, and is dropped.
    Output(&'static Kind),
}

/// Declares messages of a package, their fields grouped by what they hold.
macro_rules! messages {
    ($package:literal; $($(#[$note:meta])* $name:ident = $proto:literal { $($($field:ident)+: $kind:expr;)* })+) => {
        $($(#[$note])*
        pub(crate) static $name: $crate::emulator::wire::shape::Message = $crate::emulator::wire::shape::Message {
            name: concat!($package, ".", $proto),
            fields: &[$($((stringify!($field), $kind),)+)*],
        };)+
    };
}
use messages;

/// The message as an answer would show it. `root` is the field of the request that the body is; empty if it is the whole request.
pub(crate) fn tidy(sent: Value, message: &'static Message, root: &str) -> Result<Value, Status> {
    let mut reader = Reader { wrong: Vec::new() };
    let tidied = reader.message(sent, message, &Place::Root(root));
    if reader.wrong.is_empty() {
        Ok(tidied.unwrap_or_default())
    } else {
        Err(reader.refusal())
    }
}

/// Reads a request, and notes what is wrong with it: where, and in which words.
struct Reader {
    wrong: Vec<(String, String)>,
}

impl Reader {
    fn refusal(self) -> Status {
        let descriptions: Vec<&str> = self.wrong.iter().map(|(_, words)| words.as_str()).collect();
        let message = descriptions.join("\n");
        let violations: Vec<Value> = self.wrong.iter().map(violation).collect();
        Status::invalid(message).detail("BadRequest", json!({ "fieldViolations": violations }))
    }

    fn message(&mut self, sent: Value, message: &'static Message, place: &Place<'_>) -> Option<Value> {
        let Value::Object(fields) = sent else {
            return self.misfit(&sent, message.name, place);
        };
        let mut tidied = Map::new();
        for (given, value) in fields {
            let Some((name, kind)) = find(message, &given) else {
                self.unknown(&given, place, "Cannot find field.");
                continue;
            };
            if value.is_null() {
                continue;
            }
            if let Some(value) = self.field(value, *kind, &Place::Field(place, name)) {
                tidied.insert((*name).to_owned(), value);
            }
        }
        Some(Value::Object(tidied))
    }

    /// One field's value; none for what is wrong or dropped.
    fn field(&mut self, value: Value, kind: Kind, place: &Place<'_>) -> Option<Value> {
        match kind {
            Kind::Output(kind) => {
                self.field(value, *kind, place);
                None
            }
            Kind::List(kind) => self.list(value, *kind, place),
            Kind::Labels => self.labels(value, place),
            _ if value.is_array() => {
                self.unknown(
                    &place.name(),
                    place.parent(),
                    "Proto field is not repeating, cannot start list.",
                );
                None
            }
            Kind::Message(message) => self.message(value, message, place),
            Kind::Struct if value.is_object() => Some(value),
            Kind::Struct => self.misfit(&value, "google.protobuf.Struct", place),
            Kind::Any => self.any(value, place),
            _ if value.is_object() => {
                let words = format!(
                    "Invalid value{} ({}), Starting an object on a scalar field",
                    place.parent().at(),
                    place.name()
                );
                self.note(place.parent(), words)
            }
            kind => match scalar::read(value, kind, &place.name()) {
                Ok(value) => Some(value),
                Err(words) => self.note(place, format!("Invalid value{} {words}", place.at())),
            },
        }
    }

    fn list(&mut self, value: Value, kind: Kind, place: &Place<'_>) -> Option<Value> {
        let Value::Array(elements) = value else {
            let words = format!("Invalid value{} (repeated field), a list is due", place.at());
            return self.note(place, words);
        };
        let mut tidied = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            tidied.extend(self.field(element, kind, &Place::Element(place, index)));
        }
        Some(Value::Array(tidied))
    }

    fn labels(&mut self, value: Value, place: &Place<'_>) -> Option<Value> {
        let Value::Object(labels) = value else {
            let what = if value.is_array() { "list" } else { "scalar" };
            let words = format!(
                "Invalid value{} (Map), Cannot bind a {what} to map for field '{}'.",
                place.at(),
                place.name()
            );
            return self.note(place, words);
        };
        for (index, value) in labels
            .values()
            .enumerate()
            .filter(|(_, value)| !value.is_string())
        {
            let entry = Place::Element(place, index);
            self.field(value.clone(), Kind::Text, &Place::Field(&entry, "value"));
        }
        Some(Value::Object(labels))
    }

    fn any(&mut self, value: Value, place: &Place<'_>) -> Option<Value> {
        if !value.is_object() {
            return self.misfit(&value, "google.protobuf.Any", place);
        }
        if value["@type"].as_str().is_some_and(|kind| kind.contains('/')) {
            return Some(value);
        }
        let words = format!(
            "Invalid value{} (type.googleapis.com/google.protobuf.Any), Missing @type for any field in {}",
            place.at(),
            place.name()
        );
        self.note(place, words)
    }

    fn misfit(&mut self, value: &Value, name: &str, place: &Place<'_>) -> Option<Value> {
        let words = format!(
            "Invalid value{} (type.googleapis.com/{name}), {value}",
            place.at()
        );
        self.note(place, words)
    }

    fn unknown(&mut self, given: &str, place: &Place<'_>, why: &str) {
        let words = format!(
            "Invalid JSON payload received. Unknown name {}{}: {why}",
            json!(given),
            place.at()
        );
        self.note(place, words);
    }

    fn note(&mut self, place: &Place<'_>, words: String) -> Option<Value> {
        self.wrong.push((place.to_string(), words));
        None
    }
}

fn violation((field, words): &(String, String)) -> Value {
    if field.is_empty() {
        return json!({ "description": words });
    }
    json!({ "field": field, "description": words })
}

/// The field that a name means, in either spelling.
fn find(message: &'static Message, given: &str) -> Option<&'static (&'static str, Kind)> {
    let named = |name: &str| message.fields.iter().find(|(known, _)| *known == name);
    named(given).or_else(|| named(&camel(given)).filter(|_| given.contains('_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    static STATE: Enum = Enum {
        name: "x.State",
        names: &[("GOOD", 1)],
    };

    messages! {
        "x";
        INNER = "Inner" { imageUri: Kind::Text; args: Kind::List(&Kind::Text); }
        OUTER = "Outer" {
            state: Kind::Enum(&STATE);
            replicaCount: Kind::Int64;
            containers: Kind::List(&Kind::Message(&INNER));
            labels: Kind::Labels;
            payload: Kind::Struct;
            typed: Kind::Any;
            uid: Kind::Output(&Kind::Text);
        }
    }

    #[test]
    fn a_request_is_kept_as_an_answer_would_show_it() {
        let sent = json!({"state": 1, "replica_count": 3, "containers": [{"image_uri": "x"}], "uid": "u", "labels": null,
            "payload": {"a_b": [1, {}]}, "typed": {"@type": "type.googleapis.com/x.Y", "z": 1}});
        let kept = json!({"state": "GOOD", "replicaCount": "3", "containers": [{"imageUri": "x"}],
            "payload": {"a_b": [1, {}]}, "typed": {"@type": "type.googleapis.com/x.Y", "z": 1}});
        assert_eq!(tidy(sent, &OUTER, "job").unwrap(), kept);
    }

    #[test]
    fn what_is_wrong_is_refused_in_googles_words_with_its_place() {
        for (sent, field, words) in [
            (
                json!([]),
                "job",
                "Invalid value at 'job' (type.googleapis.com/x.Outer), []",
            ),
            (
                json!({"state": "BAD"}),
                "job.state",
                "Invalid value at 'job.state' (type.googleapis.com/x.State), \"BAD\"",
            ),
            (
                json!({"uid": 5}),
                "job.uid",
                "Invalid value at 'job.uid' (TYPE_STRING), 5",
            ),
            (
                json!({"containers": [{"image": "x"}]}),
                "job.containers[0]",
                "Invalid JSON payload received. Unknown name \"image\" at 'job.containers[0]': Cannot find field.",
            ),
            (
                json!({"containers": [{"imageUri": ["x"]}]}),
                "job.containers[0]",
                "Invalid JSON payload received. Unknown name \"image_uri\" at 'job.containers[0]': Proto field is not repeating, cannot start list.",
            ),
            (
                json!({"replicaCount": {}}),
                "job",
                "Invalid value at 'job' (replica_count), Starting an object on a scalar field",
            ),
            (
                json!({"containers": {}}),
                "job.containers",
                "Invalid value at 'job.containers' (repeated field), a list is due",
            ),
            (
                json!({"containers": [{"args": ["x", 5]}]}),
                "job.containers[0].args[1]",
                "Invalid value at 'job.containers[0].args[1]' (TYPE_STRING), 5",
            ),
            (
                json!({"labels": {"a": "b", "c": 5}}),
                "job.labels[1].value",
                "Invalid value at 'job.labels[1].value' (TYPE_STRING), 5",
            ),
            (
                json!({"labels": []}),
                "job.labels",
                "Invalid value at 'job.labels' (Map), Cannot bind a list to map for field 'labels'.",
            ),
            (
                json!({"payload": 5}),
                "job.payload",
                "Invalid value at 'job.payload' (type.googleapis.com/google.protobuf.Struct), 5",
            ),
            (
                json!({"typed": {}}),
                "job.typed",
                "Invalid value at 'job.typed' (type.googleapis.com/google.protobuf.Any), Missing @type for any field in typed",
            ),
        ] {
            let refusal = tidy(sent, &OUTER, "job").unwrap_err();
            let error = &refusal.body["error"];
            assert_eq!((refusal.http, &error["message"]), (400, &json!(words)));
            assert_eq!(
                error["details"][0]["fieldViolations"],
                json!([{"field": field, "description": words}])
            );
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let refusal = tidy(json!({"x": 1, "state": 7}), &OUTER, "").unwrap_err();
        let violations = &refusal.body["error"]["details"][0]["fieldViolations"];
        let lines: Vec<&str> = refusal.body["error"]["message"]
            .as_str()
            .unwrap()
            .lines()
            .collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.contains(&"Invalid JSON payload received. Unknown name \"x\": Cannot find field."));
        assert!(
            violations
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one.get("field").is_none()),
            "{violations}"
        );
    }
}
