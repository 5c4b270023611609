//! Values before anyone has said what they mean, and the readers that turn them into types.
//!
//! A reader takes text (a flag, a variable) or a TOML value alike, and refuses with a [`Wrong`] that says what was
//! expected. To add a kind of value, add a reader here and name it in `key.rs`.

use std::borrow::Cow;
use std::path::PathBuf;

use clap::ValueEnum;
use thiserror::Error;

/// What is wrong with a value. Fits after `…: `, on the command line and in files.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Wrong(Cow<'static, str>);

impl Wrong {
    /// In so many words.
    pub(super) fn new(why: impl Into<Cow<'static, str>>) -> Self {
        Self(why.into())
    }

    /// By what would have been right.
    pub(super) fn expected(what: impl AsRef<str>) -> Self {
        Self(format!("expected {}", what.as_ref()).into())
    }
}

/// A value as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Text: all that variables and gcloud's files have.
    Text(String),
    /// A TOML integer.
    Integer(i64),
    /// A TOML boolean.
    Bool(bool),
    /// A TOML array of strings.
    List(Vec<String>),
    /// Any other TOML type, by its name.
    Other(&'static str),
}

impl Raw {
    /// The text, or what was found in its place.
    fn text(&self) -> Result<&str, Wrong> {
        match self {
            Self::Text(text) if text.is_empty() => {
                Err(Wrong::new("it is empty; leave the key out to leave it unset"))
            }
            Self::Text(text) => Ok(text),
            _ => Err(Wrong::expected(format!(
                "text in quotes, not {}",
                self.type_name()
            ))),
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::List(_) => "a list",
            Self::Other(name) => name,
        }
    }

    /// The value as an error quotes it: bounded, and without anything that a terminal would obey. Only single values
    /// are quoted.
    pub(super) fn quoted(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(quoted(text)),
            Self::Integer(number) => Some(number.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::List(_) | Self::Other(_) => None,
        }
    }
}

/// Text in quotes, cut at 60 characters, control and bidirectional characters escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("{cut:?}")
}

/// A reader of one kind of value.
pub(super) type Reader<T> = fn(&Raw) -> Result<T, Wrong>;

/// Reads by a parser of text.
pub(super) fn by<T>(raw: &Raw, parse: fn(&str) -> Result<T, Wrong>) -> Result<T, Wrong> {
    parse(raw.text()?)
}

/// Reads a duration or timeout, where a TOML integer counts seconds like a bare number does.
pub(super) fn time<T>(raw: &Raw, parse: fn(&str) -> Result<T, Wrong>) -> Result<T, Wrong> {
    match raw {
        Raw::Integer(seconds) => parse(&seconds.to_string()),
        other => by(other, parse),
    }
}

/// Reads one of an enum's words.
pub(super) fn choice<T: ValueEnum>(raw: &Raw) -> Result<T, Wrong> {
    let text = raw.text()?;
    T::from_str(text, false).map_err(|_| {
        let words: Vec<String> = T::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        Wrong::expected(format!("one of {}", words.join(", ")))
    })
}

/// Reads `true` or `false`, from text also as `1` and `0`.
pub(super) fn switch(raw: &Raw) -> Result<bool, Wrong> {
    match raw {
        Raw::Bool(value) => Ok(*value),
        Raw::Text(text) => match text.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(Wrong::expected("true or false")),
        },
        other => Err(Wrong::expected(format!(
            "true or false, not {}",
            other.type_name()
        ))),
    }
}

/// Reads requests a minute: 1 to 1000000.
pub(super) fn rate(raw: &Raw) -> Result<u32, Wrong> {
    number(raw, requests_per_minute)
}

/// Reads a number by a parser of text.
pub(super) fn number<T>(raw: &Raw, parse: fn(&str) -> Result<T, Wrong>) -> Result<T, Wrong> {
    match raw {
        Raw::Integer(number) => parse(&number.to_string()),
        other => by(other, parse),
    }
}

/// Parses requests a minute: 1 to 1000000.
pub(super) fn requests_per_minute(text: &str) -> Result<u32, Wrong> {
    text.parse()
        .ok()
        .filter(|rate| (1..=1_000_000).contains(rate))
        .ok_or_else(|| Wrong::expected("a number of requests a minute, 1 to 1000000"))
}

/// Reads one path.
pub(super) fn path(raw: &Raw) -> Result<PathBuf, Wrong> {
    by(raw, whole_path)
}

/// Reads paths: a list, or text as `PATH` separates them.
pub(super) fn paths(raw: &Raw) -> Result<Vec<PathBuf>, Wrong> {
    match raw {
        Raw::List(items) => items.iter().map(|item| whole_path(item)).collect(),
        Raw::Text(text) => std::env::split_paths(text)
            .map(|path| whole_path(&path.to_string_lossy()))
            .collect(),
        other => Err(Wrong::expected(format!(
            "a list of paths in quotes, not {}",
            other.type_name()
        ))),
    }
}

fn whole_path(text: &str) -> Result<PathBuf, Wrong> {
    if text.is_empty() {
        return Err(Wrong::expected("a path; this one is empty"));
    }
    if text.chars().any(|c| c.is_control() || c == '\u{fffd}') {
        return Err(Wrong::expected("a path without control characters, in UTF-8"));
    }
    if text == "~" || text.starts_with("~/") {
        return Err(Wrong::new(
            "write the path in full: only a shell knows what `~` means",
        ));
    }
    Ok(PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::spec::Goal;

    fn text(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn a_choice_lists_its_words_when_refused() {
        assert_eq!(choice::<Goal>(&text("running")), Ok(Goal::Running));
        let error = choice::<Goal>(&text("done")).unwrap_err();
        assert_eq!(error.to_string(), "expected one of submitted, running, succeeded");
        let error = choice::<Goal>(&Raw::Bool(true)).unwrap_err();
        assert_eq!(error.to_string(), "expected text in quotes, not true or false");
    }

    #[test]
    fn switches_read_from_toml_and_from_text() {
        for (raw, value) in [
            (Raw::Bool(true), true),
            (text("true"), true),
            (text("1"), true),
            (text("false"), false),
            (text("0"), false),
        ] {
            assert_eq!(switch(&raw), Ok(value), "{raw:?}");
        }
        for raw in [text("yes"), text(""), Raw::Integer(1), Raw::Other("a table")] {
            assert!(switch(&raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn rates_are_positive_and_bounded() {
        assert_eq!(rate(&Raw::Integer(60)), Ok(60));
        assert_eq!(rate(&text("600")), Ok(600));
        for raw in [
            Raw::Integer(0),
            Raw::Integer(-1),
            Raw::Integer(1_000_001),
            text("6e1"),
            text(""),
        ] {
            assert!(rate(&raw).is_err(), "{raw:?}");
        }
    }

    #[test]
    fn paths_are_whole_and_clean() {
        assert_eq!(path(&text("a/b.toml")), Ok(PathBuf::from("a/b.toml")));
        for bad in ["", "~", "~/x", "a\u{1b}[2J", "a\u{fffd}"] {
            assert!(path(&text(bad)).is_err(), "{bad:?}");
        }
        let list = Raw::List(vec!["a".into(), "b".into()]);
        assert_eq!(paths(&list), Ok(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn quoting_cuts_and_defuses() {
        assert_eq!(quoted("a\u{1b}[31m\u{202e}b"), r#""a\u{1b}[31m\u{202e}b""#);
        assert_eq!(quoted(&"é".repeat(100)).chars().count(), 63);
    }
}
