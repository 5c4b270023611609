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
                "severity" => self.order_of(value) == Some(Ordering::Equal),
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

    pub(super) fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => text.to_lowercase().contains(&self.folded),
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            Value::Object(members) => members.values().any(|member| self.is_in(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => self.order_of(value) == Some(Ordering::Equal),
        }
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
        let equal = || {
            let mut orders = self.literals.iter().map(|literal| literal.order_of(value));
            orders.any(|order| order == Some(Ordering::Equal))
        };
        match (&self.texts, value) {
            (Texts::Equal(texts), Value::String(text)) => texts.contains(&text.to_lowercase()),
            (Texts::Has(texts), Value::String(text)) => texts.is_match(&text.to_lowercase()),
            (Texts::Has(_), Value::Array(items)) => items.iter().any(|item| self.holds(item)),
            (Texts::Has(_), Value::Object(members)) => members.values().any(|member| self.holds(member)),
            _ => equal(),
        }
    }
}
