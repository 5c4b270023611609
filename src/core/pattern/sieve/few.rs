//! Shorter literals: there are few, and `aho-corasick` compares many bytes at once with few windows.

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, BuildError};

use super::block::Block;
use super::rarity::Rarity;

/// Shortest literal.
pub(super) const SHORTEST: usize = 3;
/// Bytes of a window at most: what is compared at once has no more.
const WINDOW: usize = 4;

/// The short literals, by the length of their windows: one of three bytes would make all others worth only three.
#[derive(Clone, Debug)]
pub(super) struct Few([Search; WINDOW - SHORTEST + 1]);

impl Few {
    /// Knows those of the literals, in small letters, that are not longer than `longest`.
    pub(super) fn new(literals: &[Box<[u8]>], longest: usize, rarity: &Rarity) -> Result<Self, BuildError> {
        let search = |size| {
            let mut windows = Windows::default();
            let literals = literals.iter().enumerate();
            for (number, literal) in literals.filter(|(_, literal)| literal.len() <= longest) {
                if literal.len().min(WINDOW) == size {
                    windows.add(literal, size, number, rarity);
                }
            }
            Search::new(size, windows)
        };
        Ok(Self([search(SHORTEST)?, search(WINDOW)?]))
    }

    /// Tells each literal that may stand in a text, and where it would begin.
    pub(super) fn each(&self, block: &Block<'_>, tell: &mut impl FnMut(usize, usize)) {
        for search in &self.0 {
            search.each(block, tell);
        }
    }
}

/// Windows of one length, each once.
#[derive(Debug, Default)]
struct Windows {
    bytes: Vec<Vec<u8>>,
    /// Of each window: the literals that have it, and where in them.
    owners: Vec<Vec<(usize, usize)>>,
}

impl Windows {
    fn add(&mut self, literal: &[u8], size: usize, number: usize, rarity: &Rarity) {
        let offset = rarity.rarest(literal, size, size);
        let window = &literal[offset..offset + size];
        let known = self.bytes.iter().position(|known| known == window);
        let at = known.unwrap_or_else(|| {
            self.bytes.push(window.to_vec());
            self.owners.push(Vec::new());
            self.bytes.len() - 1
        });
        self.owners[at].push((number, offset));
    }
}

/// A search for windows of one length.
#[derive(Clone, Debug)]
struct Search {
    size: usize,
    by: By,
    owners: Vec<Vec<(usize, usize)>>,
}

/// Comparing many bytes at once where the processor can, else an automaton.
#[derive(Clone, Debug)]
enum By {
    Nothing,
    Packed(Searcher),
    Automaton(AhoCorasick),
}

impl Search {
    fn new(size: usize, windows: Windows) -> Result<Self, BuildError> {
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
            size,
            by,
            owners: windows.owners,
        })
    }

    fn each(&self, block: &Block<'_>, tell: &mut impl FnMut(usize, usize)) {
        let here = &block.lower[..block.places + self.size - 1];
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
