//! The prefilter: one pass over a text finds which patterns may have something to say about it.

use super::error::{PatternError, PatternErrorKind};
use super::sieve::Sieve;

/// Literals and whose they are.
#[derive(Clone, Debug)]
pub(super) struct Prefilter {
    sieve: Sieve,
    /// By the number of a literal: the pattern that it belongs to.
    owners: Vec<usize>,
}

/// What cuts literals and is itself found like one: colour without its escape character, as consoles print it.
const BARE_COLOUR: &str = "[0m";

impl Prefilter {
    /// The position of a pattern in `literals` is its number.
    pub(super) fn new<'a>(literals: impl Iterator<Item = &'a [String]>) -> Result<Self, PatternError> {
        let owned = literals.enumerate().flat_map(|(owner, literals)| {
            let literals = literals.iter().map(String::as_str);
            literals.map(move |literal| (literal, owner))
        });
        let (mut literals, owners): (Vec<&str>, Vec<usize>) = owned.unzip();
        literals.push(BARE_COLOUR);
        let sieve = Sieve::new(literals.into_iter()).map_err(|error| PatternError {
            file: "all pattern files".to_owned(),
            line: 1,
            kind: PatternErrorKind::Literals(error.to_string()),
        })?;
        Ok(Self { sieve, owners })
    }

    /// A place in each line that is of interest, in order: a literal stands there, or something that may hide one.
    pub(super) fn lines(&self, text: &str) -> Vec<usize> {
        self.sieve.lines(text.as_bytes())
    }

    /// The patterns of which a literal occurs in a text, in ascending order.
    pub(super) fn owners(&self, text: &str) -> Vec<usize> {
        let mut owners = Vec::new();
        self.sieve
            .each(text.as_bytes(), |number| owners.extend(self.owners.get(number)));
        owners.sort_unstable();
        owners.dedup();
        owners
    }
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
        assert_eq!(prefilter.lines("Permission"), [0; 0]);
        assert_eq!(prefilter.lines("a \u{1b}[1m"), [2], "colour may hide a literal");
        assert_eq!(
            prefilter.lines("a [0mb"),
            [2],
            "also without its escape character"
        );
    }
}
