//! Items: each line of the input is a JSON object with lines that are judged by themselves.

use std::io::Write;

use serde::Deserialize;
use serde_json::Value;

use super::after;
use super::input::{Lines, Source, last_newline};
use crate::cli::failure::Failure;
use crate::core::entry::Severity;
use crate::core::pattern::PatternSet;
use crate::core::reader::explain_item;
use crate::core::verdict::exit;
use crate::gcp::json::mend;
use crate::report::classify::{ItemRow, JsonRows, Rows as _};

/// Longest item in bytes.
const LONGEST: usize = 16 << 20;
/// What an item looks like.
const FORM: &str =
    r#"Each line is an object such as {"id":"a","lines":["what was printed"],"severity":"ERROR"}"#;

/// An item; what else it has is left alone.
#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    id: Value,
    lines: Vec<String>,
    #[serde(default)]
    severity: Option<String>,
}

/// Judges every item of a source. The exit code is 0 whenever all could be read.
pub(super) fn judge<W: Write>(
    source: &Source,
    patterns: &PatternSet,
    mut rows: JsonRows<'_, W>,
) -> Result<u8, Failure> {
    let mut lines = Lines::new(source.open()?, LONGEST, last_newline);
    let mut number = 0;
    while let Some(text) = lines.next().map_err(|error| source.unreadable(&error))? {
        for line in text.lines() {
            number += 1;
            if line.trim().is_empty() {
                continue;
            }
            let shown = match item(line) {
                Ok(item) => show(patterns, &mut rows, &item),
                Err(error) => {
                    let _ = rows.flush(); // a closed stdout is told by nobody listening
                    return Err(source.malformed(number, &format!("no item: {error}"), FORM));
                }
            };
            if let Err(error) = shown {
                return after(&error, exit::SUCCESS);
            }
        }
        if let Err(error) = rows.flush() {
            return after(&error, exit::SUCCESS);
        }
    }
    Ok(exit::SUCCESS)
}

/// Halves of surrogate pairs, which Python writes for bytes that are no text, are mended.
fn item(line: &str) -> Result<Item, serde_json::Error> {
    serde_json::from_str(line).or_else(|error| {
        if error.is_syntax() {
            serde_json::from_str(&mend(line))
        } else {
            Err(error)
        }
    })
}

fn show<W: Write>(patterns: &PatternSet, rows: &mut JsonRows<'_, W>, item: &Item) -> std::io::Result<()> {
    let severity = Severity::parse(item.severity.as_deref().unwrap_or_default());
    let (label, told) = explain_item(patterns, &item.lines, severity);
    rows.item(&ItemRow {
        id: &item.id,
        label,
        told: told.as_ref(),
    })
}
