//! What can be wrong with configuration. Every error ends the process with exit code 2, before anything is started.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::origin::{Origin, shown};
use super::value::{Raw, Wrong, quoted};

/// Why the configuration cannot be used: where, which key, and what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file that was asked for, or found, cannot be read.
    #[error("{} cannot be read: {source}", shown(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no configuration of this world.
    #[error("{} is larger than 1 MiB: that is no configuration file", shown(path))]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file is not text.
    #[error("{}:{line}: this is not UTF-8 text", shown(path))]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line of the first bad byte, from 1.
        line: usize,
    },
    /// A file is not TOML.
    #[error("{}:{line}: this is not TOML: {message}", shown(path))]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The parser's words.
        message: String,
    },
    /// A key that does not exist.
    #[error("{origin}: there is no setting {key}{}", suggestion(*nearest))]
    UnknownKey {
        /// Where.
        origin: Origin,
        /// The key, quoted.
        key: String,
        /// The nearest one that exists.
        nearest: Option<&'static str>,
    },
    /// A key that a project's file may not set.
    #[error(
        "{origin}: a project's file may not set `{key}`, because {reason}; put it in your own file, {}",
        shown(own)
    )]
    NotYours {
        /// Where.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// What could happen otherwise.
        reason: &'static str,
        /// The user's file.
        own: PathBuf,
    },
    /// A value that does not fit its key.
    #[error("{origin}: `{key}`{given}: {wrong}")]
    BadValue {
        /// Where.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// ` = "value"`, quoted and cut; empty where it may be secret.
        given: String,
        /// What was expected.
        wrong: Wrong,
    },
    /// A setting that the launch cannot do without.
    #[error(
        "no {what} is known: give {flag}, set {variables}, put `{key}` in liftoff.toml, or run `{command}`{}",
        aside(notes)
    )]
    Missing {
        /// What is missing, for people.
        what: &'static str,
        /// The flag.
        flag: &'static str,
        /// The variables.
        variables: &'static str,
        /// The key.
        key: &'static str,
        /// The gcloud command that sets it for all tools.
        command: &'static str,
        /// What could not be looked into.
        notes: Vec<String>,
    },
    /// A flag and a full name contradict each other.
    #[error("{flag} says `{flag_says}`, but {name} is in `{name_says}`: leave the flag out, or name another")]
    Conflict {
        /// The flag.
        flag: &'static str,
        /// What it says.
        flag_says: String,
        /// The full name.
        name: String,
        /// What that says.
        name_says: String,
    },
    /// A launch id without a job to look for it in.
    #[error(
        "`{id}` is not an execution's name; if it is a launch id, say with --job-name which Cloud Run job it belongs to"
    )]
    JobUnknown {
        /// What was given.
        id: String,
    },
    /// A variable for the runner is given twice.
    #[error("--env gives `{name}` twice: which value is meant?")]
    Twice {
        /// The variable.
        name: String,
    },
    /// The built-in defaults lack a key.
    #[error("the built-in defaults lack `{0}`; this is a bug in Liftoff")]
    NoDefault(&'static str),
    /// A launch id could not be made from this clock.
    #[error("the clock says {0}, which no launch id can hold; set the clock, or give an id with --id")]
    Clock(jiff::Timestamp),
}

impl ConfigError {
    /// A value that does not fit. Without `raw` it is not repeated: it may be secret.
    pub(super) fn bad_value(origin: &Origin, key: &'static str, raw: Option<&Raw>, wrong: Wrong) -> Self {
        Self::BadValue {
            origin: origin.clone(),
            key,
            given: raw
                .and_then(Raw::quoted)
                .map(|value| format!(" = {value}"))
                .unwrap_or_default(),
            wrong,
        }
    }

    /// A key that does not exist, with the nearest of `known`.
    pub(super) fn unknown(origin: Origin, key: &str, known: impl Iterator<Item = &'static str>) -> Self {
        Self::UnknownKey {
            origin,
            key: quoted(key),
            nearest: nearest(key, known),
        }
    }

    /// A file that cannot be read.
    pub(super) fn unreadable(path: &Path, source: io::Error) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            source,
        }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    match nearest {
        Some(key) => format!("; did you mean `{key}`?"),
        None => "; `liftoff config --default` lists them".to_owned(),
    }
}

fn aside(notes: &[String]) -> String {
    match notes {
        [] => String::new(),
        _ => format!(" ({})", notes.join("; ")),
    }
}

/// The known word that takes the fewest edits, if that is at most a third of its letters. `_` counts as `-`.
pub(super) fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let word: Vec<char> = word.to_lowercase().replace('_', "-").chars().take(64).collect();
    known
        .map(|candidate| (edits(&word, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= (candidate.len() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance.
fn edits(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (i, c) in to.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, d) in from.iter().enumerate() {
            let change = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[from.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["project", "region", "vertex-region", "timeout", "logs"];
        for (word, wanted) in [
            ("regoin", Some("region")),
            ("Region", Some("region")),
            ("vertex_region", Some("vertex-region")),
            ("time-out", Some("timeout")),
            ("log", Some("logs")),
            ("frobnicate", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known.into_iter()), wanted, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), known.into_iter()), None);
    }
}
