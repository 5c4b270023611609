//! Batch files in CSV: one launch a row, the header names the fields.
//!
//! `env.NAME` and `label.NAME` are columns; `args` is one column, split as a shell splits words. An empty cell says nothing.
//! Spaces around a cell do not count, and lines that begin with `#` are comments.

use csv::{ReaderBuilder, StringRecord};

use super::document::{Document, Field, Table, Value};
use super::error::Mistakes;
use super::field;
use crate::config::error::nearest;
use crate::config::value::quoted;

/// The first row's line where nothing else is known.
const HEADER: usize = 1;

/// More columns than any launch has variables.
const MOST_COLUMNS: usize = 1000;

/// A space before a quotation mark makes the mark part of the cell, and its commas ends of cells.
const QUOTED_LATE: &str = "a cell in quotation marks begins with the mark: remove the space before it";

/// Reads a file.
pub(super) fn read(text: &str, mistakes: &mut Mistakes) -> Document {
    let mut reader = ReaderBuilder::new()
        .flexible(true) // rows of another length are told one by one
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            mistakes.add(HEADER, "", format!("this is not CSV: {error}"));
            return Document::default();
        }
    };
    if header.len() > MOST_COLUMNS {
        mistakes.add(
            HEADER,
            "",
            format!("more than {MOST_COLUMNS} columns: is this CSV?"),
        );
        return Document::default();
    }
    let columns = columns(&header, mistakes);
    let mut document = Document::default();
    if !columns.contains(&Column::Field(field::JOB.to_owned())) {
        mistakes.add(HEADER, field::JOB, "a column `job` is needed");
        document.job_is_missed = true;
    }
    for record in reader.records() {
        match record {
            Ok(row) => document.launches.push(launch(&columns, &row, mistakes)),
            Err(error) => {
                let line = error.position().map_or(HEADER, |position| line(position.line()));
                mistakes.add(line, "", format!("this is not CSV: {error}"));
                break;
            }
        }
    }
    document
}

/// Where a column's cells go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Field(String),
    Env(String),
    Label(String),
    /// It has no place, which is told once, at the header.
    Unknown,
}

impl Column {
    fn name(&self) -> String {
        match self {
            Self::Field(name) => name.clone(),
            Self::Env(name) => format!("{}.{name}", field::ENV),
            Self::Label(name) => format!("label.{name}"),
            Self::Unknown => String::new(),
        }
    }
}

fn columns(header: &StringRecord, mistakes: &mut Mistakes) -> Vec<Column> {
    let at = header.position().map_or(HEADER, |position| line(position.line()));
    let mut columns = Vec::with_capacity(header.len());
    for name in header.iter().map(str::trim) {
        let column = column(name);
        if column == Column::Unknown {
            mistakes.add(at, name, unknown(name));
        } else if columns.contains(&column) {
            mistakes.add(at, name, format!("the column `{name}` is there twice"));
        }
        columns.push(column);
    }
    columns
}

fn column(name: &str) -> Column {
    if let Some(variable) = name.strip_prefix("env.") {
        return Column::Env(variable.to_owned());
    }
    if let Some(label) = name.strip_prefix("label.") {
        return Column::Label(label.to_owned());
    }
    if field::cells().any(|known| known == name) {
        return Column::Field(name.to_owned());
    }
    Column::Unknown
}

fn unknown(name: &str) -> String {
    let advice = match (nearest(name, field::cells()), name) {
        (_, "env" | "labels") => "each has a column of its own: `env.NAME`, `label.NAME`".to_owned(),
        (_, field::MATRIX) => "a row is one launch: a matrix needs TOML or JSON".to_owned(),
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, _) => format!("there are {}", field::list(field::cells())),
    };
    format!("there is no column {}; {advice}", quoted(name))
}

fn launch(columns: &[Column], row: &StringRecord, mistakes: &mut Mistakes) -> Table {
    let at = row.position().map_or(HEADER, |position| line(position.line()));
    if row.len() != columns.len() {
        let message = format!("{} cells under {} columns", row.len(), columns.len());
        mistakes.add(at, "", message);
    }
    let (mut fields, mut env, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let cells = row.iter().map(|cell| (cell, cell.trim()));
    for (column, (whole, cell)) in columns
        .iter()
        .zip(cells)
        .filter(|(_, (_, cell))| !cell.is_empty())
    {
        if whole.starts_with([' ', '\t']) && cell.starts_with('"') {
            mistakes.add(at, column.name(), QUOTED_LATE);
            continue;
        }
        let field = |name: &str, value| Field {
            name: name.to_owned(),
            line: at,
            value,
        };
        let text = Value::Text(cell.to_owned());
        match column {
            Column::Field(name) if name == field::ARGS => match words(at, cell) {
                Some(words) => fields.push(field(name, words)),
                None => mistakes.add(at, name.as_str(), "`args`: a quotation mark is not closed"),
            },
            Column::Field(name) => fields.push(field(name, text)),
            Column::Env(name) => env.push(field(name, text)),
            Column::Label(name) => labels.push(field(name, text)),
            Column::Unknown => {}
        }
    }
    for (name, inner) in [(field::ENV, env), (field::LABELS, labels)] {
        if !inner.is_empty() {
            let table = Table {
                line: at,
                fields: inner,
            };
            fields.push(Field {
                name: name.to_owned(),
                line: at,
                value: Value::Table(table),
            });
        }
    }
    Table { line: at, fields }
}

fn words(line: usize, cell: &str) -> Option<Value> {
    let words = shlex::split(cell)?;
    Some(Value::List(
        words.into_iter().map(|word| (line, Value::Text(word))).collect(),
    ))
}

fn line(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}
