//! All patterns together: one automaton over their literals, regexes only where a literal occurred.

use std::sync::Arc;

use super::compile::Pattern;
use super::error::{PatternError, PatternErrorKind};
use super::file::{On, PatternFile};
use super::hit::{self, Hit};
use super::line::{Level, Line};
use super::prefilter::Prefilter;
use super::shape;
use crate::core::entry::Stream;
use crate::core::finding::Label;

/// Where a line stands: what a pattern may need to know besides the line itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The log that it came from.
    pub stream: Stream,
    /// Inside a give-up block, where every line is about an error.
    pub given_up: bool,
}

/// A compiled set of patterns.
#[derive(Clone, Debug)]
pub struct PatternSet {
    /// Highest priority first.
    patterns: Vec<Arc<Pattern>>,
    prefilter: Prefilter,
}

impl PatternSet {
    /// Compiles files in order. A pattern replaces an earlier file's of the same id; a file's `off = ["id"]` drops one.
    pub fn compile<'a>(files: impl IntoIterator<Item = PatternFile<'a>>) -> Result<Self, PatternError> {
        let mut patterns: Vec<Arc<Pattern>> = Vec::new();
        for file in files {
            add_layer(&mut patterns, file)?;
        }
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.priority));
        let prefilter = Prefilter::new(patterns.iter().map(|pattern| pattern.literals.as_slice()))?;
        Ok(Self { patterns, prefilter })
    }

    /// The patterns, highest priority first.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().map(AsRef::as_ref)
    }

    /// Whether any pattern may have something to say about a text of one or more lines. Allocates nothing.
    pub fn may_match(&self, text: &str) -> bool {
        self.prefilter.may_match(text)
    }

    /// The pattern that speaks for a line: the one of highest priority that matches, unless a guard knows the line as harmless.
    pub fn best(&self, line: &Line<'_>, context: Context) -> Option<Hit> {
        if line.is_dumped_data() {
            return None;
        }
        let mut candidates = self.prefilter.owners(line.message()).into_iter();
        let claimed = candidates.find_map(|index| hit::find(&self.patterns[index], line, context))?;
        if !context.given_up && matches!(claimed.pattern.label, Label::Fatal | Label::Transient) {
            let mut guards = self.patterns.iter().filter(|pattern| pattern.is_guard());
            let guard = guards.find_map(|guard| hit::find(guard, line, context));
            return Some(guard.unwrap_or(claimed));
        }
        Some(claimed)
    }
}

/// Whether a line may be judged by patterns of this kind at all.
pub(super) fn admits(pattern: &Pattern, line: &Line<'_>, context: Context) -> bool {
    let quiet = line.level == Some(Level::Info) && !context.given_up;
    let trouble = matches!(pattern.label, Label::Fatal);
    pattern.speaks_for(context.stream)
        && !(quiet && trouble)
        && match pattern.on {
            On::Any => true,
            On::Block => context.given_up,
            On::Error => context.given_up || states_error(line),
        }
}

fn states_error(line: &Line<'_>) -> bool {
    match line.level {
        Some(Level::Error) => true,
        Some(Level::Info) => false,
        Some(Level::Warning) | None => shape::states_error(line.message()),
    }
}

fn add_layer(patterns: &mut Vec<Arc<Pattern>>, file: PatternFile<'_>) -> Result<(), PatternError> {
    let text = file.parse()?;
    for id in &text.off {
        let Some(at) = patterns.iter().position(|pattern| *pattern.id == **id.get_ref()) else {
            let kind = PatternErrorKind::UnknownOff {
                id: id.get_ref().clone(),
            };
            return Err(file.error(id.span(), kind));
        };
        patterns.remove(at);
    }
    let mut own: Vec<Arc<Pattern>> = Vec::new();
    for pattern in text.pattern {
        let span = pattern.span();
        let pattern = Arc::new(Pattern::compile(&file, &text.family, pattern)?);
        if own.iter().any(|other| other.id == pattern.id) {
            let kind = PatternErrorKind::Twice {
                id: pattern.id.to_string(),
            };
            return Err(file.error(span, kind));
        }
        patterns.retain(|other| other.id != pattern.id);
        own.push(pattern);
    }
    patterns.append(&mut own);
    Ok(())
}
