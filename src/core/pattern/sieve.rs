//! The sieve: where, in a text, one of many literals may stand.
//!
//! An automaton has to look at every byte before it knows where to look for the next one, so it runs at the speed of one
//! load after another, whatever the text. The sieve's looks do not depend on each other: of each literal it knows one short
//! *window*, the rarest in ordinary logs, and a table of bits says of every six bytes of a text whether they may be one.
//!
//! ```text
//!  literal    "quota metrics exceed quota limits"
//!  windows          etrics                     (and its neighbour "trics ": one of them begins at an even place)
//!  text       … at every even place: six bytes ─hash─▶ a bit; where it is set, the literals of that window are compared
//! ```
//!
//! Literals of three to six bytes have one window of three, in each way of writing it; those few are looked for by
//! `aho-corasick`, which compares many bytes at once. Case is ignored. The work is linear in the text, whatever is in it.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, Input, Match};

use super::work;

/// What runners print when all is well: a window that occurs here makes a bad sieve.
const ORDINARY: &str = include_str!("ordinary.txt");

/// Bytes of a long window.
const LONG: usize = 6;
/// Bytes of a short one.
const SHORT: usize = 3;
/// Places that are looked at before anything is decided.
const BLOCK: usize = 64;
/// Bytes beyond a block that its last look takes in.
const BEYOND: usize = 6;
/// Bits of the table, as a power of two: 128 KiB hold two thousand windows so thinly that one look in 500 is in vain.
const BITS: u32 = 20;
/// Words of the table.
const WORDS: usize = 1 << (BITS - 6);
/// Bytes that one way of looking goes through before the others have to catch up: little is looked at in vain where hits
/// are frequent.
const STRIDE: usize = 512;

/// Literals to look for.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    literals: Vec<Box<[u8]>>,
    /// By hash, whether a window has it.
    bits: Box<[u64; WORDS]>,
    /// Hash, literal, and where in the literal the window stands; in the order of hashes.
    windows: Vec<(u32, usize, usize)>,
    /// The short windows in each way of writing.
    short: Few,
    /// Literal, and where in it the window stands.
    short_windows: Vec<(usize, usize)>,
}

/// A search for short windows: comparing many bytes at once where they are few enough and the processor can, else by an
/// automaton.
#[derive(Clone, Debug)]
enum Few {
    Packed(Searcher),
    Automaton(AhoCorasick),
}

impl Few {
    fn new(windows: &[Vec<u8>]) -> Result<Self, aho_corasick::BuildError> {
        // Its usual limits are for long texts with few hits; here even crowded buckets are several times an automaton's speed.
        let packed = packed::Config::new()
            .heuristic_pattern_limits(false)
            .builder()
            .extend(windows)
            .build();
        match packed {
            Some(searcher) => Ok(Self::Packed(searcher)),
            None => AhoCorasick::new(windows).map(Self::Automaton),
        }
    }

    fn find(&self, text: &[u8], places: Range<usize>) -> Option<Match> {
        match self {
            Self::Packed(searcher) => searcher.find_in(text, places.into()),
            Self::Automaton(automaton) => automaton.find(Input::new(text).range(places)),
        }
    }
}

impl Sieve {
    /// A sieve for literals of three bytes and more, each known by its position.
    pub(super) fn new<'a>(literals: impl Iterator<Item = &'a str>) -> Result<Self, aho_corasick::BuildError> {
        let literals: Vec<Box<[u8]>> = literals.map(|literal| literal.as_bytes().into()).collect();
        let rarity = Rarity::measured();
        let (mut windows, mut spellings, mut short_windows) = (Vec::new(), Vec::new(), Vec::new());
        for (number, literal) in literals.iter().enumerate() {
            if literal.len() > LONG {
                let at = rarity.rarest(literal, LONG + 1);
                windows.extend([at, at + 1].map(|at| (hash(&literal[at..]), number, at)));
            } else {
                let at = rarity.rarest(literal, SHORT);
                short_windows.push((number, at));
                spellings.extend(spelled(&literal[at..at + SHORT]));
            }
        }
        windows.sort_unstable();
        let mut bits: Box<[u64; WORDS]> = vec![0; WORDS].try_into().expect("as many words as asked for");
        for (hash, ..) in &windows {
            bits[*hash as usize >> 6] |= 1 << (hash & 63);
        }
        Ok(Self {
            literals,
            bits,
            windows,
            short: Few::new(&spellings)?,
            short_windows,
        })
    }

    /// Where the first line of a text begins to be of interest: a literal stands there, or an escape that may hide one.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        (0..text.len()).step_by(STRIDE).find_map(|start| {
            let mut places = start..text.len().min(start + STRIDE);
            work::count(places.len());
            let mut first = escape(text, places.clone());
            places.end = first.unwrap_or(places.end);
            let mut tell = |at: usize, _| {
                first = Some(first.map_or(at, |first| first.min(at)));
                true
            };
            self.each_short(text, places.clone(), &mut tell);
            self.each_long(text, places, &mut tell);
            first
        })
    }

    /// Tells each literal that stands in a text.
    pub(super) fn each(&self, text: &[u8], mut tell: impl FnMut(usize)) {
        work::count(text.len());
        let mut tell = |_, number| {
            tell(number);
            false
        };
        self.each_short(text, 0..text.len(), &mut tell);
        self.each_long(text, 0..text.len(), &mut tell);
    }

    /// Tells where a short literal begins and which it is, for each window at these places, until that is enough.
    fn each_short(&self, text: &[u8], places: Range<usize>, tell: &mut impl FnMut(usize, usize) -> bool) {
        let end = text.len().min(places.end + SHORT - 1);
        let mut start = places.start;
        while let Some(found) = self.short.find(text, start.min(end)..end) {
            let window = &text[found.range()];
            // Several literals may have the same window.
            let same = |(number, at): &&(usize, usize)| {
                self.literals[*number][*at..*at + SHORT].eq_ignore_ascii_case(window)
            };
            for (number, at) in self.short_windows.iter().filter(same) {
                if self.stands(*number, text, found.start(), *at) && tell(found.start() - at, *number) {
                    return;
                }
            }
            start = found.start() + 1;
        }
    }

    /// The same for long ones. `places` begin at an even one.
    fn each_long(&self, text: &[u8], places: Range<usize>, tell: &mut impl FnMut(usize, usize) -> bool) {
        let mut at = places.start;
        while at < places.end
            && let Some(block) = text.get(at..at + BLOCK + BEYOND)
        {
            let mut pairs = self.marked(block);
            while pairs != 0 {
                let place = at + 2 * pairs.trailing_zeros() as usize;
                if place >= places.end || self.compare(text, place, tell) {
                    return;
                }
                pairs &= pairs - 1;
            }
            at += BLOCK;
        }
        let end = places.end.min(text.len().saturating_sub(LONG - 1));
        for place in (at..end).step_by(2) {
            if self.bit(hash(&text[place..])) == 1 && self.compare(text, place, tell) {
                return;
            }
        }
    }

    /// Of a block, the pairs of bytes with which a window may begin, as bits.
    fn marked(&self, block: &[u8]) -> u32 {
        let mut marked = 0;
        if let Ok(block) = <&[u8; BLOCK + BEYOND]>::try_from(block) {
            for pair in 0..BLOCK / 2 {
                marked |= self.bit(hash_eight(&block[2 * pair..])) << pair;
            }
        }
        marked
    }

    /// Compares the literals that a window at a place may belong to.
    fn compare(&self, text: &[u8], at: usize, tell: &mut impl FnMut(usize, usize) -> bool) -> bool {
        let hash = hash(&text[at..]);
        let first = self.windows.partition_point(|(other, ..)| *other < hash);
        let mut same = self.windows[first..]
            .iter()
            .take_while(|(other, ..)| *other == hash);
        same.any(|(_, number, offset)| self.stands(*number, text, at, *offset) && tell(at - offset, *number))
    }

    fn bit(&self, hash: u32) -> u32 {
        u32::from(self.bits[hash as usize >> 6 & (WORDS - 1)] >> (hash & 63) & 1 == 1)
    }

    /// Whether a literal stands where its window was seen. A number stands for itself: `503` is no part of `05:02:35,503`.
    fn stands(&self, number: usize, text: &[u8], window: usize, offset: usize) -> bool {
        let literal = &self.literals[number];
        let Some(begin) = window.checked_sub(offset) else {
            return false;
        };
        let end = begin + literal.len();
        let there = text.get(begin..end);
        there.is_some_and(|there| there.eq_ignore_ascii_case(literal))
            && !(literal.iter().all(u8::is_ascii_digit) && is_part_of_number(&text[..begin], &text[end..]))
    }
}

/// The first escape character or escaped quote at these places: what stands around it has to be taken apart first.
fn escape(text: &[u8], places: Range<usize>) -> Option<usize> {
    let mut found = memchr::memchr2_iter(0x1b, b'\\', &text[places.clone()]);
    let cuts = |at: &usize| matches!(text[*at..], [0x1b, ..] | [b'\\', b'\'' | b'"', ..]);
    found.find_map(|at| Some(places.start + at).filter(cuts))
}

fn is_part_of_number(before: &[u8], after: &[u8]) -> bool {
    matches!(before, [.., b'0'..=b'9'] | [.., b'0'..=b'9', b'.' | b','])
        || matches!(after, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..])
}

/// The ways of writing a few bytes in capitals and small letters.
fn spelled(window: &[u8]) -> Vec<Vec<u8>> {
    window.iter().fold(vec![Vec::new()], |all, byte| {
        let mut forms = vec![byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
        forms.dedup();
        let longer = |start: &Vec<u8>| {
            forms
                .iter()
                .map(|form| [start.as_slice(), &[*form]].concat())
                .collect::<Vec<_>>()
        };
        all.iter().flat_map(longer).collect()
    })
}

/// The hash of a text's first six bytes.
fn hash(text: &[u8]) -> u32 {
    hash_eight(&[text[0], text[1], text[2], text[3], text[4], text[5], 0, 0])
}

/// The same, where there are eight. Fibonacci hashing of the first six, without the bit that tells capitals from small letters.
fn hash_eight(text: &[u8]) -> u32 {
    let eight = [
        text[0], text[1], text[2], text[3], text[4], text[5], text[6], text[7],
    ];
    let window = (u64::from_le_bytes(eight) << 16) | 0x2020_2020_2020_0000;
    let hash = window.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS);
    // At most `BITS` bits are left.
    u32::try_from(hash).unwrap_or_default()
}

/// Three bytes in small letters.
fn folded(window: &[u8]) -> [u8; 3] {
    [window[0] | 0x20, window[1] | 0x20, window[2] | 0x20]
}

/// How rare windows are in ordinary logs.
struct Rarity {
    windows: HashMap<[u8; 3], u32>,
    bytes: [u32; 256],
}

impl Rarity {
    fn measured() -> Self {
        let mut rarity = Self {
            windows: HashMap::new(),
            bytes: [1; 256],
        };
        for window in ORDINARY.as_bytes().windows(3) {
            *rarity.windows.entry(folded(window)).or_default() += 1;
            rarity.bytes[usize::from(window[0] | 0x20)] += 1;
        }
        rarity
    }

    /// Where in a literal the rarest `length` bytes begin: their threes are, together, the least ordinary.
    fn rarest(&self, literal: &[u8], length: usize) -> usize {
        let threes = literal.windows(3).map(|window| {
            let count = self.windows.get(&folded(window)).copied().unwrap_or(0);
            (f64::from(count) + 0.2).ln()
        });
        let bytes = literal
            .iter()
            .map(|byte| f64::from(self.bytes[usize::from(byte | 0x20)]).ln());
        let (threes, bytes): (Vec<f64>, Vec<f64>) = (threes.collect(), bytes.collect());
        let cost = |start: usize| -> f64 {
            let (threes, bytes) = (&threes[start..][..length - 2], &bytes[start..][..length]);
            threes.iter().sum::<f64>() + 0.3 * bytes.iter().sum::<f64>()
        };
        let starts = 0..=literal.len() - length;
        let best = starts.min_by(|one, other| cost(*one).total_cmp(&cost(*other)));
        best.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LITERALS: [&str; 7] = [
        "Permission '",
        "Permission denied",
        "403",
        "GPU",
        "CMEK",
        "retry",
        "per",
    ];

    fn sifted(text: &str) -> Vec<(usize, usize)> {
        let sieve = Sieve::new(LITERALS.into_iter()).unwrap();
        let (text, mut all) = (text.as_bytes(), Vec::new());
        let mut tell = |at, number| {
            all.push((at, number));
            false
        };
        sieve.each_short(text, 0..text.len(), &mut tell);
        sieve.each_long(text, 0..text.len(), &mut tell);
        all.sort_unstable();
        all.dedup();
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
        let sieve = Sieve::new(LITERALS.into_iter()).unwrap();
        for (text, wanted) in [
            ("a \u{1b}[1m", Some(2)),
            ("a\\\"b", Some(1)),
            ("a\\n", None),
            ("plain", None),
        ] {
            assert_eq!(sieve.find(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn the_first_line_with_anything_is_found_wherever_it_stands() {
        let sieve = Sieve::new(LITERALS.into_iter()).unwrap();
        for length in (0..3 * STRIDE).step_by(37) {
            for hit in ["Permission denied", "gpu", "\u{1b}"] {
                let text = format!("{}\n{hit} {}", "x".repeat(length), "y".repeat(100));
                let found = sieve.find(text.as_bytes());
                assert_eq!(found, Some(length + 1), "{hit} after {length}");
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
