//! All patterns together: one automaton over their literals, regexes only where a literal occurred.

use std::sync::Arc;

use super::compile::Pattern;
use super::error::{PatternError, PatternErrorKind};
use super::file::{On, Opens, PatternFile};
use super::guard::Guards;
use super::hit::{self, Hit};
use super::line::{Level, Line};
use super::literal::Literal;
use super::prefilter::Prefilter;
use super::shape;
use super::sifted::Sifted;
use crate::core::entry::Stream;
use crate::core::finding::Label;

/// Where a line stands: what a pattern may need to know besides the line itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The log that it came from.
    pub stream: Stream,
    /// What it is part of.
    pub inside: Inside,
}

/// What a line is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// Nothing: it stands for itself.
    Nothing,
    /// A traceback that nobody caught, after its frames: quotes nothing, and is no noise.
    Traceback,
    /// A give-up block, where every line is about an error.
    GiveUp,
}

/// A compiled set of patterns.
#[derive(Clone, Debug)]
pub struct PatternSet {
    /// Highest priority first.
    patterns: Vec<Arc<Pattern>>,
    prefilter: Prefilter,
    guards: Guards,
}

impl PatternSet {
    /// Compiles files in order. A pattern replaces an earlier file's of the same id; a file's `off = ["id"]` drops one.
    pub fn compile<'a>(files: impl IntoIterator<Item = PatternFile<'a>>) -> Result<Self, PatternError> {
        let mut patterns: Vec<Arc<Pattern>> = Vec::new();
        for file in files {
            add_layer(&mut patterns, file)?;
        }
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.priority));
        let wanted: Vec<&[Literal]> = patterns.iter().map(|pattern| &*pattern.literals).collect();
        let prefilter = Prefilter::new(&wanted)?;
        let guards = Guards::of(&patterns);
        Ok(Self {
            patterns,
            prefilter,
            guards,
        })
    }

    /// The patterns, highest priority first.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().map(AsRef::as_ref)
    }

    /// Everything that any pattern looks for.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.patterns
            .iter()
            .flat_map(|pattern| pattern.literals.iter().map(|literal| literal.text.as_str()))
    }

    /// A text with the lines marked that a pattern may speak for. Allocates nothing where there is none.
    pub fn sift<'t>(&self, text: &'t str) -> Sifted<'t> {
        Sifted::new(text, self.prefilter.lines(text))
    }

    /// The pattern that speaks for a line: the one of highest priority that matches, unless a guard knows the line as harmless.
    pub fn best(&self, line: &Line<'_>, context: Context) -> Option<Hit> {
        if line.is_dumped_data() {
            return None;
        }
        let in_block = context.inside == Inside::GiveUp;
        let mut candidates = self.prefilter.owners(line.message(), in_block).into_iter();
        let claimed = candidates.find_map(|index| hit::find(&self.patterns[index], line, context))?;
        let pattern = &claimed.pattern;
        let guarded =
            matches!(pattern.label, Label::Fatal | Label::Transient) && pattern.opens != Some(Opens::GiveUp);
        if guarded && context.inside == Inside::Nothing {
            return Some(self.guards.find(line, context).unwrap_or(claimed));
        }
        Some(claimed)
    }
}

/// Whether a line may be judged by patterns of this kind at all.
pub(super) fn admits(pattern: &Pattern, line: &Line<'_>, context: Context) -> bool {
    if !pattern.speaks_for(context.stream) {
        return false;
    }
    if context.inside == Inside::GiveUp {
        return pattern.on != On::Alone;
    }
    let fatal = pattern.label == Label::Fatal;
    match pattern.on {
        On::Alone if context.inside != Inside::Nothing => false,
        On::Any | On::Alone => !(fatal && line.level == Some(Level::Info)),
        On::Block => false,
        On::Error => !(fatal && is_tolerated(line)) && states_error(line),
    }
}

/// Whether the program that printed a line goes on: what its logger calls no error was caught.
fn is_tolerated(line: &Line<'_>) -> bool {
    line.level.is_some_and(|level| level < Level::Error)
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

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = r#"
[family]
label = "fatal"
category = "disk-full"

[[pattern]]
id = "disk"
literals = ["disk is full"]
regex = '(?<disk>\w+) disk is full'
summary = "The {disk} disk is full"
"#;

    fn compile(texts: &[&str]) -> Result<PatternSet, PatternError> {
        let files = texts.iter().map(|text| PatternFile {
            name: "own.toml",
            text,
            proven: false,
        });
        PatternSet::compile(files)
    }

    fn summary(set: &PatternSet, line: &str) -> Option<String> {
        let context = Context {
            stream: Stream::Stderr,
            inside: Inside::Nothing,
        };
        set.best(&Line::parse(line), context).map(|hit| hit.summary())
    }

    #[test]
    fn a_later_file_adds_overrides_and_switches_off() {
        let own = r#"
[[pattern]]
id = "disk"
label = "transient"
category = "disk-full"
literals = ["disk is full"]
summary = "It empties itself"
"#;
        let line = "ERROR: boot disk is full";
        let said = |texts: &[&str]| summary(&compile(texts).unwrap(), line);
        assert_eq!(said(&[BASE]).as_deref(), Some("The boot disk is full"));
        assert_eq!(said(&[BASE, own]).as_deref(), Some("It empties itself"));
        assert_eq!(said(&[BASE, "off = [\"disk\"]"]), None);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_line() {
        let with = |from: &str, to: &str| BASE.replace(from, to);
        for (text, line, says) in [
            (with("summary", "sumary"), 10, "unknown field `sumary`"),
            (with("(?<disk>", "(?<disk"), 9, "regex"),
            (with(r"\w+", r"(?:a{1000}){1000}"), 9, "size limit"),
            (with("{disk}", "{disc}"), 10, "no capture `disc`"),
            (with("\"disk is full\"", "\"di\""), 6, "at least 3 bytes"),
            (
                with("literals = [\"disk is full\"]", "http_status = [40]"),
                8,
                "40 is no HTTP status",
            ),
            (with("category = \"disk-full\"", ""), 6, "has no `category`"),
            (
                format!("{BASE}{}", &BASE[BASE.find("[[").unwrap()..]),
                11,
                "is there twice",
            ),
            ("\noff = [\"nobody\"]".to_owned(), 2, "no earlier file has"),
        ] {
            let error = compile(&[&text]).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(says), "{message}");
            assert_eq!((error.file.as_str(), error.line), ("own.toml", line), "{message}");
        }
    }
}
