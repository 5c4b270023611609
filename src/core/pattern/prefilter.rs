//! The prefilter: one pass over a text finds which patterns may have something to say about it.

use super::error::{PatternError, PatternErrorKind};
use super::sieve::{Rarity, Sieve};

/// What the literals of one pattern are, and where they count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// The literals.
    pub(super) literals: &'a [String],
    /// Whether they say anything in give-up blocks only. Words as ordinary as `denied` do, and would mark half a log.
    pub(super) in_blocks: bool,
}

/// Literals and whose they are.
#[derive(Clone, Debug)]
pub(super) struct Prefilter {
    anywhere: Owned,
    in_blocks: Owned,
}

/// Literals that are looked for together.
#[derive(Clone, Debug)]
struct Owned {
    sieve: Sieve,
    /// By the number of a literal: the pattern that it belongs to.
    owners: Vec<usize>,
}

/// What cuts literals and is itself found like one: colour without its escape character, as consoles print it.
const BARE_COLOUR: &str = "[0m";

impl Prefilter {
    /// The position of a pattern in `wanted` is its number.
    pub(super) fn new(wanted: &[Wanted<'_>]) -> Result<Self, PatternError> {
        let rarity = Rarity::measured();
        Ok(Self {
            anywhere: Owned::new(wanted, false, &[BARE_COLOUR], &rarity)?,
            in_blocks: Owned::new(wanted, true, &[], &rarity)?,
        })
    }

    /// A place in each line that is of interest outside give-up blocks, in order: a literal stands there, or something
    /// that may hide one.
    pub(super) fn lines(&self, text: &str) -> Vec<usize> {
        self.anywhere.sieve.lines(text.as_bytes())
    }

    /// The patterns of which a literal occurs in a text, in ascending order.
    pub(super) fn owners(&self, text: &str, in_block: bool) -> Vec<usize> {
        let mut owners = Vec::new();
        self.anywhere.find(text, &mut owners);
        if in_block {
            self.in_blocks.find(text, &mut owners);
        }
        owners.sort_unstable();
        owners.dedup();
        owners
    }
}

impl Owned {
    fn new(
        wanted: &[Wanted<'_>],
        in_blocks: bool,
        besides: &[&str],
        rarity: &Rarity,
    ) -> Result<Self, PatternError> {
        let these = wanted
            .iter()
            .enumerate()
            .filter(|(_, wanted)| wanted.in_blocks == in_blocks);
        let owned = these.flat_map(|(owner, wanted)| {
            let literals = wanted.literals.iter().map(String::as_str);
            literals.map(move |literal| (literal, owner))
        });
        let (literals, owners): (Vec<&str>, Vec<usize>) = owned.unzip();
        let all = literals.into_iter().chain(besides.iter().copied());
        let sieve = Sieve::new(all, rarity).map_err(|error| PatternError {
            file: "all pattern files".to_owned(),
            line: 1,
            kind: PatternErrorKind::Literals(error.to_string()),
        })?;
        Ok(Self { sieve, owners })
    }

    fn find(&self, text: &str, owners: &mut Vec<usize>) {
        self.sieve
            .each(text.as_bytes(), |number| owners.extend(self.owners.get(number)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefilter(literals: &[(&[&str], bool)]) -> Prefilter {
        let owned: Vec<Vec<String>> = literals
            .iter()
            .map(|(literals, _)| literals.iter().map(|literal| (*literal).to_owned()).collect())
            .collect();
        let wanted = owned.iter().zip(literals);
        let wanted: Vec<Wanted<'_>> = wanted
            .map(|(literals, (_, in_blocks))| Wanted {
                literals,
                in_blocks: *in_blocks,
            })
            .collect();
        Prefilter::new(&wanted).unwrap()
    }

    #[test]
    fn a_literal_is_found_whole_and_in_any_case() {
        let prefilter = prefilter(&[(&["Permission '", "403"], false), (&["Permission denied"], false)]);
        assert_eq!(prefilter.owners("PERMISSION DENIED: 403", false), [0, 1]);
        assert_eq!(prefilter.owners("Permissions", false), [0; 0]);
        assert_eq!(prefilter.lines("Permission"), [0; 0]);
        assert_eq!(prefilter.lines("a \u{1b}[1m"), [2], "colour may hide a literal");
        assert_eq!(
            prefilter.lines("a [0mb"),
            [2],
            "also without its escape character"
        );
    }

    #[test]
    fn what_counts_in_blocks_marks_no_line_outside() {
        let prefilter = prefilter(&[(&["Permission denied"], false), (&["denied"], true)]);
        assert_eq!(prefilter.lines("denied"), [0; 0]);
        assert_eq!(prefilter.owners("permission denied", false), [0]);
        assert_eq!(prefilter.owners("permission denied", true), [0, 1]);
    }
}
