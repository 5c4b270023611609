//! `--output json`: one event a line.
//!
//! The contract: every line is one JSON object with all of `schema, seq, event, launch, batch, name, attempt, at,
//! elapsed_ms`, these first; what else it has depends on `event`, and [`schema`](super::schema) says what. A line is
//! written whole and flushed at once, so that a reader never waits and never sees half of one.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::Reporter;
use crate::core::event::Event;
use crate::core::text::safe_json;

/// Writes events as JSON lines.
pub struct Jsonl<W> {
    out: W,
}

impl<W: Write> Jsonl<W> {
    /// Onto this writer, which needs no buffer of its own.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// The writer.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }
}

impl<W> fmt::Debug for Jsonl<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jsonl").finish_non_exhaustive()
    }
}

impl<W: Write> Reporter for Jsonl<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line::of(event)?)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// An event as JSON in which every string is safe, whatever field it is in.
pub(super) fn clean(event: &Event) -> serde_json::Result<Map<String, Value>> {
    let mut object = match serde_json::to_value(event)? {
        Value::Object(object) => object,
        other => Map::from_iter([("event".to_owned(), other)]),
    };
    object.values_mut().for_each(safe_json);
    Ok(object)
}

/// The order of a line: what all have in common first.
#[derive(Serialize)]
struct Line {
    schema: Value,
    seq: Value,
    event: Value,
    launch: Value,
    batch: Value,
    name: Value,
    attempt: Value,
    at: Value,
    elapsed_ms: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Line {
    fn of(event: &Event) -> serde_json::Result<Self> {
        let mut rest = clean(event)?;
        let mut take = |key| rest.remove(key).unwrap_or_default();
        Ok(Self {
            schema: take("schema"),
            seq: take("seq"),
            event: take("event"),
            launch: take("launch"),
            batch: take("batch"),
            name: take("name"),
            attempt: take("attempt"),
            at: take("at"),
            elapsed_ms: take("elapsed_ms"),
            rest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::EventKind;
    use crate::core::text::is_unsafe;
    use crate::report::sample;

    fn written(events: &[Event]) -> String {
        let mut reporter = Jsonl::new(Vec::new());
        for event in events {
            reporter.event(event).unwrap();
        }
        reporter.finish().unwrap();
        String::from_utf8(reporter.out).unwrap()
    }

    #[test]
    fn every_line_is_one_object_with_all_the_common_keys_first() {
        let text = written(&sample::every_kind("plain"));
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            for key in [
                "schema",
                "seq",
                "event",
                "launch",
                "batch",
                "name",
                "attempt",
                "at",
                "elapsed_ms",
            ] {
                assert!(value.get(key).is_some(), "{key} is missing in {line}");
            }
            assert!(line.starts_with(r#"{"schema":1,"seq":"#), "{line}");
        }
        let kinds: Vec<_> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone())
            .collect();
        let expected = "launch_requested launch_started phase log evidence source verdict diagnosis \
            launch_planned not_started checked summary";
        assert_eq!(kinds, expected.split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn a_process_without_a_launch_has_nulls_and_not_gaps() {
        let text = written(&[sample::process_failed()]);
        let value: Value = serde_json::from_str(&text).unwrap();
        for key in ["launch", "batch", "name", "attempt", "elapsed_ms"] {
            assert_eq!(value.get(key), Some(&Value::Null), "{key}");
        }
    }

    #[test]
    fn nothing_hostile_and_no_secret_is_written_in_any_field() {
        let text = written(&sample::every_kind(sample::HOSTILE));
        assert!(!text.chars().any(|c| is_unsafe(c) && c != '\n'), "{text}");
        assert!(!text.contains(sample::SECRET), "{text}");
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_harmless(&value);
        }
    }

    /// Once a reader has undone JSON's own escapes.
    fn assert_harmless(value: &Value) {
        match value {
            Value::String(text) => {
                assert!(
                    !text.chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'),
                    "{text:?}"
                );
            }
            Value::Array(items) => items.iter().for_each(assert_harmless),
            Value::Object(object) => object.values().for_each(assert_harmless),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    #[test]
    fn a_key_that_spans_the_last_lines_is_hidden_in_all_of_them() {
        let key = "a\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BA\n-----END PRIVATE KEY-----\nb";
        let mut found = sample::diagnosis("plain");
        found.last_lines = key.lines().map(str::to_owned).collect();
        let text = written(&[sample::event(1, EventKind::Diagnosis(Box::new(found)))]);
        assert!(!text.contains("MIIE") && !text.contains("kqhk"), "{text}");
        assert!(
            text.contains(r#""last_lines":["a","-----BEGIN PRIVATE KEY-----","#),
            "{text}"
        );
    }

    #[test]
    fn each_line_is_flushed_on_its_own() {
        struct Counting(usize, usize);
        impl Write for Counting {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 += 1;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                self.1 += 1;
                Ok(())
            }
        }
        let mut reporter = Jsonl::new(Counting(0, 0));
        for event in sample::every_kind("plain") {
            reporter.event(&event).unwrap();
        }
        assert_eq!((reporter.get_mut().0, reporter.get_mut().1), (12, 12));
    }
}
