//! What a batch file says, whatever its format: values that still know their lines.

use super::error::Mistakes;
use crate::config::error::nearest;
use crate::config::value::{Raw, quoted};

/// What is at the top of a file.
const TOP: [&str; 2] = ["defaults", "launch"];

/// Deeper than any field of a launch goes. What is nested deeper is not looked into.
pub(super) const DEEPEST: usize = 7;

/// What a value that is nested deeper is called.
pub(super) const TOO_DEEP: Value = Value::Other("something nested too deeply");

/// A file in its two parts.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// What holds for every launch that says nothing else.
    pub(super) defaults: Option<Table>,
    /// That no launch has a job was told.
    pub(super) job_is_missed: bool,
    /// The launches, in the order of the file.
    pub(super) launches: Vec<Table>,
}

/// Fields under one roof, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// Where it begins, from 1.
    pub(super) line: usize,
    pub(super) fields: Vec<Field>,
}

/// A field and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) value: Value,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// As it was spelled: `1e-4` stays `1e-4`.
    Number(String),
    Bool(bool),
    /// Each with its line.
    List(Vec<(usize, Value)>),
    Table(Table),
    /// Anything else, by its name.
    Other(&'static str),
}

impl Value {
    /// The value for the readers of settings.
    pub(super) fn raw(&self) -> Raw {
        match self {
            Self::Text(text) => Raw::Text(text.clone()),
            Self::Number(spelled) => spelled.parse().map_or(Raw::Other("a fraction"), Raw::Integer),
            Self::Bool(value) => Raw::Bool(*value),
            Self::List(_) => Raw::Other("a list"),
            Self::Table(_) => Raw::Other("a table"),
            Self::Other(name) => Raw::Other(name),
        }
    }

    /// A single value as it was spelled, for what becomes an argument or a variable.
    pub(super) fn spelled(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::List(_) | Self::Table(_) | Self::Other(_) => None,
        }
    }

    /// What it is, for an error.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

impl Document {
    /// Takes a file's top table apart.
    pub(super) fn of(top: Table, mistakes: &mut Mistakes) -> Self {
        let mut document = Self::default();
        for Field { name, line, value } in top.fields {
            match (name.as_str(), value) {
                ("defaults", Value::Table(table)) => document.defaults = Some(Table { line, ..table }),
                ("defaults", _) => mistakes.add(line, name, "`defaults`: expected a table"),
                ("launch", Value::List(items)) => document.launches = launches(items, mistakes),
                ("launch", _) => {
                    let message =
                        "`launch`: expected a list of launches; in TOML each begins with [[launch]]";
                    mistakes.add(line, name, message);
                }
                _ => mistakes.add(line, name.clone(), unknown(&name)),
            }
        }
        document
    }
}

fn launches(items: Vec<(usize, Value)>, mistakes: &mut Mistakes) -> Vec<Table> {
    let mut tables = Vec::with_capacity(items.len());
    for (line, value) in items {
        match value {
            Value::Table(table) => tables.push(Table { line, ..table }),
            other => {
                let message = format!("`launch`: expected a table of fields, not {}", other.kind());
                mistakes.add(line, "launch", message);
            }
        }
    }
    tables
}

fn unknown(name: &str) -> String {
    let advice = match nearest(name, TOP.into_iter()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a batch file has `defaults` and `launch`".to_owned(),
    };
    format!("there is no {} here; {advice}", quoted(name))
}

/// Finds lines by byte offsets.
#[derive(Debug)]
pub(super) struct Lines {
    ends: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            ends: newlines.map(|(at, _)| at).collect(),
        }
    }

    /// The line that holds a byte, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.ends.partition_point(|end| *end < at) + 1
    }
}
