//! Batch files in TOML.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{DEEPEST, Document, Field, Lines, TOO_DEEP, Table, Value};
use super::error::Mistakes;

/// Reads a file. What is not TOML is told with all its places, and nothing else of it is looked at.
pub(super) fn read(text: &str, mistakes: &mut Mistakes) -> Document {
    let lines = Lines::of(text);
    let (top, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        // The parser's messages may take more than one line; ours are one.
        let message: Vec<&str> = error.message().split_whitespace().collect();
        mistakes.add(
            lines.line(at),
            "",
            format!("this is not TOML: {}", message.join(" ")),
        );
    }
    if !errors.is_empty() {
        return Document::default();
    }
    Document::of(table(&lines, top.span().start, top.get_ref(), 0), mistakes)
}

fn table(lines: &Lines, at: usize, table: &DeTable<'_>, depth: usize) -> Table {
    // The parser sorts keys; the order of the file is that of their places.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let fields = entries.into_iter().map(|(key, item)| Field {
        name: key.get_ref().to_string(),
        line: lines.line(key.span().start),
        value: value(lines, item, depth + 1),
    });
    Table {
        line: lines.line(at),
        fields: fields.collect(),
    }
}

fn value(lines: &Lines, item: &Spanned<DeValue<'_>>, depth: usize) -> Value {
    match item.get_ref() {
        DeValue::Array(_) | DeValue::Table(_) if depth >= DEEPEST => TOO_DEEP,
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => {
            let item = |item| (line(lines, item), value(lines, item, depth + 1));
            Value::List(items.iter().map(item).collect())
        }
        DeValue::Table(inner) => Value::Table(table(lines, item.span().start, inner, depth)),
    }
}

fn line(lines: &Lines, item: &Spanned<DeValue<'_>>) -> usize {
    lines.line(item.span().start)
}
