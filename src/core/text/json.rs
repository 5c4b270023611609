//! JSON in which every string is safe.

use serde_json::Value;

use super::{redact, safe};

/// Makes every text of a value [`safe`], keys included. Texts of one list are hidden together: a secret may span lines.
pub fn safe_json(value: &mut Value) {
    match value {
        Value::String(text) => *text = safe(text),
        Value::Array(items) => {
            if let Some(lines) = lines_of(items) {
                *items = redact(&lines).split('\n').map(Value::from).collect();
            }
            items.iter_mut().for_each(safe_json);
        }
        Value::Object(object) => {
            let entries = std::mem::take(object).into_iter();
            *object = entries.map(|(key, value)| (safe(&key), value)).collect();
            object.values_mut().for_each(safe_json);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A list of texts, such as the runner's last lines, as one text.
fn lines_of(items: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
    texts
        .filter(|texts| !texts.is_empty())
        .map(|texts| texts.join("\n"))
}
