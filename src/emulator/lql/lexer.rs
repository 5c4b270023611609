//! Splits a filter into tokens, each with its byte range.
//!
//! A [`TokenKind::Word`] is a run of parts joined by dots without spaces: `severity`, `10.0.0.1`, `"any text"`
//! or `labels."run.googleapis.com/execution_name"`. Whether it is a field path, a value or a global search is
//! decided by the parser, from what follows it.

#[cfg(test)]
mod tests;

use super::ParseError;

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    /// `:`, the substring test on text, equality on anything else.
    Has,
    Regex,
    NotRegex,
}

/// One part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) quoted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word(Vec<Part>),
    Op(Op),
    And,
    Or,
    Not,
    /// The `-` of `-x`, which means `NOT x`.
    Minus,
    Open,
    Close,
}

/// A token and the bytes of the filter that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) kind: TokenKind,
}

/// Longest first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Op); 9] = [
    ("!=", Op::NotEqual),
    ("!~", Op::NotRegex),
    ("=~", Op::Regex),
    (">=", Op::GreaterEqual),
    ("<=", Op::LessEqual),
    ("=", Op::Equal),
    (">", Op::Greater),
    ("<", Op::Less),
    (":", Op::Has),
];

/// All tokens of `filter`, in order.
pub(super) fn tokens(filter: &str) -> Result<Vec<Token>, ParseError> {
    let mut lexer = Lexer { filter, at: 0 };
    let mut tokens: Vec<Token> = Vec::new();
    loop {
        lexer.skip_blank();
        let at = lexer.at;
        let after_operator = matches!(tokens.last().map(|token| &token.kind), Some(TokenKind::Op(_)));
        let Some(kind) = lexer.next_kind(after_operator)? else {
            return Ok(tokens);
        };
        tokens.push(Token {
            at,
            end: lexer.at,
            kind,
        });
    }
}

struct Lexer<'a> {
    filter: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.filter[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over `text` when it comes next.
    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Steps over the characters that satisfy `wanted`.
    fn eat_while(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        self.at += self.rest().find(|c| !wanted(c)).unwrap_or(self.rest().len());
        &self.filter[start..self.at]
    }

    /// Steps over white space and comments, which run from `--` to the end of the line.
    fn skip_blank(&mut self) {
        loop {
            self.eat_while(char::is_whitespace);
            if !self.rest().starts_with("--") {
                return;
            }
            self.eat_while(|c| c != '\n');
        }
    }

    /// The token that starts here; `None` at the end. After an operator, a `-` belongs to the value.
    fn next_kind(&mut self, after_operator: bool) -> Result<Option<TokenKind>, ParseError> {
        let Some(c) = self.peek() else { return Ok(None) };
        if let Some((_, op)) = OPERATORS.into_iter().find(|(text, _)| self.eat(text)) {
            return Ok(Some(TokenKind::Op(op)));
        }
        let kind = match c {
            '(' | ')' => {
                self.at += 1;
                if c == '(' {
                    TokenKind::Open
                } else {
                    TokenKind::Close
                }
            }
            '-' if !after_operator => {
                self.at += 1;
                TokenKind::Minus
            }
            '!' => return Err(self.error("'!' is followed by '=' or '~'; to negate, write NOT or '-'")),
            _ => keyword_or_word(self.word()?),
        };
        Ok(Some(kind))
    }

    fn word(&mut self) -> Result<Vec<Part>, ParseError> {
        let mut parts = vec![self.part()?];
        while self.eat(".") {
            parts.push(self.part()?);
        }
        match self.peek() {
            Some(c) if c == '"' || is_text(c) => {
                Err(self
                    .error("a space, a dot or an operator must stand between a quoted text and what follows"))
            }
            _ => Ok(parts),
        }
    }

    fn part(&mut self) -> Result<Part, ParseError> {
        if self.peek() == Some('"') {
            return Ok(Part {
                text: self.quoted()?,
                quoted: true,
            });
        }
        let text = self.eat_while(is_text).to_owned();
        match self.peek() {
            Some(c) if text.is_empty() && c != '.' && !ends_word(c) => {
                Err(self.error(format!("{c:?} must be written inside double quotes")))
            }
            _ => Ok(Part { text, quoted: false }),
        }
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        let opening = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            text.push_str(self.eat_while(|c| c != '"' && c != '\\'));
            if self.eat("\"") {
                return Ok(text);
            }
            if self.rest().is_empty() {
                return Err(ParseError::new(
                    opening,
                    "this quoted text has no closing double quote",
                ));
            }
            self.escape(&mut text);
        }
    }

    /// Decodes the escape that starts here. An unknown one stays as it is written, backslash included, so
    /// that `"\d+\.log"` is the regular expression that it looks like.
    fn escape(&mut self, text: &mut String) {
        self.at += 1;
        let Some(c) = self.peek() else {
            return text.push('\\');
        };
        self.at += c.len_utf8();
        match c {
            '"' | '\\' => text.push(c),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'u' => self.unicode_escape(text),
            _ => text.extend(['\\', c]),
        }
    }

    fn unicode_escape(&mut self, text: &mut String) {
        let digits = self
            .rest()
            .get(..4)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let decoded = digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match decoded {
            Some(c) => {
                self.at += 4;
                text.push(c);
            }
            None => text.push_str("\\u"),
        }
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError::new(self.at, message)
    }
}

/// The Boolean operators are words in upper case; in lower case they are ordinary text to search for.
fn keyword_or_word(parts: Vec<Part>) -> TokenKind {
    match parts.as_slice() {
        [Part { text, quoted: false }] => match text.as_str() {
            "AND" => TokenKind::And,
            "OR" => TokenKind::Or,
            "NOT" => TokenKind::Not,
            _ => TokenKind::Word(parts),
        },
        _ => TokenKind::Word(parts),
    }
}

/// Whether `c` may stand in unquoted text. The dot separates parts; other special characters need quotes.
fn is_text(c: char) -> bool {
    c.is_alphanumeric() || "_-/@$%*+?#".contains(c)
}

/// Whether `c` may directly follow a word.
fn ends_word(c: char) -> bool {
    c.is_whitespace() || "()=!<>:".contains(c)
}
