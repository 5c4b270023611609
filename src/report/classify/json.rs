//! For a program: one JSON object a line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::{Explanation, Row, Rows, Whole};
use crate::core::finding::Label;
use crate::core::pattern::PatternSet;
use crate::core::reader::Told;
use crate::core::text::{safe_line, sanitise_line, shown_line};

/// Writes lines and items for a program.
#[derive(Debug)]
pub struct JsonRows<'p, W> {
    out: W,
    explain: Option<&'p PatternSet>,
}

/// Some lines that were judged together.
#[derive(Clone, Debug)]
pub struct ItemRow<'a> {
    /// What the caller calls it.
    pub id: &'a Value,
    /// What it means.
    pub label: Label,
    /// What decides.
    pub told: Option<&'a Told>,
}

/// What a finding says, safe to show; all null where there is none.
#[derive(Serialize)]
struct Said<'a> {
    category: Option<&'a str>,
    summary: Option<String>,
    hint: Option<String>,
    pattern: Option<&'a str>,
}

#[derive(Serialize)]
struct LineObject<'a> {
    number: u64,
    label: Label,
    #[serde(flatten)]
    said: Said<'a>,
    line: &'a str,
    decides: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<Explanation>,
}

/// A line of which nothing is said: most are, and flattening costs.
#[derive(Serialize)]
struct QuietObject<'a> {
    number: u64,
    label: Label,
    category: (),
    summary: (),
    hint: (),
    pattern: (),
    line: &'a str,
    decides: bool,
}

#[derive(Serialize)]
struct ItemObject<'a> {
    id: Value,
    label: Label,
    #[serde(flatten)]
    said: Said<'a>,
    line: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<Explanation>,
}

impl<'p, W: Write> JsonRows<'p, W> {
    /// Onto this writer; with `explain`, also which of these patterns decided and why.
    pub fn new(out: W, explain: Option<&'p PatternSet>) -> Self {
        Self { out, explain }
    }

    /// Shows an item.
    pub fn item(&mut self, item: &ItemRow<'_>) -> io::Result<()> {
        let object = ItemObject {
            id: visible(item.id),
            label: item.label,
            said: Said::of(item.told),
            line: item.told.map(|told| shown_line(&told.finding.line).into_owned()),
            explain: self.explanation(item.told),
        };
        self.write(&object)
    }

    fn explanation(&self, told: Option<&Told>) -> Option<Explanation> {
        Some(Explanation::of(self.explain?, told?))
    }

    fn write(&mut self, object: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, object)?;
        self.out.write_all(b"\n")
    }
}

impl<W: Write> Rows for JsonRows<'_, W> {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let line = shown_line(row.text);
        if row.told.is_none() {
            return self.write(&QuietObject {
                number: row.number,
                label: row.label,
                category: (),
                summary: (),
                hint: (),
                pattern: (),
                line: &line,
                decides: row.decides,
            });
        }
        let object = LineObject {
            number: row.number,
            label: row.label,
            said: Said::of(row.told),
            line: &line,
            decides: row.decides,
            explain: self.explanation(row.told),
        };
        self.write(&object)
    }

    fn whole(&mut self, _whole: &Whole<'_>) -> io::Result<()> {
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<'a> Said<'a> {
    fn of(told: Option<&'a Told>) -> Self {
        let finding = told.map(|told| &told.finding);
        let hint = finding.and_then(|finding| finding.hint.as_deref());
        Self {
            category: finding.map(|finding| &*finding.category),
            summary: finding.map(|finding| safe_line(&finding.summary)),
            hint: hint.filter(|hint| !hint.is_empty()).map(safe_line),
            pattern: finding.map(|finding| &*finding.pattern),
        }
    }
}

/// The caller's own id: nothing is taken out of it, so that it can be found again; only what a terminal would obey is shown.
fn visible(id: &Value) -> Value {
    match id.as_str() {
        Some(text) => Value::String(sanitise_line(text).into_owned()),
        None => id.clone(),
    }
}
