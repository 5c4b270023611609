//! The sieve: where, in a text, one of many literals may stand.
//!
//! An automaton has to look at every byte before it knows where to look for the next one, so it runs at the speed of one
//! load after another, whatever the text. The sieve's looks do not depend on each other: of each literal it knows a few
//! short *windows*, the rarest in ordinary logs, and a table of bits says of every fourth place of a text whether a window
//! may begin there.
//!
//! ```text
//!  literal    "quota metrics exceed quota limits"
//!  windows          "etric" "trics" "rics " "ics e"   (four neighbours: a look falls on one of them)
//!  text       … every fourth place: five bytes ─hash─▶ a bit; where it is set, and so is that of another hash, the literals
//!               of that window are compared
//! ```
//!
//! Literals that are too short for that are few: [`few`]. Case is ignored. The work is linear in the text, whatever is in it.

mod block;
mod few;
mod hiding;
mod long;
mod rarity;

use aho_corasick::BuildError;

use super::work;
use block::Block;
use few::Few;
use hiding::{Hiding, end_of_line};
use long::Long;
pub(super) use rarity::Rarity;

/// Literals to look for.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    /// In small letters.
    literals: Vec<Box<[u8]>>,
    long: Long,
    few: Few,
    hiding: Hiding,
}

impl Sieve {
    /// A sieve for literals of three bytes and more, each known by its position.
    pub(super) fn new<'a>(
        literals: impl Iterator<Item = &'a str>,
        rarity: &Rarity,
    ) -> Result<Self, BuildError> {
        let lower = |literal: &str| literal.to_ascii_lowercase().into_bytes().into_boxed_slice();
        let literals: Vec<Box<[u8]>> = literals.map(lower).collect();
        Ok(Self {
            long: Long::new(&literals, rarity),
            few: Few::new(&literals, long::SHORTEST - 1, rarity)?,
            hiding: Hiding::new(),
            literals,
        })
    }

    /// Places in each line that is of interest, in order: a literal stands there, or something that may hide one.
    pub(super) fn lines(&self, text: &[u8]) -> Vec<usize> {
        work::count(text.len());
        let mut lines = self.hiding.lines(text);
        let (mut here, mut end) = (Vec::new(), 0);
        Block::each(text, |block| {
            self.each_in(block, &mut |at, _| here.push(at));
            here.sort_unstable();
            for at in here.drain(..) {
                if at >= end {
                    lines.push(at);
                    end = end_of_line(text, at);
                }
            }
        });
        #[expect(
            clippy::stable_sort_primitive,
            reason = "they are runs in order, which it merges"
        )]
        lines.sort();
        lines
    }

    /// Tells each literal that stands in a text.
    pub(super) fn each(&self, text: &[u8], mut tell: impl FnMut(usize)) {
        work::count(text.len());
        Block::each(text, |block| self.each_in(block, &mut |_, number| tell(number)));
    }

    /// Tells where a literal begins and which it is, for each that has its window in a block.
    fn each_in(&self, block: &Block<'_>, tell: &mut impl FnMut(usize, usize)) {
        let mut tell = |begin, number| {
            if self.stands(number, block.text, begin) {
                tell(begin, number);
            }
        };
        self.few.each(block, &mut tell);
        self.long.each(block, &mut tell);
    }

    /// Whether a literal stands at a place. A number stands for itself: `503` is no part of `05:02:35,503`.
    fn stands(&self, number: usize, text: &[u8], begin: usize) -> bool {
        let literal = &self.literals[number];
        let end = begin + literal.len();
        let there = text.get(begin..end);
        there.is_some_and(|there| there.eq_ignore_ascii_case(literal))
            && !(literal.iter().all(u8::is_ascii_digit) && is_part_of_number(&text[..begin], &text[end..]))
    }
}

fn is_part_of_number(before: &[u8], after: &[u8]) -> bool {
    matches!(before, [.., b'0'..=b'9'] | [.., b'0'..=b'9', b'.' | b','])
        || matches!(after, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    use super::block::PLACES;

    const LITERALS: [&str; 10] = [
        "Permission '",
        "Permission denied",
        "permitted",
        "missions",
        "403",
        "GPU",
        "CMEK",
        "retry",
        "region",
        "per",
    ];

    fn sieve() -> Sieve {
        Sieve::new(LITERALS.into_iter(), &Rarity::measured()).unwrap()
    }

    fn sifted(text: &str) -> Vec<(usize, usize)> {
        let (sieve, mut all) = (sieve(), Vec::new());
        Block::each(text.as_bytes(), |block| {
            sieve.each_in(block, &mut |at, number| all.push((at, number)));
        });
        all.sort_unstable();
        all
    }

    fn naive(text: &str) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (number, literal) in LITERALS.iter().enumerate() {
            for at in 0..text.len().saturating_sub(literal.len() - 1) {
                let there = &text.as_bytes()[at..at + literal.len()];
                let (before, after) = (&text.as_bytes()[..at], &text.as_bytes()[at + literal.len()..]);
                let whole = *literal != "403" || !is_part_of_number(before, after);
                if whole && there.eq_ignore_ascii_case(literal.as_bytes()) {
                    all.push((at, number));
                }
            }
        }
        all.sort_unstable();
        all
    }

    #[test]
    fn a_number_stands_for_itself() {
        for (text, stands) in [
            ("code 403.", true),
            ("403, 404", true),
            ("HTTP403:", true),
            ("1403", false),
            ("4031", false),
            ("05:02:35,403 INFO", false),
            ("0.403", false),
            ("403.25 ms", false),
        ] {
            assert_eq!(!sifted(text).is_empty(), stands, "{text}");
        }
    }

    #[test]
    fn what_may_hide_a_literal_is_told() {
        for (text, wanted) in [
            ("a \u{1b}[1m", &[2][..]),
            ("a\\\"b", &[1]),
            ("a\\n", &[]),
            ("plain", &[]),
            ("a [0mb", &[2]),
            ("a \u{1b}[1m\rb\n \u{1b}\u{1b}", &[2, 10]),
        ] {
            assert_eq!(sieve().lines(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn each_line_with_anything_is_found_once_wherever_it_stands() {
        for length in (0..3 * PLACES).step_by(37) {
            for hit in ["Permission denied", "gpu", "\u{1b}"] {
                let text = format!("{}\n{hit} {}\n\n{hit} {hit}", "x".repeat(length), "y".repeat(100));
                let second = length + 1 + hit.len() + 1 + 100 + 2;
                assert_eq!(
                    sieve().lines(text.as_bytes()),
                    [length + 1, second],
                    "{hit} after {length}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn the_sieve_finds_what_a_search_for_each_literal_finds(
            pieces in prop::collection::vec(
                prop_oneof![
                    prop::sample::select(LITERALS.to_vec()).prop_map(str::to_owned),
                    "[ -~]{0,40}",
                    "[a-z\n]{900,1100}",
                    "[a-zA-Z ]{0,70}",
                    any::<String>(),
                ],
                0..12,
            ),
            capitals in any::<bool>(),
        ) {
            let text = pieces.concat();
            let text = if capitals { text.to_ascii_uppercase() } else { text };
            prop_assert_eq!(sifted(&text), naive(&text));
        }
    }
}
