//! The Logging query language, as `entries:list` filters by it.
//!
//! Source: Google's page "Logging query language" and the `LogEntry` reference. The rules that surprise:
//!
//! * `OR` binds tighter than `AND`: `a AND b OR c` means `a AND (b OR c)`. Operators are upper case; two
//!   restrictions without an operator between them are joined by `AND`.
//! * A comparison with a missing label or payload field is false, even `!=`; therefore `NOT missing="x"` is true.
//!   A missing field of the entry itself has its default, so `severity=DEFAULT` finds entries without severity.
//! * Text compares without regard to case, except in regular expressions. Severities compare by number and times
//!   as instants.
//! * An array stands for its elements: one of them that passes is enough, also for `!=`.
//!
//! Stricter than Google in what it accepts, so that a filter that works here works there: functions such as
//! `log_id(…)` are refused, and a value that does not fit its field (`severity=LOUD`) is an error at parse time.
//! The limit of 20 000 characters is the caller's to enforce.
//!
//! `lexer` makes tokens, `parser` the expression, `field` knows the fields of an entry, `literal` converts values,
//! `compare` evaluates one comparison (`any` of what may have any type, and of many alternatives at once), and `bounds` finds
//! the span of time that a filter speaks of. To add an operator: a variant of `lexer::Op` and its case in `compare`. To add a
//! field: a line in `field`.

mod any;
mod bounds;
mod compare;
mod field;
mod lexer;
mod literal;
mod parser;

use serde_json::Value;

pub use bounds::Bounds;
use parser::Expr;

/// A filter that can be put to log entries.
#[derive(Debug)]
pub struct Filter(Expr);

/// Why a filter could not be parsed. Logging answers such a filter with `INVALID_ARGUMENT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unparseable filter at byte {at}: {message}")]
pub struct ParseError {
    /// Byte offset in the filter of what is wrong.
    pub at: usize,
    /// What is wrong and what is expected there.
    pub message: String,
}

impl ParseError {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}

impl Filter {
    /// Parses a filter. An empty one matches every entry.
    pub fn parse(filter: &str) -> Result<Self, ParseError> {
        parser::parse(filter).map(Self)
    }

    /// The timestamps between which every entry lies that the filter can select: where a search may begin and end.
    pub fn timestamps(&self) -> Bounds {
        bounds::of(&self.0)
    }

    /// What every selected entry is named.
    pub(crate) fn pins(&self) -> Pins<'_> {
        Pins {
            execution: self.0.equals(&["labels", "run.googleapis.com/execution_name"]),
            job: self.0.equals(&["resource", "labels", "job_name"]),
            region: self.0.equals(&["resource", "labels", "location"]),
        }
    }

    /// Whether the filter selects `entry`, a `LogEntry` in the JSON form of the REST API.
    pub fn matches(&self, entry: &Value) -> bool {
        self.0.matches(entry)
    }
}

/// Names that a filter insists on, so that a search can pass by what has others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pins<'a> {
    /// `labels."run.googleapis.com/execution_name"`.
    pub(crate) execution: Option<&'a str>,
    /// `resource.labels.job_name`.
    pub(crate) job: Option<&'a str>,
    /// `resource.labels.location`.
    pub(crate) region: Option<&'a str>,
}

impl Expr {
    /// The text that the field at `path` must equal, without regard to case, for the expression to hold.
    fn equals(&self, path: &[&str]) -> Option<&str> {
        match self {
            Self::All(parts) => parts.iter().find_map(|part| part.equals(path)),
            Self::Any(parts) => match parts.as_slice() {
                [only] => only.equals(path),
                _ => None,
            },
            Self::Compare(comparison) => comparison.equals(path),
            Self::Not(_) | Self::Global(_) => None,
        }
    }

    fn matches(&self, entry: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(entry)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(entry)),
            Self::Not(inner) => !inner.matches(entry),
            Self::Compare(comparison) => comparison.matches(entry),
            Self::Global(text) => text.is_in_entry(entry),
        }
    }
}

#[cfg(test)]
mod tests;
