//! The prefilter: one pass over a text finds which patterns may have something to say about it.

use super::error::{PatternError, PatternErrorKind};
use super::literal::Literal;
use super::sieve::{Rarity, Sieve};

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

impl Prefilter {
    /// The literals of each pattern; its position is its number.
    pub(super) fn new(wanted: &[&[Literal]]) -> Result<Self, PatternError> {
        let rarity = Rarity::measured();
        Ok(Self {
            anywhere: Owned::new(wanted, false, &rarity)?,
            in_blocks: Owned::new(wanted, true, &rarity)?,
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
    fn new(wanted: &[&[Literal]], in_blocks: bool, rarity: &Rarity) -> Result<Self, PatternError> {
        let each = wanted.iter().enumerate();
        let owned = each.flat_map(|(owner, literals)| literals.iter().map(move |literal| (literal, owner)));
        let owned = owned.filter(|(literal, _)| literal.in_blocks == in_blocks);
        let (literals, owners): (Vec<&Literal>, Vec<usize>) = owned.unzip();
        let sieve = Sieve::new(literals.into_iter().map(|literal| literal.text.as_str()), rarity).map_err(
            |error| PatternError {
                file: "all pattern files".to_owned(),
                line: 1,
                kind: PatternErrorKind::Literals(error.to_string()),
            },
        )?;
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
        let literal = |text: &&str, in_blocks: bool| Literal {
            text: (*text).to_owned(),
            in_blocks,
        };
        let each = literals.iter();
        let owned =
            each.map(|(texts, in_blocks)| texts.iter().map(|text| literal(text, *in_blocks)).collect());
        let owned: Vec<Vec<Literal>> = owned.collect();
        let wanted: Vec<&[Literal]> = owned.iter().map(Vec::as_slice).collect();
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
