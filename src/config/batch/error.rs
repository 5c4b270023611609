//! What can be wrong with a batch file. Every error ends the process with exit code 2, before anything is started.

use std::collections::HashSet;
use std::io;

use thiserror::Error;

use crate::config::value::{Wrong, quoted};

/// Mistakes beyond these are counted and not listed: nobody reads on.
const LISTED: usize = 1000;

/// Longer names of fields are cut: they are none.
const LONGEST_FIELD: usize = 100;

/// Why a batch file cannot be used.
#[derive(Debug, Error)]
pub enum BatchError {
    /// It cannot be read.
    #[error("{name} cannot be read: {source}")]
    Unreadable {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Neither flag nor extension tells the format.
    #[error("{name}: is it TOML, JSON or CSV? Give --format toml, json or csv")]
    UnknownFormat {
        /// The file.
        name: String,
    },
    /// It is too large.
    #[error("{name} is larger than {mib} MiB: split it, or let `matrix` and `repeat` make its launches")]
    TooLarge {
        /// The file.
        name: String,
        /// The limit, in MiB.
        mib: u64,
    },
    /// It is not text.
    #[error("{name}:{line}: this is not UTF-8 text")]
    NotUtf8 {
        /// The file.
        name: String,
        /// The line of the first bad byte, from 1.
        line: usize,
    },
    /// It says what cannot be.
    #[error("{name} has {}; nothing was started", counted(*.total, .listed.len()))]
    Mistakes {
        /// The file.
        name: String,
        /// By line; only the first thousand.
        listed: Vec<Mistake>,
        /// How many there are.
        total: usize,
    },
}

fn counted(total: usize, listed: usize) -> String {
    match total {
        1 => "a mistake".to_owned(),
        _ if total > listed => format!("{total} mistakes, of which {listed} are listed"),
        _ => format!("{total} mistakes"),
    }
}

/// One mistake, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The field, such as `region` or `env.SEED`; empty where the line as a whole is meant.
    pub field: String,
    /// What is wrong. Without the place.
    pub message: String,
}

/// All mistakes of one file so far, each once.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: HashSet<Mistake>,
    total: usize,
}

impl Mistakes {
    /// Adds one. A mistake in `[defaults]` that shows in each launch counts once.
    pub(super) fn add(&mut self, line: usize, field: impl Into<String>, message: impl Into<String>) {
        let field = field.into();
        let plain = |c: char| c.is_ascii_graphic() || c == ' ';
        let mistake = Mistake {
            line,
            field: if field.len() <= LONGEST_FIELD && field.chars().all(plain) {
                field
            } else {
                quoted(&field)
            },
            message: message.into(),
        };
        if self.found.contains(&mistake) {
            return;
        }
        self.total += 1;
        if self.found.len() < LISTED {
            self.found.insert(mistake);
        }
    }

    /// Adds a value that does not fit its field. `given` is its text, quoted; none where it may be secret.
    pub(super) fn value(&mut self, line: usize, field: &str, given: Option<&str>, wrong: &Wrong) {
        let given = given.map(|value| format!(" = {value}")).unwrap_or_default();
        self.add(line, field, format!("`{field}`{given}: {wrong}"));
    }

    /// How many there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// The error that they are together, if there are any.
    pub(super) fn into_result(self, name: &str) -> Result<(), BatchError> {
        if self.total == 0 {
            return Ok(());
        }
        let mut listed: Vec<Mistake> = self.found.into_iter().collect();
        listed.sort();
        Err(BatchError::Mistakes {
            name: name.to_owned(),
            listed,
            total: self.total,
        })
    }
}
