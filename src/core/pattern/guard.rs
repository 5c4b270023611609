//! The guards: patterns that hold others back, tried on a line that a fatal or transient pattern has claimed.

use std::sync::{Arc, OnceLock};

use regex::bytes::RegexSet;

use super::compile::Pattern;
use super::hit::{self, Hit};
use super::line::Line;
use super::matcher;
use super::set::Context;

/// All guards, as one automaton: a line that is retried a thousand times an hour is not worth thirty searches each time.
#[derive(Clone, Debug)]
pub(super) struct Guards {
    /// Highest priority first.
    guards: Vec<Arc<Pattern>>,
    /// Compiled when a line first needs it; none if it could not be.
    together: OnceLock<Option<RegexSet>>,
}

impl Guards {
    /// The guards among some patterns, in their order.
    pub(super) fn of(patterns: &[Arc<Pattern>]) -> Self {
        let guards = patterns.iter().filter(|pattern| pattern.is_guard());
        Self {
            guards: guards.cloned().collect(),
            together: OnceLock::new(),
        }
    }

    /// The guard that knows a line as harmless.
    pub(super) fn find(&self, line: &Line<'_>, context: Context) -> Option<Hit> {
        let sources = || self.guards.iter().filter_map(|guard| guard.regex.as_ref());
        let together = self.together.get_or_init(|| matcher::together(sources()));
        let matching = together
            .as_ref()
            .map(|set| set.matches(line.message().trim().as_bytes()));
        let may_match = |number| matching.as_ref().is_none_or(|set| set.matched(number));
        let mut guards = self
            .guards
            .iter()
            .enumerate()
            .filter(|(number, _)| may_match(*number));
        guards.find_map(|(_, guard)| hit::find(guard, line, context))
    }
}
