//! Values that are compared with payloads and labels, whose types differ from entry to entry; one, and many at once.

use std::cmp::Ordering;
use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use serde_json::Value;

use super::lexer::Op;
use super::literal;

/// A value in every form that it can be compared in.
#[derive(Clone, Debug)]
pub(super) struct AnyLiteral {
    folded: String,
    number: Option<f64>,
    flag: Option<bool>,
}

/// Values of which one is enough, all with the same operator.
#[derive(Debug)]
pub(super) struct OneOf {
    literals: Vec<AnyLiteral>,
    texts: Texts,
}

/// How a text is looked for among them.
#[derive(Debug)]
enum Texts {
    /// It equals one.
    Equal(HashSet<String>),
    /// It has one in it.
    Has(AhoCorasick),
}

impl AnyLiteral {
    pub(super) fn new(value: &str) -> Self {
        Self {
            folded: value.to_lowercase(),
            number: literal::number(value),
            flag: literal::flag(value),
        }
    }

    /// The text in small letters.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    /// Global search: any field of the entry has the text. A severity is matched as a whole, as an enum is; the
    /// timestamps are not text.
    pub(super) fn is_in_entry(&self, entry: &Value) -> bool {
        entry
            .as_object()
            .into_iter()
            .flatten()
            .any(|(name, value)| match name.as_str() {
                "timestamp" | "receiveTimestamp" => false,
                "severity" => self.equals(value),
                _ => self.is_in(value),
            })
    }

    pub(super) fn order_of(&self, value: &Value) -> Option<Ordering> {
        match value {
            Value::String(text) => Some(text.to_lowercase().cmp(&self.folded)),
            Value::Number(number) => number.as_f64()?.partial_cmp(&self.number?),
            Value::Bool(flag) => Some(flag.cmp(&self.flag?)),
            // Google's spelling of JSON null in a filter.
            Value::Null => (self.folded == "null_value").then_some(Ordering::Equal),
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn equals(&self, value: &Value) -> bool {
        self.order_of(value) == Some(Ordering::Equal)
    }

    pub(super) fn is_in(&self, value: &Value) -> bool {
        any_leaf(value, &|leaf| match leaf {
            Value::String(text) => text.to_lowercase().contains(&self.folded),
            _ => self.equals(leaf),
        })
    }
}

impl OneOf {
    /// For `=` and `:`; `None` for what is more than an automaton holds.
    pub(super) fn new(op: Op, literals: Vec<AnyLiteral>) -> Option<Self> {
        let folded = literals.iter().map(AnyLiteral::folded);
        let texts = match op {
            Op::Has => Texts::Has(AhoCorasick::new(folded).ok()?),
            _ => Texts::Equal(folded.map(str::to_owned).collect()),
        };
        Some(Self { literals, texts })
    }

    /// Whether one of them passes.
    pub(super) fn holds(&self, value: &Value) -> bool {
        let equal = |leaf: &Value| self.literals.iter().any(|literal| literal.equals(leaf));
        match (&self.texts, value) {
            (Texts::Equal(texts), Value::String(text)) => texts.contains(&text.to_lowercase()),
            (Texts::Equal(_), _) => equal(value),
            (Texts::Has(texts), _) => any_leaf(value, &|leaf| match leaf {
                Value::String(text) => texts.is_match(&text.to_lowercase()),
                _ => equal(leaf),
            }),
        }
    }
}

/// Whether a value, or one of those in it at any depth, passes a test.
fn any_leaf(value: &Value, test: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any_leaf(item, test)),
        Value::Object(members) => members.values().any(|member| any_leaf(member, test)),
        leaf => test(leaf),
    }
}
