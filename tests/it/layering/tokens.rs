//! Rust's tokens, as far as reading paths needs them.

/// One token and its line, counted from 1.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) line: usize,
    pub(super) kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Word(&'a str),
    Text(&'a str),
    Mark(&'a str),
}

/// Comments, literals other than strings, and white space are left out.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut rest, mut line) = (Vec::new(), text, 1);
    while let Some(first) = rest.chars().next() {
        let (length, kind) = token(rest, first);
        tokens.extend(kind.map(|kind| Token { line, kind }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of the token that begins with `first`, and what it is, unless it is left out.
fn token(rest: &str, first: char) -> (usize, Option<Kind<'_>>) {
    let until = |end: &str, from: usize| {
        rest[from..]
            .find(end)
            .map_or(rest.len(), |at| from + at + end.len())
    };
    let text = |length| (length, Some(Kind::Text(&rest[..length])));
    if rest.starts_with("//") {
        (until("\n", 2), None)
    } else if rest.starts_with("/*") {
        (until("*/", 2), None)
    } else if let Some((open, hashes)) = raw_string(rest) {
        text(until(&format!("\"{}", "#".repeat(hashes)), open))
    } else if first == '"' {
        text(quoted(rest, '"'))
    } else if first == '\'' {
        let lifetime = rest.chars().nth(1).is_some_and(is_word) && rest.chars().nth(2) != Some('\'');
        (
            if lifetime {
                1 + word(&rest[1..])
            } else {
                quoted(rest, '\'')
            },
            None,
        )
    } else if is_word(first) {
        let from = if rest.starts_with("r#") { 2 } else { 0 };
        let end = from + word(&rest[from..]);
        (
            end,
            (!first.is_ascii_digit()).then_some(Kind::Word(&rest[from..end])),
        )
    } else {
        let length = if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        (
            length,
            (!first.is_whitespace()).then_some(Kind::Mark(&rest[..length])),
        )
    }
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn word(text: &str) -> usize {
    text.find(|character| !is_word(character)).unwrap_or(text.len())
}

/// Where the text of a raw string that begins here starts, and how many `#` close it.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let marked = text.strip_prefix(['b', 'c']).unwrap_or(text).strip_prefix('r')?;
    let after = marked.trim_start_matches('#');
    after
        .starts_with('"')
        .then_some((text.len() - after.len() + 1, marked.len() - after.len()))
}

/// The length of a literal between quotes, of which a backslash escapes one.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        if character == quote && !escaped {
            return at + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    text.len()
}

pub(super) fn kind<'a>(tokens: &[Token<'a>], at: usize) -> Option<Kind<'a>> {
    tokens.get(at).map(|token| token.kind)
}

pub(super) fn is(tokens: &[Token<'_>], at: usize, text: &str) -> bool {
    matches!(kind(tokens, at), Some(Kind::Word(found) | Kind::Mark(found)) if found == text)
}
