//! From a pattern file's text to a checked [`Pattern`].

use std::sync::Arc;

use toml::Spanned;

use super::error::{PatternError, PatternErrorKind};
use super::file::{Family, On, Opens, PatternFile, PatternText, StreamText};
use super::literal::{HttpStatus, Literal};
use super::matcher::Matcher;
use super::template::Template;
use crate::core::entry::Stream;
use crate::core::finding::{FatalScope, Label, Phase};

/// Where nothing is said: between the guards (90) and the bare status codes (10).
const DEFAULT_PRIORITY: u8 = 50;
/// Shorter literals occur everywhere, and would send every line to the regexes.
const SHORTEST_LITERAL: usize = 3;

/// A text that a pattern has to judge, or has to leave alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The lines, as printed.
    pub text: String,
    /// Whether the pattern is to decide them.
    pub matches: bool,
    /// Line of the file where it stands.
    pub line: usize,
}

/// One compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Kebab-case id, unique.
    pub id: Arc<str>,
    /// What its lines mean.
    pub label: Label,
    /// What a fatal one ends.
    pub scope: FatalScope,
    /// Names no cause of its own.
    pub vague: bool,
    /// Kebab-case category.
    pub category: Arc<str>,
    /// Which of several patterns speaks for a line: the highest.
    pub priority: u8,
    /// Which lines it may speak for.
    pub on: On,
    /// What its line opens.
    pub opens: Option<Opens>,
    /// Its line belongs to nothing after it: a traceback that follows was not announced by it.
    pub complete: bool,
    /// Category inside a give-up block, where this pattern's own label is not fatal.
    pub given_up: Option<Arc<str>>,
    /// Documentation link.
    pub doc: Option<Arc<str>>,
    /// The phase that it marks.
    pub phase: Option<Phase>,
    /// A claim of success that proves nothing.
    pub weak_success: bool,
    /// The file that it came from.
    pub file: Arc<str>,
    /// Its examples.
    pub examples: Vec<Example>,
    pub(super) literals: Vec<Literal>,
    pub(super) regex: Option<Matcher>,
    pub(super) next: Option<Matcher>,
    pub(super) unless: Option<Matcher>,
    pub(super) summary: Template,
    pub(super) hint: Option<Template>,
    streams: Vec<StreamText>,
}

impl Pattern {
    /// Whether it may speak for lines of a stream; logs that nobody can name may be any.
    pub fn speaks_for(&self, stream: Stream) -> bool {
        let named = match stream {
            Stream::Stdout => StreamText::Stdout,
            Stream::Stderr => StreamText::Stderr,
            Stream::System => StreamText::System,
            Stream::Audit => StreamText::Audit,
            Stream::Other => return true,
        };
        self.streams.is_empty() || self.streams.contains(&named)
    }

    /// Whether it only ever holds others back: tried on lines that one of them has claimed.
    pub(super) fn is_guard(&self) -> bool {
        self.literals.is_empty()
    }

    pub(super) fn compile(
        file: &PatternFile<'_>,
        family: &Family,
        text: Spanned<PatternText>,
    ) -> Result<Self, PatternError> {
        let span = text.span();
        let text = text.into_inner();
        let id = text.id.clone();
        let missing = |key| {
            let id = id.clone();
            file.error(span.clone(), PatternErrorKind::Missing { id, key })
        };
        let label = text.label.or(family.label).ok_or_else(|| missing("label"))?;
        let category = text.category.clone().or_else(|| family.category.clone());
        let category = category.ok_or_else(|| missing("category"))?;
        if !has_literal(label, &text) {
            return Err(file.error(span, PatternErrorKind::NoLiteral { id }));
        }
        let regex = matcher(file, &id, "regex", text.regex.as_ref())?;
        let next = matcher(file, &id, "next", text.next.as_ref())?;
        let unless = matcher(file, &id, "unless", text.unless.as_ref())?;
        let on = text.on.unwrap_or_else(|| default_on(label));
        let templates = Templates {
            file,
            id: &id,
            regexes: [&regex, &next],
        };
        Ok(Self {
            summary: templates.compile("summary", &text.summary)?,
            hint: templates.hint(text.hint.as_ref(), family)?,
            examples: examples(file, &text),
            id: id.as_str().into(),
            label,
            scope: text.scope.or(family.scope).unwrap_or(FatalScope::Attempt),
            vague: text.vague,
            category: category.into(),
            priority: text.priority.or(family.priority).unwrap_or(DEFAULT_PRIORITY),
            on,
            opens: text.opens,
            complete: text.complete,
            given_up: text.given_up.map(Into::into),
            doc: text.doc.or_else(|| family.doc.clone()).map(Into::into),
            phase: text.phase,
            weak_success: text.weak_success,
            file: file.name.into(),
            literals: literals(text.literals, &text.http_status, on),
            regex,
            next,
            unless,
            streams: text.stream,
        })
    }
}

/// Trouble needs a line that states an error; phases and noise stand for themselves.
fn default_on(label: Label) -> On {
    match label {
        Label::Fatal | Label::Transient => On::Error,
        Label::Benign | Label::Success | Label::Progress | Label::Info => On::Any,
    }
}

fn has_literal(label: Label, text: &PatternText) -> bool {
    if text.literals.is_empty() && text.http_status.is_empty() {
        return label == Label::Benign && text.regex.is_some();
    }
    text.literals
        .iter()
        .all(|literal| literal.len() >= SHORTEST_LITERAL)
}

/// What to look for. Of a pattern that speaks in give-up blocks only nothing is looked for elsewhere: words as ordinary as
/// `denied` would mark half a log.
fn literals(texts: Vec<String>, codes: &[HttpStatus], on: On) -> Vec<Literal> {
    let codes = codes.iter().flat_map(|code| Literal::status(*code));
    let all = texts.into_iter().map(Literal::anywhere).chain(codes);
    let held = |literal: Literal| Literal {
        in_blocks: literal.in_blocks || on == On::Block,
        ..literal
    };
    all.map(held).collect()
}

/// The regex under a key.
fn matcher(
    file: &PatternFile<'_>,
    id: &str,
    key: &'static str,
    text: Option<&Spanned<String>>,
) -> Result<Option<Matcher>, PatternError> {
    let Some(text) = text else { return Ok(None) };
    if file.proven {
        return Ok(Some(Matcher::proven(text.get_ref())));
    }
    Matcher::compile(text.get_ref()).map(Some).map_err(|error| {
        let (id, reason) = (id.to_owned(), error.to_string());
        file.error(text.span(), PatternErrorKind::Regex { id, key, reason })
    })
}

struct Templates<'a> {
    file: &'a PatternFile<'a>,
    id: &'a str,
    regexes: [&'a Option<Matcher>; 2],
}

impl Templates<'_> {
    fn compile(&self, key: &'static str, source: &Spanned<String>) -> Result<Template, PatternError> {
        Template::parse(source.get_ref(), &|name| self.captures(name)).map_err(|reason| {
            let id = self.id.to_owned();
            self.file
                .error(source.span(), PatternErrorKind::Template { id, key, reason })
        })
    }

    /// Whether a regex has a capture of this name; where they are proven, their templates are too.
    fn captures(&self, name: &str) -> bool {
        let mut regexes = self.regexes.into_iter().flatten().filter_map(Matcher::regex);
        self.file.proven || regexes.any(|regex| regex.capture_names().flatten().any(|known| known == name))
    }

    /// The pattern's own hint, else its family's.
    fn hint(&self, own: Option<&Spanned<String>>, family: &Family) -> Result<Option<Template>, PatternError> {
        let inherited = family.hint.clone().map(|hint| Spanned::new(0..0, hint));
        own.or(inherited.as_ref())
            .map(|hint| self.compile("hint", hint))
            .transpose()
    }
}

fn examples(file: &PatternFile<'_>, text: &PatternText) -> Vec<Example> {
    let all = |texts: &[Spanned<String>], matches| {
        let example = |example: &Spanned<String>| Example {
            text: example.get_ref().clone(),
            matches,
            line: file.line_of(&example.span()),
        };
        texts.iter().map(example).collect::<Vec<_>>()
    };
    let mut examples = all(&text.matches, true);
    examples.extend(all(&text.ignores, false));
    examples
}
