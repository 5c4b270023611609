//! How a filter is read: its tokens, and who binds tighter.

use super::{Filter, Op};

/// Longer operators first, for they begin like shorter ones.
const OPS: &[(&str, Op)] = &[
    ("!=", Op::NotEqual),
    ("<=", Op::LessOrEqual),
    (">=", Op::GreaterOrEqual),
    ("=", Op::Equal),
    ("<", Op::Less),
    (">", Op::Greater),
    (":", Op::Has),
];

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 50;

/// Reads a filter; an empty one matches everything.
pub(super) fn parse(text: &str) -> Result<Filter, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    if parser.tokens.is_empty() {
        return Ok(Filter::All);
    }
    let filter = parser.conjunction()?;
    match parser.peek() {
        None => Ok(filter),
        Some(token) => Err(format!("unexpected {token:?}")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Op(Op),
    Word(String),
    Quoted(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            '"' | '\'' => quoted(&rest[1..], first)?,
            _ => match OPS
                .iter()
                .find_map(|(sign, op)| Some((Token::Op(*op), rest.strip_prefix(sign)?)))
            {
                Some(op) => op,
                None => word(rest)?,
            },
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn quoted(rest: &str, quote: char) -> Result<(Token, &str), String> {
    let mut value = String::new();
    let mut letters = rest.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            _ if letter == quote => return Ok((Token::Quoted(value), &rest[at + 1..])),
            _ => value.push(letter),
        }
    }
    Err("a quote is not closed".to_owned())
}

fn word(rest: &str) -> Result<(Token, &str), String> {
    let ends = |letter: char| letter.is_whitespace() || "()=<>:!\"'".contains(letter);
    let end = rest.find(ends).unwrap_or(rest.len());
    match end {
        0 => Err(format!("unexpected {:?}", rest.chars().next())),
        _ => Ok((Token::Word(rest[..end].to_owned()), &rest[end..])),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next == word);
        self.at += usize::from(found);
        found
    }

    fn conjunction(&mut self) -> Result<Filter, String> {
        let mut all = vec![self.disjunction()?];
        while self.eat("AND") {
            all.push(self.disjunction()?);
        }
        Ok(Filter::And(all))
    }

    fn disjunction(&mut self) -> Result<Filter, String> {
        let mut any = vec![self.term()?];
        while self.eat("OR") {
            any.push(self.term()?);
        }
        Ok(Filter::Or(any))
    }

    fn term(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("nested too deeply".to_owned());
        }
        let term = if self.eat("NOT") {
            Filter::Not(Box::new(self.term()?))
        } else if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inner = self.conjunction()?;
            match self.next() {
                Some(Token::Close) => inner,
                _ => return Err("a parenthesis is not closed".to_owned()),
            }
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(term)
    }

    fn comparison(&mut self) -> Result<Filter, String> {
        let Some(Token::Word(field)) = self.next() else {
            return Err("a field name was expected".to_owned());
        };
        let Some(Token::Op(op)) = self.next() else {
            return Err(format!("an operator was expected after {field}"));
        };
        let value = match self.next() {
            Some(Token::Quoted(value)) => value,
            Some(Token::Word(mut value)) => {
                // An unquoted timestamp holds colons.
                while matches!(
                    (self.peek(), self.tokens.get(self.at + 1)),
                    (Some(Token::Op(Op::Has)), Some(Token::Word(_)))
                ) {
                    self.at += 1;
                    if let Some(Token::Word(more)) = self.next() {
                        value = format!("{value}:{more}");
                    }
                }
                value
            }
            _ => return Err(format!("a value was expected after {field}")),
        };
        field_filter(&field, op, value)
    }
}

fn field_filter(field: &str, op: Op, value: String) -> Result<Filter, String> {
    let camel = crate::emulator::method::camel(field);
    let unordered = matches!(op, Op::Equal | Op::NotEqual | Op::Has);
    if let Some(key) = field.strip_prefix("labels.") {
        return Ok(Filter::Label(key.to_owned(), op, value));
    }
    match camel.as_str() {
        "displayName" if unordered => Ok(Filter::DisplayName(op, value)),
        "state" if unordered && op != Op::Has => Ok(Filter::State(op, value)),
        "createTime" if op != Op::Has => {
            let at = value
                .parse()
                .map_err(|_| format!("'{value}' is no RFC 3339 timestamp"))?;
            Ok(Filter::CreateTime(op, at))
        }
        "displayName" | "state" | "createTime" => Err(format!("the operator is not supported for {field}")),
        _ => Err(format!("the field {field} is not supported")),
    }
}
