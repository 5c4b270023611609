//! `fields=`: partial responses, as every Google REST method offers them.
//!
//! Source: Google's page on partial responses. `a,b/c` and `a(b,c)` choose, `*` stands for every name; a list is entered without being
//! named. A name that an answer does not have selects nothing: without the whole schema a misspelt one cannot be told from an empty one.

use serde_json::{Map, Value};

use crate::emulator::status::Status;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 50;

/// A parsed selection: names, and what is wanted below each (empty: all).
#[derive(Debug, Default, PartialEq, Eq)]
struct Selection(Vec<(String, Selection)>);

/// Keeps of an answer what `fields` chooses.
pub(crate) fn select(fields: &str, answer: Value) -> Result<Value, Status> {
    let wrong = || Status::invalid(format!("Invalid field selection {fields}"));
    let mut rest = fields;
    let selection = selection(&mut rest, 0).ok_or_else(wrong)?;
    if !rest.is_empty() {
        return Err(wrong());
    }
    Ok(keep(&selection, answer))
}

/// `one{,one}`, up to a closing parenthesis or the end.
fn selection(rest: &mut &str, depth: usize) -> Option<Selection> {
    let mut all = Selection::default();
    if depth > MAX_DEPTH {
        return None;
    }
    loop {
        all.0.push(path(rest, depth)?);
        match rest.strip_prefix(',') {
            Some(more) => *rest = more,
            None => return Some(all),
        }
    }
}

/// `name`, `name/path`, `name.path` or `name(selection)`.
fn path(rest: &mut &str, depth: usize) -> Option<(String, Selection)> {
    let text = rest.trim_start();
    let end = text.find(|c: char| ",/.()".contains(c)).unwrap_or(text.len());
    let name = text[..end].trim();
    if name.is_empty() || depth > MAX_DEPTH {
        return None;
    }
    *rest = &text[end..];
    let below = if let Some(inner) = rest.strip_prefix('(') {
        *rest = inner;
        let below = selection(rest, depth + 1)?;
        *rest = rest.strip_prefix(')')?.trim_start();
        below
    } else if let Some(inner) = rest.strip_prefix(['/', '.']) {
        *rest = inner;
        Selection(vec![path(rest, depth + 1)?])
    } else {
        Selection::default()
    };
    Some((crate::emulator::method::camel(name), below))
}

fn keep(selection: &Selection, value: Value) -> Value {
    if selection.0.is_empty() {
        return value;
    }
    match value {
        Value::Array(elements) => elements.into_iter().map(|one| keep(selection, one)).collect(),
        Value::Object(fields) => Value::Object(keep_fields(selection, fields)),
        scalar => scalar,
    }
}

fn keep_fields(selection: &Selection, fields: Map<String, Value>) -> Map<String, Value> {
    fields
        .into_iter()
        .filter_map(|(name, value)| {
            let mut wanted = selection
                .0
                .iter()
                .filter(|(wanted, _)| *wanted == name || wanted == "*");
            let first = wanted.next()?;
            let kept = match wanted.next() {
                None => keep(&first.1, value),
                Some(_) => keep(&merged(selection, &name), value), // `a/b,a/c`
            };
            Some((name, kept))
        })
        .collect()
}

/// Everything that is wanted below one name.
fn merged(selection: &Selection, name: &str) -> Selection {
    let below = || {
        selection
            .0
            .iter()
            .filter(|(wanted, _)| wanted == name || wanted == "*")
    };
    if below().any(|(_, inner)| inner.0.is_empty()) {
        return Selection::default();
    }
    let copy = |inner: &Selection| {
        inner
            .0
            .iter()
            .map(|(name, below)| (name.clone(), below.copy()))
            .collect::<Vec<_>>()
    };
    Selection(below().flat_map(|(_, inner)| copy(inner)).collect())
}

impl Selection {
    fn copy(&self) -> Self {
        Self(
            self.0
                .iter()
                .map(|(name, below)| (name.clone(), below.copy()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_selection_keeps_what_it_names() {
        let answer = json!({"jobs": [{"name": "a", "error": {"code": 3, "message": "m"}, "labels": {"k": "v"}}], "nextPageToken": "t"});
        for (fields, kept) in [
            ("nextPageToken", json!({"nextPageToken": "t"})),
            (
                "jobs/name,nextPageToken",
                json!({"jobs": [{"name": "a"}], "nextPageToken": "t"}),
            ),
            (
                "jobs(name,error/code)",
                json!({"jobs": [{"name": "a", "error": {"code": 3}}]}),
            ),
            (
                "jobs/name,jobs/labels",
                json!({"jobs": [{"name": "a", "labels": {"k": "v"}}]}),
            ),
            ("jobs.name", json!({"jobs": [{"name": "a"}]})),
            ("next_page_token", json!({"nextPageToken": "t"})),
            (
                "jobs/*/code",
                json!({"jobs": [{"name": "a", "error": {"code": 3}, "labels": {}}]}),
            ),
            ("*", answer.clone()),
            ("nothing", json!({})),
        ] {
            assert_eq!(select(fields, answer.clone()).unwrap(), kept, "{fields}");
        }
    }

    #[test]
    fn a_broken_selection_is_refused() {
        for fields in [
            "",
            ",",
            "a(",
            "a(b",
            "a)",
            "a//b",
            "a(b)c",
            &"a(".repeat(5000),
            &"a/".repeat(5000),
        ] {
            assert_eq!(select(fields, json!({})).unwrap_err().http, 400, "{fields:.20}");
        }
    }
}
