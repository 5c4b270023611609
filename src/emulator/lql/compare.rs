//! One comparison, and what it finds in an entry.
//!
//! The written value is converted to the type of the field once, while the filter is parsed. Against a payload
//! or a label, whose types differ from entry to entry, it is kept in every form that it can take.

use std::cmp::Ordering;

use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

use super::any::{AnyLiteral, OneOf};
use super::bounds::Bounds;
use super::field::{Field, Kind};
use super::lexer::Op;
use super::literal;

/// Bytes that one compiled regular expression may take: hostile repetition counts stop here.
const REGEX_BYTES: usize = 1 << 20;

/// A field, an operator and a value.
#[derive(Debug)]
pub(super) struct Comparison {
    field: Field,
    test: Test,
}

#[derive(Debug)]
enum Test {
    /// `field:*`
    Present,
    Regex {
        regex: Regex,
        negated: bool,
    },
    Order {
        op: Op,
        literal: Literal,
    },
    /// `field=("a" OR "b")`
    OneOf(OneOf),
}

/// A value, converted to the type of its field.
#[derive(Debug)]
enum Literal {
    Time(jiff::Timestamp),
    Severity(u16),
    Bool(bool),
    Number(f64),
    /// Seconds.
    Duration(f64),
    Any(AnyLiteral),
}

impl Comparison {
    /// Tests whether the field is there at all, whatever its value.
    pub(super) fn present(field: Field) -> Self {
        Self {
            field,
            test: Test::Present,
        }
    }

    /// The text that the comparison wants the field at `path` to equal.
    pub(super) fn equals(&self, path: &[&str]) -> Option<&str> {
        match &self.test {
            Test::Order {
                op: Op::Equal,
                literal: Literal::Any(any),
            } if self.field.path == path => Some(any.folded()),
            _ => None,
        }
    }

    /// Compares the field to the text `value`. The error says why the value does not fit the field.
    pub(super) fn new(field: Field, op: Op, value: &str) -> Result<Self, String> {
        let test = match op {
            Op::Regex | Op::NotRegex => Test::regex(field.kind, op, value)?,
            _ => Test::Order {
                op,
                literal: Literal::of(field.kind, op, value)?,
            },
        };
        Ok(Self { field, test })
    }

    /// Alternatives of one field as one comparison, if that is what they are: many names are looked up and not compared one
    /// by one.
    pub(super) fn one_of(alternatives: &[&Self]) -> Option<Self> {
        let [first, _, ..] = alternatives else { return None };
        let (op, _) = first.alternative()?;
        let of = |other: &&Self| {
            let (its, literal) = other.alternative()?;
            (other.field == first.field && its == op).then(|| literal.clone())
        };
        let literals = alternatives.iter().map(of).collect::<Option<_>>()?;
        Some(Self {
            field: first.field.clone(),
            test: Test::OneOf(OneOf::new(op, literals)?),
        })
    }

    fn alternative(&self) -> Option<(Op, &AnyLiteral)> {
        match &self.test {
            Test::Order {
                op: op @ (Op::Equal | Op::Has),
                literal: Literal::Any(literal),
            } => Some((*op, literal)),
            _ => None,
        }
    }

    /// The timestamps that entries can have which it lets pass.
    pub(super) fn bounds(&self) -> Bounds {
        let Test::Order {
            op,
            literal: Literal::Time(at),
        } = &self.test
        else {
            return Bounds::ALL;
        };
        if self.field.path != ["timestamp"] {
            return Bounds::ALL;
        }
        match op {
            Op::Equal | Op::Has => Bounds { from: *at, to: *at },
            Op::Greater | Op::GreaterEqual => Bounds {
                from: *at,
                ..Bounds::ALL
            },
            Op::Less | Op::LessEqual => Bounds {
                to: *at,
                ..Bounds::ALL
            },
            Op::NotEqual | Op::Regex | Op::NotRegex => Bounds::ALL,
        }
    }

    pub(super) fn matches(&self, entry: &Value) -> bool {
        let mut found = Vec::new();
        collect(entry, &self.field.path, &mut found);
        match &self.test {
            Test::Present => !found.is_empty(),
            test if found.is_empty() => default_of(self.field.kind).is_some_and(|value| test.holds(&value)),
            test => found.into_iter().any(|value| test.holds(value)),
        }
    }
}

impl Test {
    fn regex(kind: Kind, op: Op, pattern: &str) -> Result<Self, String> {
        if !matches!(kind, Kind::Text | Kind::Dynamic | Kind::Severity) {
            return Err("a regular expression applies to text only".to_owned());
        }
        let regex = RegexBuilder::new(pattern).size_limit(REGEX_BYTES).build();
        let regex = regex.map_err(|error| format!("invalid regular expression: {error}"))?;
        Ok(Self::Regex {
            regex,
            negated: op == Op::NotRegex,
        })
    }

    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Present => true,
            Self::Regex { regex, negated } => value
                .as_str()
                .is_some_and(|text| regex.is_match(text) != *negated),
            Self::OneOf(alternatives) => alternatives.holds(value),
            Self::Order { op: Op::Has, literal } => literal.is_in(value),
            Self::Order { op, literal } => literal.order_of(value).is_some_and(|order| op.accepts(order)),
        }
    }
}

impl Op {
    /// Whether a value that is `order` relative to the literal passes.
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Equal | Self::Has | Self::Regex | Self::NotRegex => order.is_eq(),
        }
    }
}

impl Literal {
    fn of(kind: Kind, op: Op, value: &str) -> Result<Self, String> {
        let (converted, wanted) = match kind {
            Kind::Object if op != Op::Has => {
                return Err(
                    "this is an object: compare one of its members, or search it with ':'".to_owned(),
                );
            }
            Kind::Object | Kind::Dynamic | Kind::Text => return Ok(Self::Any(AnyLiteral::new(value))),
            Kind::Time => (
                literal::instant(value).map(Self::Time),
                "an RFC 3339 time or a date",
            ),
            Kind::Severity => (
                literal::severity(value).map(Self::Severity),
                "a severity such as ERROR",
            ),
            Kind::Bool => (literal::flag(value).map(Self::Bool), "true or false"),
            Kind::Number => (literal::number(value).map(Self::Number), "a number"),
            Kind::Duration => (
                literal::seconds(value).map(Self::Duration),
                "a duration such as 3.2s",
            ),
        };
        converted.ok_or_else(|| format!("{value:?} is not {wanted}"))
    }

    /// How `value` stands to this literal; `None` when the two cannot be compared, which fails the comparison.
    fn order_of(&self, value: &Value) -> Option<Ordering> {
        match self {
            Self::Time(wanted) => Some(literal::instant(value.as_str()?)?.cmp(wanted)),
            Self::Severity(wanted) => Some(severity_of(value)?.cmp(wanted)),
            Self::Bool(wanted) => Some(value.as_bool()?.cmp(wanted)),
            Self::Number(wanted) => number_of(value)?.partial_cmp(wanted),
            Self::Duration(wanted) => literal::seconds(value.as_str()?)?.partial_cmp(wanted),
            Self::Any(wanted) => wanted.order_of(value),
        }
    }

    fn is_in(&self, value: &Value) -> bool {
        match self {
            Self::Any(wanted) => wanted.is_in(value),
            _ => self.order_of(value) == Some(Ordering::Equal),
        }
    }
}

/// Collects what lies at `path`. Arrays stand for their elements, at every level.
fn collect<'a>(value: &'a Value, path: &[String], found: &mut Vec<&'a Value>) {
    match (value, path) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect(item, path, found)),
        (_, []) => found.push(value),
        (_, [name, deeper @ ..]) => {
            if let Some(member) = value.get(name) {
                collect(member, deeper, found);
            }
        }
    }
}

/// What a missing field counts as; `None` fails the comparison.
fn default_of(kind: Kind) -> Option<Value> {
    match kind {
        Kind::Text => Some(json!("")),
        Kind::Time => Some(json!("1970-01-01T00:00:00Z")),
        Kind::Severity => Some(json!("DEFAULT")),
        Kind::Bool => Some(json!(false)),
        Kind::Number => Some(json!(0)),
        Kind::Duration => Some(json!("0s")),
        Kind::Dynamic | Kind::Object => None,
    }
}

fn severity_of(value: &Value) -> Option<u16> {
    match value {
        Value::String(name) => literal::severity(name),
        _ => u16::try_from(value.as_u64()?).ok(),
    }
}

fn number_of(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| literal::number(value.as_str()?))
}
