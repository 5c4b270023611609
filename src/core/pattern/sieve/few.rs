//! Shorter literals: there are few, if any, and `aho-corasick` compares many bytes at once with few windows.

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, BuildError};

use super::block::Block;
use super::rarity::Rarity;

/// Bytes of a window, and of the shortest literal.
const WINDOW: usize = 3;

/// The short literals: a search for a window of each.
#[derive(Clone, Debug)]
pub(super) struct Few {
    by: By,
    /// Of each window: the literals that have it, and where in them.
    owners: Vec<Vec<(usize, usize)>>,
}

/// Comparing many bytes at once where the processor can, else an automaton.
#[derive(Clone, Debug)]
enum By {
    Nothing,
    Packed(Searcher),
    Automaton(AhoCorasick),
}

impl Few {
    /// Knows those of the literals, in small letters, that are not longer than `longest`.
    pub(super) fn new(literals: &[Box<[u8]>], longest: usize, rarity: &Rarity) -> Result<Self, BuildError> {
        let mut windows = Windows::default();
        let literals = literals.iter().enumerate();
        for (number, literal) in literals.filter(|(_, literal)| literal.len() <= longest) {
            windows.add(literal, number, rarity);
        }
        // Its usual limits are for long texts with few hits; here even crowded buckets are several times an automaton's speed.
        let packed = packed::Config::new()
            .heuristic_pattern_limits(false)
            .builder()
            .extend(&windows.bytes)
            .build();
        let by = match packed {
            _ if windows.bytes.is_empty() => By::Nothing,
            Some(searcher) => By::Packed(searcher),
            None => By::Automaton(AhoCorasick::new(&windows.bytes)?),
        };
        Ok(Self {
            by,
            owners: windows.owners,
        })
    }

    /// Tells each literal that may stand in a text, and where it would begin.
    pub(super) fn each(&self, block: &Block<'_>, tell: &mut impl FnMut(usize, usize)) {
        let here = &block.bytes[..block.places + WINDOW - 1];
        let mut start = 0;
        while let Some((at, window)) = self.find(here, start) {
            for (number, offset) in &self.owners[window] {
                if let Some(begin) = (block.start + at).checked_sub(*offset) {
                    tell(begin, *number);
                }
            }
            start = at + 1;
        }
    }

    /// Where the next window stands, and which it is. All have the same length, so only one stands at a place.
    fn find(&self, here: &[u8], start: usize) -> Option<(usize, usize)> {
        let found = match &self.by {
            By::Nothing => None,
            By::Packed(searcher) => searcher.find_in(here, (start..here.len()).into()),
            By::Automaton(automaton) => automaton.find(aho_corasick::Input::new(here).range(start..)),
        };
        found.map(|found| (found.start(), found.pattern().as_usize()))
    }
}

/// Windows, each once, in small letters, in capitals and mixed.
#[derive(Debug, Default)]
struct Windows {
    bytes: Vec<[u8; WINDOW]>,
    owners: Vec<Vec<(usize, usize)>>,
}

impl Windows {
    fn add(&mut self, literal: &[u8], number: usize, rarity: &Rarity) {
        let offset = rarity.rarest(literal, WINDOW, WINDOW);
        for window in spellings(&literal[offset..]) {
            let known = self.bytes.iter().position(|known| *known == window);
            let at = known.unwrap_or_else(|| {
                self.bytes.push(window);
                self.owners.push(Vec::new());
                self.bytes.len() - 1
            });
            self.owners[at].push((number, offset));
        }
    }
}

/// The first bytes of a literal in small letters, with and without each letter as a capital.
fn spellings(literal: &[u8]) -> Vec<[u8; WINDOW]> {
    let mut all = vec![[0; WINDOW]];
    for (at, byte) in literal.iter().take(WINDOW).enumerate() {
        let with = |byte: u8| {
            move |mut window: [u8; WINDOW]| {
                window[at] = byte;
                window
            }
        };
        let capitals = byte.is_ascii_lowercase().then(|| all.clone());
        let capitals = capitals
            .into_iter()
            .flatten()
            .map(with(byte.to_ascii_uppercase()));
        all = all.into_iter().map(with(*byte)).chain(capitals).collect();
    }
    all
}
