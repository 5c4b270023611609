//! Batch files in JSON.
//!
//! `serde_json` tells no places. Its raw values are slices of the text, though, so where each stands follows from where it
//! begins; numbers keep their spelling that way, too.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::document::{DEEPEST, Document, Field, Lines, TOO_DEEP, Table, Value};
use super::error::Mistakes;
use crate::config::value::quoted;

/// Reads a file.
pub(super) fn read(text: &str, mistakes: &mut Mistakes) -> Document {
    let mut reader = Reader {
        text,
        lines: Lines::of(text),
        mistakes,
    };
    let Some(raw) = reader.parsed::<&RawValue>(text) else {
        return Document::default();
    };
    match reader.value(raw, 0) {
        Value::Table(top) => Document::of(top, mistakes),
        other => {
            let message = format!(
                "expected an object such as {{\"defaults\": {{…}}, \"launch\": [{{…}}]}}, not {}",
                other.kind()
            );
            mistakes.add(1, "", message);
            Document::default()
        }
    }
}

struct Reader<'a, 'm> {
    text: &'a str,
    lines: Lines,
    mistakes: &'m mut Mistakes,
}

impl<'a> Reader<'a, '_> {
    fn value(&mut self, raw: &'a RawValue, depth: usize) -> Value {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'{' | b'[') if depth >= DEEPEST => TOO_DEEP,
            Some(b'{') => Value::Table(self.table(text, depth)),
            Some(b'[') => {
                let items: Vec<&RawValue> = self.parsed(text).unwrap_or_default();
                let items = items.into_iter();
                Value::List(
                    items
                        .map(|item| (self.line(item.get()), self.value(item, depth + 1)))
                        .collect(),
                )
            }
            Some(b'"') => self
                .parsed(text)
                .map_or(Value::Other("text that is none"), Value::Text),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Other("null"),
            _ => Value::Number(text.to_owned()),
        }
    }

    fn table(&mut self, text: &'a str, depth: usize) -> Table {
        let Object(pairs) = self.parsed(text).unwrap_or_default();
        let mut fields = Vec::with_capacity(pairs.len());
        let mut names = HashSet::new();
        for (key, raw) in pairs {
            let Some(name) = self.parsed::<String>(key.get()) else {
                continue;
            };
            let line = self.line(key.get());
            if !names.insert(name.clone()) {
                let message = format!("{} is given twice: which value is meant?", quoted(&name));
                self.mistakes.add(line, name, message);
                continue;
            }
            let value = self.value(raw, depth + 1);
            fields.push(Field { name, line, value });
        }
        Table {
            line: self.line(text),
            fields,
        }
    }

    /// Parses a part of the text; what is wrong with it is told with its place in the whole.
    fn parsed<T: Deserialize<'a>>(&mut self, part: &'a str) -> Option<T> {
        serde_json::from_str(part)
            .map_err(|error| {
                let line = self.line(part) + error.line().saturating_sub(1);
                let text = error.to_string();
                let message = text.split(" at line ").next().unwrap_or_default();
                self.mistakes
                    .add(line, "", format!("this is not JSON: {message}"));
            })
            .ok()
    }

    /// The line on which a part of the text begins.
    fn line(&self, part: &str) -> usize {
        let at = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        self.lines.line(at)
    }
}

/// An object's keys and values, in order and unparsed.
#[derive(Default)]
struct Object<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Object(pairs))
    }
}
