//! The form of a pattern file.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::error::{PatternError, PatternErrorKind};
use super::literal::HttpStatus;
use crate::core::finding::{FatalScope, Label, Phase};

/// One pattern file: a name for messages, and its text.
#[derive(Clone, Copy, Debug)]
pub struct PatternFile<'a> {
    /// How errors name it: a path.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
    /// Whether a test has seen that its regexes compile: they are then compiled when they are first needed.
    pub proven: bool,
}

/// Which lines a pattern may speak for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// Lines that state an error (an exception, `ERROR: …`, `fatal: …`), and lines inside a give-up block.
    Error,
    /// Any line; the regex has to be anchored well enough by itself.
    Any,
    /// Only lines inside a give-up block.
    Block,
    /// Any line, but for those of a traceback or a give-up block.
    Alone,
}

/// What a matching line opens: how the lines after it are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// The job was given up: fatal whatever follows, which only names the cause.
    GiveUp,
    /// A traceback: its last line decides.
    Traceback,
    /// What follows belongs to this line and is judged by it (a caught exception that is logged).
    Covered,
    /// The agent's dump of the job: data, however it reads.
    Dump,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileText {
    #[serde(default)]
    pub(super) off: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) family: Family,
    #[serde(default)]
    pub(super) pattern: Vec<Spanned<PatternText>>,
}

/// What the patterns of a file have in common.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    pub(super) label: Option<Label>,
    pub(super) scope: Option<FatalScope>,
    pub(super) category: Option<String>,
    pub(super) priority: Option<u8>,
    pub(super) hint: Option<String>,
    pub(super) doc: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatternText {
    pub(super) id: String,
    pub(super) label: Option<Label>,
    pub(super) scope: Option<FatalScope>,
    #[serde(default)]
    pub(super) vague: bool,
    pub(super) category: Option<String>,
    pub(super) priority: Option<u8>,
    #[serde(default)]
    pub(super) literals: Vec<String>,
    #[serde(default)]
    pub(super) http_status: Vec<HttpStatus>,
    pub(super) regex: Option<Spanned<String>>,
    pub(super) next: Option<Spanned<String>>,
    pub(super) unless: Option<Spanned<String>>,
    pub(super) on: Option<On>,
    #[serde(default)]
    pub(super) stream: Vec<StreamText>,
    pub(super) opens: Option<Opens>,
    #[serde(default)]
    pub(super) complete: bool,
    pub(super) given_up: Option<String>,
    pub(super) summary: Spanned<String>,
    pub(super) hint: Option<Spanned<String>>,
    pub(super) doc: Option<String>,
    pub(super) phase: Option<Phase>,
    #[serde(default)]
    pub(super) weak_success: bool,
    #[serde(default)]
    pub(super) matches: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) ignores: Vec<Spanned<String>>,
}

/// The streams a pattern may be held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StreamText {
    Stdout,
    Stderr,
    System,
    Audit,
}

impl PatternFile<'_> {
    pub(super) fn parse(&self) -> Result<FileText, PatternError> {
        toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.error(span, PatternErrorKind::Syntax(error.message().to_owned()))
        })
    }

    pub(super) fn error(&self, span: Range<usize>, kind: PatternErrorKind) -> PatternError {
        PatternError {
            file: self.name.to_owned(),
            line: self.line_of(&span),
            kind,
        }
    }

    pub(super) fn line_of(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(span.start);
        1 + before.filter(|byte| **byte == b'\n').count()
    }
}
