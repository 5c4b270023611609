//! Searching for a handful of short texts at once.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, BuildError, Input};

/// Compares many bytes at once where the processor can, else an automaton does.
#[derive(Clone, Debug)]
pub(super) enum Packed {
    /// There is nothing to search for.
    Nothing,
    Compared(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Packed {
    /// A search for some texts, none of which another begins with.
    pub(super) fn new<T: AsRef<[u8]>>(texts: &[T]) -> Result<Self, BuildError> {
        // Its usual limits are for long texts with few hits; here even crowded buckets are several times an automaton's speed.
        let searcher = packed::Config::new()
            .heuristic_pattern_limits(false)
            .builder()
            .extend(texts)
            .build();
        Ok(match searcher {
            _ if texts.is_empty() => Self::Nothing,
            Some(searcher) => Self::Compared(searcher),
            None => Self::Automaton(AhoCorasick::new(texts)?),
        })
    }

    /// Where the next of the texts stands whole, and which it is.
    pub(super) fn find(&self, here: &[u8], start: usize) -> Option<(usize, usize)> {
        let found = match self {
            Self::Nothing => None,
            Self::Compared(searcher) => searcher.find_in(here, (start..here.len()).into()),
            Self::Automaton(automaton) => automaton.find(Input::new(here).range(start..)),
        };
        found.map(|found| (found.start(), found.pattern().as_usize()))
    }
}
