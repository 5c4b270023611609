//! The list filter of `customJobs`: `display_name`, `state`, `create_time`, `labels`, with AND, OR, NOT.
//!
//! Source: the `filter` parameter in discovery document `aiplatform.v1`, and AIP-160 for precedence: OR binds
//! tighter than AND.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::emulator::timeline::CustomJob;

/// A parsed filter.
#[derive(Debug)]
pub(super) enum Filter {
    /// Matches everything.
    All,
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    DisplayName(Op, String),
    State(Op, String),
    CreateTime(Op, Timestamp),
    Label(String, Op, String),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Has,
}

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

impl Filter {
    /// Reads a filter; an empty one matches everything.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            tokens: tokens(text)?,
            at: 0,
            depth: 0,
        };
        if parser.tokens.is_empty() {
            return Ok(Self::All);
        }
        let filter = parser.conjunction()?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(format!("unexpected {token:?}")),
        }
    }

    /// Whether it shows `job` at `now`.
    pub(super) fn matches(&self, job: &CustomJob, now: Timestamp) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|one| one.matches(job, now)),
            Self::Or(any) => any.iter().any(|one| one.matches(job, now)),
            Self::Not(one) => !one.matches(job, now),
            Self::DisplayName(op, value) => text_matches(*op, &job.display_name, value),
            Self::State(op, value) => text_matches(*op, job.walk.state(now).1.name(), value),
            Self::CreateTime(op, at) => op.holds(job.walk.created().cmp(at)),
            Self::Label(key, op, value) => job
                .labels
                .get(key)
                .is_some_and(|label| text_matches(*op, label, value)),
        }
    }
}

impl Op {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal | Self::Has => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// `:` takes `*` as a wildcard; `:*` alone is presence.
fn text_matches(op: Op, text: &str, value: &str) -> bool {
    match op {
        Op::Has => wildcard(value, text),
        _ => op.holds(text.cmp(value)),
    }
}

fn wildcard(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
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

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 50;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{clock::Pace, scenario::JobState, timeline::Walk};
    use std::time::Duration;

    fn job() -> CustomJob {
        let created: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let states = [
            (Duration::ZERO, JobState::Pending),
            (Duration::from_mins(1), JobState::Running),
        ];
        CustomJob {
            number: "1".into(),
            region: "r".into(),
            id: "7".into(),
            display_name: "train-vision".into(),
            labels: [("wandb-run-id".to_owned(), "ab12cd34".to_owned())].into(),
            spec: serde_json::Value::Null,
            is_created: false,
            visible: created,
            listed: created,
            walk: Walk::new(created, &states, None, &Pace::new(created, 1.0)),
        }
    }

    #[test]
    fn filters_choose_by_name_state_time_and_label() {
        let now: Timestamp = "2026-11-23T10:00:30Z".parse().unwrap();
        for (text, expected) in [
            ("", true),
            ("state=\"JOB_STATE_PENDING\"", true),
            ("state=JOB_STATE_RUNNING", false),
            ("state!=\"JOB_STATE_RUNNING\" AND display_name:\"train*\"", true),
            ("display_name:\"*vision\"", true),
            ("display_name:\"vision\"", false),
            ("NOT display_name=\"train-vision\"", false),
            ("create_time>\"2026-11-23T09:59:59Z\"", true),
            (
                "create_time>=2026-11-23T10:00:00Z AND createTime<2026-11-23T11:00:00+01:00",
                false,
            ),
            ("labels.wandb-run-id=ab12cd34", true),
            ("labels.wandb-run-id:*", true),
            ("labels.other:*", false),
            ("labels.other!=x", false),
            (
                "state=\"JOB_STATE_RUNNING\" OR state=\"JOB_STATE_PENDING\" AND display_name=\"other\"",
                false,
            ),
            (
                "(state=\"JOB_STATE_PENDING\" AND display_name=\"other\") OR labels.wandb-run-id:*",
                true,
            ),
        ] {
            assert_eq!(
                Filter::parse(text).unwrap().matches(&job(), now),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_google_does_not_filter_by_is_refused() {
        for text in [
            "end_time>\"2026-11-23T10:00:00Z\"",
            "name=\"x\"",
            "state>\"A\"",
            "state=",
            "(state=A",
            "\"state",
            "=",
            "create_time>yesterday",
            "state=A state=B",
            &"NOT ".repeat(1000),
            &"(".repeat(1000),
        ] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
