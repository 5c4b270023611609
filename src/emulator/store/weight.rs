//! What an entry takes of the memory, near enough to bound it: measured on a process whose log is full.

use serde_json::Value;

use crate::emulator::timeline::{Entry, Kind};

/// An entry without its text: times, id, and its places in the indexes.
const BARE: usize = 800;
/// One value of a JSON document, its name included.
const NODE: usize = 180;

/// Bytes of an entry.
pub(super) fn of(entry: &Entry) -> usize {
    BARE + match &entry.kind {
        Kind::Line { text, .. } => text.len(),
        Kind::Completed { message, .. } => message.len(),
        Kind::Written(value) => of_value(value),
    }
}

fn of_value(value: &Value) -> usize {
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(of_value).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| name.len() + of_value(value))
            .sum(),
        _ => 0,
    }
}
