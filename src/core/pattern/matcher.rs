//! A regex that is compiled when a line first needs it.
//!
//! Compiled, the built-in ones take 7 MB and half of a start's time, and a log has lines for a few of them only. What a
//! user wrote is compiled when it is read, so that a mistake is told before anything starts; that the built-in ones
//! compile, a test of `src/patterns.rs` has seen.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

/// Bytes that one compiled regex may take: the largest of the built-in ones needs a tenth.
const SIZE: usize = 256 * 1024;

/// Bytes that the guards may take together.
const TOGETHER: usize = 8 * SIZE;

/// One regex of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Matcher {
    /// One that is known to compile.
    pub(super) fn proven(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            compiled: OnceLock::new(),
        }
    }

    /// One that is compiled now.
    pub(super) fn compile(source: &str) -> Result<Self, regex::Error> {
        Ok(Self {
            source: source.to_owned(),
            compiled: OnceLock::from(Some(build(source)?)),
        })
    }

    /// The compiled regex; none where it was wrongly taken for proven.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let compiled = self.compiled.get_or_init(|| build(&self.source).ok());
        compiled.as_ref()
    }
}

/// Several as one that tells which of them match; none if that takes too much memory.
pub(super) fn together<'a>(matchers: impl Iterator<Item = &'a Matcher>) -> Option<RegexSet> {
    let mut builder = RegexSetBuilder::new(matchers.map(|matcher| &matcher.source));
    builder.unicode(false).size_limit(TOGETHER).build().ok()
}

/// Bytes and ASCII classes: logs hold any bytes, and Unicode's `\w` costs a hundred times the memory.
fn build(source: &str) -> Result<Regex, regex::Error> {
    let mut builder = RegexBuilder::new(source);
    builder
        .unicode(false)
        .case_insensitive(false)
        .size_limit(SIZE)
        .build()
}
