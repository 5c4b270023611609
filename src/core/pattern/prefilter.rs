//! The prefilter: one pass over a text finds which patterns may have something to say about it.
//!
//! An Aho-Corasick automaton over the *beginnings* of all literals, ignoring case: whole literals would make it five times as
//! large as the cache that it has to run in. Where a beginning occurs, the rest of the literal is compared.

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match, MatchKind};

use super::error::{PatternError, PatternErrorKind};
use super::escape::CUTTERS;

/// Bytes of a literal in the automaton: at eight, beginnings are nearly as rare in ordinary lines as whole literals.
const BEGINNING: usize = 8;

/// Literals and whose they are.
#[derive(Clone, Debug)]
pub(super) struct Prefilter {
    automaton: AhoCorasick,
    /// By the automaton's number: the literal, and the pattern that it belongs to; [`CUTTERS`] belong to none.
    literals: Vec<(String, Option<usize>)>,
}

impl Prefilter {
    /// Builds the automaton; the position of a pattern in `literals` is its number.
    pub(super) fn new<'a>(literals: impl Iterator<Item = &'a [String]>) -> Result<Self, PatternError> {
        let owned = literals
            .enumerate()
            .flat_map(|(owner, literals)| literals.iter().map(move |literal| (literal.clone(), Some(owner))));
        let cutters = CUTTERS.iter().map(|cutter| ((*cutter).to_owned(), None));
        let literals: Vec<(String, Option<usize>)> = owned.chain(cutters).collect();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(literals.iter().map(|(literal, _)| beginning(literal)))
            .map_err(|error| PatternError {
                file: "all pattern files".to_owned(),
                line: 1,
                kind: PatternErrorKind::Literals(error.to_string()),
            })?;
        Ok(Self { automaton, literals })
    }

    /// Where the first literal of a text begins. Allocates nothing.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        let mut found = self.automaton.find_overlapping_iter(text);
        found
            .find(|found| self.is_whole(found, text))
            .map(|found| found.start())
    }

    /// The patterns of which a literal occurs in a text, in ascending order.
    pub(super) fn owners(&self, text: &str) -> Vec<usize> {
        let mut owners = Vec::new();
        for found in self.automaton.find_overlapping_iter(text) {
            let (_, owner) = &self.literals[found.pattern().as_usize()];
            if let Some(owner) = owner
                && self.is_whole(&found, text)
            {
                owners.push(*owner);
            }
        }
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    fn is_whole(&self, found: &Match, text: &str) -> bool {
        let (literal, _) = &self.literals[found.pattern().as_usize()];
        let end = found.start() + literal.len();
        let there = text.as_bytes().get(found.start()..end);
        there.is_some_and(|there| there.eq_ignore_ascii_case(literal.as_bytes()))
    }
}

fn beginning(literal: &str) -> &[u8] {
    &literal.as_bytes()[..literal.len().min(BEGINNING)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_found_whole_and_in_any_case() {
        let literals = [
            vec!["Permission '".to_owned(), "403".to_owned()],
            vec!["Permission denied".to_owned()],
        ];
        let prefilter = Prefilter::new(literals.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(prefilter.owners("PERMISSION DENIED: 403"), [0, 1]);
        assert_eq!(prefilter.owners("Permissions"), [0; 0]);
        assert_eq!(prefilter.find("Permission"), None);
        assert_eq!(
            prefilter.find("a \u{1b}[1m"),
            Some(2),
            "colour may hide a literal"
        );
    }
}
