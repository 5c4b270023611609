//! A request as it is read, and what is wrong with it.

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{Kind, Message, scalar};
use crate::emulator::{method::camel, status::Status};

/// Reads a request, and notes what is wrong with it: where, and in which words.
#[derive(Default)]
pub(super) struct Reader {
    wrong: Vec<(String, String)>,
}

impl Reader {
    /// The message as an answer would show it, unless something is wrong with it.
    pub(super) fn read(
        mut self,
        sent: Value,
        message: &'static Message,
        place: &Place<'_>,
    ) -> Result<Value, Status> {
        let tidied = self.message(sent, message, place);
        if self.wrong.is_empty() {
            Ok(tidied.unwrap_or_default())
        } else {
            Err(self.refusal())
        }
    }

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
