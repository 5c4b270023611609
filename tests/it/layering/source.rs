//! Just enough of Rust's grammar to see which paths a file names outside of its tests.

use super::tokens::{Kind, Token, is, kind, tokens};

/// What an item begins with, after its visibility.
const ITEMS: [&str; 10] = [
    "mod", "use", "fn", "async", "impl", "const", "static", "struct", "enum", "trait",
];

/// Words that a path may follow, but not continue: `use ::a` is the path `a`.
const KEYWORDS: [&str; 12] = [
    "as", "dyn", "else", "for", "if", "impl", "in", "match", "mut", "return", "use", "while",
];

/// A path as it is written, groups expanded: `use a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
    /// The inline modules around it.
    pub(super) within: Vec<String>,
    /// `as` follows.
    pub(super) renamed: bool,
}

/// A file without its `#[cfg(test)]` items.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) paths: Vec<Path>,
    /// The modules that are tests and have files of their own: name, and `#[path]` if given.
    pub(super) test_modules: Vec<(String, Option<String>)>,
}

impl Source {
    pub(super) fn read(text: &str) -> Self {
        let mut source = Self::default();
        let tokens = source.without_tests(&tokens(text));
        source.paths = paths(&tokens);
        source
    }

    fn without_tests<'a>(&mut self, tokens: &[Token<'a>]) -> Vec<Token<'a>> {
        let (mut kept, mut at) = (Vec::new(), 0);
        while at < tokens.len() {
            if let Some(length) = self.test_item(&tokens[at..]) {
                at += length;
            } else {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
        kept
    }

    /// The length of the `#[cfg(test)]` item that begins here, if one does.
    fn test_item(&mut self, tokens: &[Token<'_>]) -> Option<usize> {
        let attribute = ["#", "[", "cfg", "(", "test", ")", "]"];
        attribute
            .iter()
            .enumerate()
            .all(|(i, part)| is(tokens, i, part))
            .then_some(())?;
        let (mut at, mut file) = (attribute.len(), None);
        while is(tokens, at, "#") {
            if let (true, Some(Kind::Text(path))) = (is(tokens, at + 2, "path"), kind(tokens, at + 4)) {
                file = Some(path.trim_matches('"').to_owned());
            }
            at += block(&tokens[at..]);
        }
        if is(tokens, at, "pub") {
            at += if is(tokens, at + 1, "(") {
                1 + block(&tokens[at + 1..])
            } else {
                1
            };
        }
        ITEMS.iter().any(|item| is(tokens, at, item)).then_some(())?;
        if let (true, Some(Kind::Word(name)), true) = (
            is(tokens, at, "mod"),
            kind(tokens, at + 1),
            is(tokens, at + 2, ";"),
        ) {
            self.test_modules.push((name.to_owned(), file));
        }
        Some(at + block(&tokens[at..]))
    }
}

/// How many tokens until a `;` or the end of the first braces, or, for an attribute or `(`, the end of its brackets.
fn block(tokens: &[Token<'_>]) -> usize {
    let bracketed = is(tokens, 0, "#") || is(tokens, 0, "(");
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Mark("(" | "[" | "{") => depth += 1,
            Kind::Mark(close @ (")" | "]" | "}")) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && (bracketed || close == "}") {
                    return at + 1;
                }
            }
            Kind::Mark(";") if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn paths(tokens: &[Token<'_>]) -> Vec<Path> {
    let (mut paths, mut at) = (Vec::new(), 0);
    let mut braces: Vec<Option<String>> = Vec::new();
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Mark("{") => braces.push(module_opened(&tokens[..at])),
            Kind::Mark("}") => drop(braces.pop()),
            Kind::Word(word) if KEYWORDS.contains(&word) => {}
            Kind::Word(_) => {
                let within: Vec<String> = braces.iter().flatten().cloned().collect();
                at = expand(tokens, at, &[], &within, &mut paths);
                continue;
            }
            Kind::Mark(_) | Kind::Text(_) => {}
        }
        at += 1;
    }
    paths
}

/// The name in `mod name`, where that is what stands before a brace.
fn module_opened(before: &[Token<'_>]) -> Option<String> {
    match before {
        [
            ..,
            Token {
                kind: Kind::Word("mod"),
                ..
            },
            Token {
                kind: Kind::Word(name),
                ..
            },
        ] => Some((*name).to_owned()),
        _ => None,
    }
}

/// Reads the path at `at`, after `prefix`; returns where it ends.
fn expand(
    tokens: &[Token<'_>],
    mut at: usize,
    prefix: &[String],
    within: &[String],
    out: &mut Vec<Path>,
) -> usize {
    let mut segments = prefix.to_vec();
    let line = tokens[at].line;
    while let Some(Kind::Word(word) | Kind::Mark(word @ "*")) = kind(tokens, at) {
        segments.push(word.to_owned());
        at += 1;
        if !is(tokens, at, "::") {
            break;
        }
        at += 1;
        if is(tokens, at, "{") {
            return expand_group(tokens, at + 1, &segments, within, out);
        }
    }
    let renamed = is(tokens, at, "as");
    out.push(Path {
        line,
        segments,
        within: within.to_vec(),
        renamed,
    });
    at
}

fn expand_group(
    tokens: &[Token<'_>],
    mut at: usize,
    prefix: &[String],
    within: &[String],
    out: &mut Vec<Path>,
) -> usize {
    while at < tokens.len() && !is(tokens, at, "}") {
        match tokens[at].kind {
            Kind::Word("as") => at += 2,
            Kind::Word(_) | Kind::Mark("*") => at = expand(tokens, at, prefix, within, out),
            Kind::Mark(_) | Kind::Text(_) => at += 1,
        }
    }
    at + 1
}
