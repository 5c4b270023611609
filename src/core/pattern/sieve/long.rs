//! Literals of eight bytes and more: a look at every fourth place.

use super::block::{BEYOND, Block, PLACES};
use super::rarity::Rarity;

/// Bytes of a window.
const WINDOW: usize = 5;
/// From one look to the next.
const STEP: usize = 4;
/// Shortest literal: of the windows that begin at four neighbouring bytes of it, one begins where a look falls.
pub(super) const SHORTEST: usize = WINDOW + STEP - 1;
/// Looks at a block.
const LOOKS: usize = PLACES / STEP;
/// Bits of the table, as a power of two: 32 KiB hold the four windows of a thousand literals so thinly that one look in
/// sixty is in vain.
const BITS: u32 = 18;
/// Words of the table.
const WORDS: usize = 1 << (BITS - 6);
/// Hashes that share an entry of the index, as a power of two.
const SHARED: u32 = 6;

/// A table of bits over the windows of literals, and what to compare where a bit is set.
#[derive(Clone, Debug)]
pub(super) struct Long {
    /// By hash, whether a window has it.
    bits: Box<[u64; WORDS]>,
    /// In the order of their hashes.
    windows: Vec<Window>,
    /// By the upper bits of a hash: the first window that has them.
    index: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    /// The bytes of the literal from here, eight at most.
    bytes: u64,
    /// Which of eight bytes those are.
    mask: u64,
    /// The literal.
    number: u32,
    /// Where in the literal the window begins.
    offset: u32,
}

impl Window {
    fn new(literal: &[u8], number: usize, offset: usize) -> Self {
        let here = &literal[offset..literal.len().min(offset + 8)];
        let mut bytes = [0; 8];
        bytes[..here.len()].copy_from_slice(here);
        Self {
            bytes: u64::from_le_bytes(bytes),
            mask: u64::MAX >> (64 - 8 * here.len()),
            number: small(number),
            offset: small(offset),
        }
    }
}

impl Long {
    /// Knows those of the literals, in small letters, that are long enough.
    pub(super) fn new(literals: &[Box<[u8]>], rarity: &Rarity) -> Self {
        let mut windows = Vec::new();
        for (number, literal) in literals.iter().enumerate() {
            if literal.len() >= SHORTEST {
                let rarest = rarity.rarest(literal, SHORTEST, WINDOW);
                let offsets = rarest..rarest + STEP;
                windows.extend(offsets.map(|offset| Window::new(literal, number, offset)));
            }
        }
        windows.sort_unstable_by_key(|window| hash(window.bytes));
        let mut bits: Box<[u64; WORDS]> = vec![0; WORDS].try_into().expect("as many words as asked for");
        for window in &windows {
            let hash = hash(window.bytes);
            bits[hash >> 6] |= 1 << (hash & 63);
        }
        let first = |group| windows.partition_point(|window| hash(window.bytes) >> SHARED < group);
        Self {
            bits,
            index: (0..=1 << (BITS - SHARED))
                .map(|group| small(first(group)))
                .collect(),
            windows,
        }
    }

    /// Tells each literal that may stand in a text, and where it would begin.
    pub(super) fn each(&self, block: &Block<'_>, tell: &mut impl FnMut(usize, usize)) {
        let mut marked = [0; LOOKS];
        let count = self.mark(&block.lower, block.places.div_ceil(STEP), &mut marked);
        for place in &marked[..count] {
            let place = usize::from(*place) * STEP;
            let eight = eight(&block.lower, place);
            let group = hash(eight) >> SHARED;
            let (first, end) = (self.index[group] as usize, self.index[group + 1] as usize);
            for window in &self.windows[first..end] {
                if eight & window.mask == window.bytes
                    && let Some(begin) = (block.start + place).checked_sub(window.offset as usize)
                {
                    tell(begin, window.number as usize);
                }
            }
        }
    }

    /// The looks whose bit is set, and how many. No branch and no look depends on another, so that many are under way at
    /// once: this is the loop that every byte of a log goes through.
    #[inline(never)] // what its callers do with the result makes the compiler spill registers in here
    fn mark(&self, lower: &[u8; PLACES + BEYOND], looks: usize, marked: &mut [u16; LOOKS]) -> usize {
        let mut set = 0;
        for (look, number) in (0..looks.min(LOOKS)).zip(0..) {
            let hash = hash(eight(lower, look * STEP));
            marked[set % LOOKS] = number;
            set += usize::from(self.bits[hash >> 6 & (WORDS - 1)] >> (hash & 63) & 1 == 1);
        }
        set
    }
}

/// Eight bytes from a place on.
fn eight(lower: &[u8; PLACES + BEYOND], place: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&lower[place..place + 8]);
    u64::from_le_bytes(bytes)
}

/// Fibonacci hashing of the first bytes of eight: the factor shifts the others out.
fn hash(eight: u64) -> usize {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15 << (64 - 8 * WINDOW);
    let hash = eight.wrapping_mul(FACTOR) >> (64 - BITS);
    // At most `BITS` bits are left.
    usize::try_from(hash).unwrap_or_default()
}

/// Numbers of literals and windows: four thousand million are more than memory holds.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
