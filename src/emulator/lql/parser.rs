//! The grammar, by recursive descent.
//!
//! ```text
//! conjunction = disjunction { ["AND"] disjunction }        AND binds loosest
//! disjunction = term { "OR" term }
//! term        = ["NOT" | "-"] simple                       NOT binds tightest
//! simple      = "(" conjunction ")" | restriction
//! restriction = text | field operator ( value | "(" conjunction of values ")" )
//! ```
//!
//! A list of values, `field=("a" OR "b")`, has the same grammar as a query: only its leaves differ, which the
//! [`Scope`] tells.

use super::ParseError;
use super::any::AnyLiteral;
use super::compare::Comparison;
use super::field::{self, Field};
use super::lexer::{Op, Part, Token, TokenKind, tokens};

/// Parentheses within parentheses. Far above what people write, far below what the stack holds.
const MAX_DEPTH: usize = 64;

/// Regular expressions in one filter: together with the limit on each, it bounds the memory of a filter.
const MAX_REGEXES: usize = 64;

/// A parsed filter.
#[derive(Debug)]
pub(super) enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Comparison),
    Global(AnyLiteral),
}

/// What a leaf means: a restriction of its own, or a value for the comparison before the parentheses.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Query,
    Values { path: &'a [Part], at: usize, op: Op },
}

/// The expression that `filter` means. An empty filter matches every entry.
pub(super) fn parse(filter: &str) -> Result<Expr, ParseError> {
    let tokens = tokens(filter)?;
    if tokens.is_empty() {
        return Ok(Expr::All(Vec::new()));
    }
    let mut parser = Parser {
        tokens,
        next: 0,
        end: filter.len(),
        depth: 0,
        regexes: 0,
    };
    let expr = parser.conjunction(Scope::Query)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.error("this ')' closes nothing")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    depth: usize,
    regexes: usize,
}

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    /// Byte offset of the token that comes next.
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError::new(self.at(), message)
    }

    /// Steps over the next token when it is `kind`.
    fn eat(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek() == Some(kind);
        self.next += usize::from(found);
        found
    }

    fn conjunction(&mut self, scope: Scope<'_>) -> Result<Expr, ParseError> {
        let mut parts = vec![self.disjunction(scope)?];
        loop {
            let explicit = self.eat(&TokenKind::And);
            if !explicit && matches!(self.peek(), None | Some(TokenKind::Close)) {
                return Ok(one_or(parts, Expr::All));
            }
            parts.push(self.disjunction(scope)?);
        }
    }

    fn disjunction(&mut self, scope: Scope<'_>) -> Result<Expr, ParseError> {
        let mut parts = vec![self.term(scope)?];
        while self.eat(&TokenKind::Or) {
            parts.push(self.term(scope)?);
        }
        Ok(any(parts))
    }

    fn term(&mut self, scope: Scope<'_>) -> Result<Expr, ParseError> {
        let negated = self.eat(&TokenKind::Not) || self.eat(&TokenKind::Minus);
        let simple = self.simple(scope)?;
        Ok(if negated {
            Expr::Not(Box::new(simple))
        } else {
            simple
        })
    }

    fn simple(&mut self, scope: Scope<'_>) -> Result<Expr, ParseError> {
        if self.peek() == Some(&TokenKind::Open) {
            return self.group(scope);
        }
        let at = self.at();
        let word = self.word("a comparison or text")?;
        match scope {
            Scope::Values {
                path,
                at: path_at,
                op,
            } => self.comparison(path, path_at, op, &word, at),
            Scope::Query => self.restriction(&word, at),
        }
    }

    fn group(&mut self, scope: Scope<'_>) -> Result<Expr, ParseError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("parentheses are nested deeper than {MAX_DEPTH}")));
        }
        self.depth += 1;
        self.next += 1;
        let expr = self.conjunction(scope)?;
        self.depth -= 1;
        if self.eat(&TokenKind::Close) {
            Ok(expr)
        } else {
            Err(self.error("a ')' is missing here"))
        }
    }

    fn word(&mut self, wanted: &str) -> Result<Vec<Part>, ParseError> {
        let Some(TokenKind::Word(parts)) = self.peek() else {
            return Err(self.error(format!("expected {wanted}")));
        };
        let parts = parts.clone();
        self.next += 1;
        Ok(parts)
    }

    /// A global search, or a comparison when an operator follows.
    fn restriction(&mut self, word: &[Part], at: usize) -> Result<Expr, ParseError> {
        let Some(&TokenKind::Op(op)) = self.peek() else {
            self.refuse_call()?;
            return Ok(Expr::Global(AnyLiteral::new(&value_text(word, at)?)));
        };
        self.next += 1;
        if self.peek() == Some(&TokenKind::Open) {
            return self.group(Scope::Values { path: word, at, op });
        }
        let value_at = self.at();
        let value = self.word("a value, or values in parentheses")?;
        self.comparison(word, at, op, &value, value_at)
    }

    /// `log_id("x")`, `sample(…)` and the like are part of Google's language and not of this one.
    fn refuse_call(&self) -> Result<(), ParseError> {
        let Some(last) = self.next.checked_sub(1) else {
            return Ok(());
        };
        let is_call = self.peek() == Some(&TokenKind::Open) && self.tokens[last].end == self.at();
        if is_call {
            return Err(ParseError::new(
                self.tokens[last].at,
                "functions are not supported: compare fields instead",
            ));
        }
        Ok(())
    }

    fn comparison(
        &mut self,
        path: &[Part],
        at: usize,
        op: Op,
        value: &[Part],
        value_at: usize,
    ) -> Result<Expr, ParseError> {
        if matches!(self.peek(), Some(TokenKind::Op(_))) {
            return Err(
                self.error("an operator cannot follow a value: quote a value that holds special characters")
            );
        }
        let field = resolve(path, at)?;
        let text = value_text(value, value_at)?;
        if op == Op::Has && matches!(value, [Part { quoted: false, text }] if text == "*") {
            return Ok(Expr::Compare(Comparison::present(field)));
        }
        self.count_regex(op, value_at)?;
        Comparison::new(field, op, &text)
            .map(Expr::Compare)
            .map_err(|message| ParseError::new(value_at, message))
    }

    fn count_regex(&mut self, op: Op, at: usize) -> Result<(), ParseError> {
        self.regexes += usize::from(matches!(op, Op::Regex | Op::NotRegex));
        if self.regexes > MAX_REGEXES {
            return Err(ParseError::new(
                at,
                format!("more than {MAX_REGEXES} regular expressions in one filter"),
            ));
        }
        Ok(())
    }
}

/// What holds where one of the parts does.
fn any(parts: Vec<Expr>) -> Expr {
    let comparisons = parts.iter().map(|part| match part {
        Expr::Compare(comparison) => Some(comparison),
        _ => None,
    });
    let comparisons: Option<Vec<&Comparison>> = comparisons.collect();
    let one_of = comparisons.and_then(|comparisons| Comparison::one_of(&comparisons));
    one_of.map_or_else(|| one_or(parts, Expr::Any), Expr::Compare)
}

/// The single part, or the parts joined by `join`.
fn one_or(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn resolve(path: &[Part], at: usize) -> Result<Field, ParseError> {
    if path.first().is_some_and(|part| part.quoted) {
        return Err(ParseError::new(
            at,
            "a field starts with an unquoted name; text to search for takes no operator",
        ));
    }
    let names: Vec<&str> = path.iter().map(|part| part.text.as_str()).collect();
    if path.iter().any(|part| !part.quoted && part.text.is_empty()) {
        return Err(ParseError::new(
            at,
            format!("the field path {:?} has an empty part", names.join(".")),
        ));
    }
    field::resolve(&names)
        .ok_or_else(|| ParseError::new(at, format!("a LogEntry has no field {:?}", names.join("."))))
}

/// The text of a word in the place of a value. `10.0.0.1` is one text; a quoted text stands alone.
fn value_text(word: &[Part], at: usize) -> Result<String, ParseError> {
    if word.len() > 1 && word.iter().any(|part| part.quoted) {
        return Err(ParseError::new(
            at,
            "a value is either quoted as a whole or not at all",
        ));
    }
    Ok(word
        .iter()
        .map(|part| part.text.as_str())
        .collect::<Vec<_>>()
        .join("."))
}
