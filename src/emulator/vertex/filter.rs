//! The list filter of `customJobs`: `display_name`, `state`, `create_time`, `labels`, with AND, OR, NOT.
//!
//! Source: the `filter` parameter in discovery document `aiplatform.v1`, and AIP-160 for precedence: OR binds
//! tighter than AND.
//!
//! What a filter means is said here, how it is read in [`parse`]: one more field is a variant of [`Filter`] and its name there.

mod parse;
#[cfg(test)]
mod tests;

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

impl Filter {
    /// Reads a filter; an empty one matches everything.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text)
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
