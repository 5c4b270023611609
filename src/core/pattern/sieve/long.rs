//! Literals of six bytes and more: a look at every fourth place.

use std::ops::Range;

use super::block::{BEYOND, Block, PLACES};
use super::rarity::Rarity;

/// Bytes of a window.
const WINDOW: usize = 5;
/// From one look to the next.
const STEP: usize = 4;
/// Bytes of the windows that begin at four neighbouring places: on one of them a look falls.
const SPAN: usize = WINDOW + STEP - 1;
/// Shortest literal: its first window and its last may each take in a byte that is not its own.
pub(super) const SHORTEST: usize = SPAN - 2;
/// Bytes of a literal among which the rarest are looked for.
const LOOKED_THROUGH: usize = 1 << 12;
/// Looks that are taken together: a bit of a word for each.
const LOOKS: usize = 64;
/// Bytes that such looks take in.
const GROUP: usize = LOOKS * STEP + BEYOND - STEP;
/// Looks between two checks for the end; a divisor of the above.
const UNCHECKED: usize = 8;
/// Bits of the table, as a power of two: 32 KiB hold the windows of fifteen hundred literals so thinly that one look in
/// forty is in vain.
const BITS: u32 = 18;
/// Words of the table.
const WORDS: usize = 1 << (BITS - 6);
/// Hashes that share an entry of the index, as a power of two.
const SHARED: u32 = 6;

/// Bits of the second table, as a power of two: it is asked where the first one says yes, by another hash, which takes in
/// eight bytes if the literal goes on so far: most of what begins as `required` does goes on as `requirement`.
const DOUBTS: u32 = 17;
/// Words of the second table.
const DOUBT_WORDS: usize = 1 << (DOUBTS - 6);
/// Looks of a group that are noted without asking whether there are so many: hardly a group has more.
const USUAL: usize = 4;
/// Places that may be noted of a block, and room for the last group's usual ones.
const NOTED: usize = PLACES / STEP + USUAL;

/// A table of bits over the windows of literals, and what to compare where a bit is set.
#[derive(Clone, Debug)]
pub(super) struct Long {
    /// By hash, whether a window has it.
    bits: Box<[u64; WORDS]>,
    /// The same by another hash.
    doubts: Box<[u64; DOUBT_WORDS]>,
    /// In the order of their hashes.
    windows: Vec<Window>,
    /// By the upper bits of a hash: the first window that has them.
    index: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    /// The bytes of the literal from here, eight at most, folded.
    bytes: u64,
    /// The literal.
    number: u32,
    /// Where in the literal the window begins; before it, if it is negative.
    offset: i16,
    /// How many bits of eight bytes are not among those.
    spare: u8,
}

impl Window {
    /// The window of a literal that begins at `offset`. Where it takes in a byte that is not the literal's, anything may
    /// stand there: there is a window for each byte.
    fn all(literal: &[u8], number: usize, offset: isize) -> impl Iterator<Item = Self> {
        let own = |at| literal.get(usize::try_from(offset.checked_add_unsigned(at)?).ok()?);
        let bytes: [Option<u8>; 8] = std::array::from_fn(|at| own(at).copied());
        let last = bytes.iter().rposition(Option::is_some).unwrap_or(0);
        let length = WINDOW.max(last + 1);
        let spare = 64 - 8 * length;
        let whole = bytes[..length].iter().all(Option::is_some);
        // Folded, there are half as many.
        let others = (0..=u8::MAX).filter(|byte| byte | b' ' == *byte);
        others
            .take(if whole { 1 } else { usize::MAX })
            .map(move |other| Self {
                bytes: folded(bytes.map(|own| own.unwrap_or(other))) & (u64::MAX >> spare),
                number: small(number),
                offset: i16::try_from(offset).unwrap_or_default(), // it is within what is looked through
                spare: u8::try_from(spare).unwrap_or_default(),    // less than 64
            })
    }
}

impl Long {
    /// Knows those of the literals, in small letters, that are long enough.
    pub(super) fn new(literals: &[Box<[u8]>], rarity: &Rarity) -> Self {
        let mut windows = Vec::new();
        for (number, literal) in literals.iter().enumerate() {
            if literal.len() >= SHORTEST {
                let offsets = offsets(literal, rarity);
                windows.extend(offsets.flat_map(|offset| Window::all(literal, number, offset)));
            }
        }
        windows.shrink_to_fit();
        windows.sort_unstable_by_key(|window| hash(window.bytes));
        let mut bits: Box<[u64; WORDS]> = vec![0; WORDS].try_into().expect("as many words as asked for");
        let mut doubts = Box::new([0; DOUBT_WORDS]);
        for window in &windows {
            let hash = hash(window.bytes);
            let other = match window.spare {
                0 => wide_hash(window.bytes),
                _ => other_hash(window.bytes),
            };
            bits[hash >> 6] |= 1 << (hash & 63);
            doubts[other >> 6] |= 1 << (other & 63);
        }
        let first = |group| windows.partition_point(|window| hash(window.bytes) >> SHARED < group);
        Self {
            bits,
            doubts,
            index: (0..=1 << (BITS - SHARED))
                .map(|group| small(first(group)))
                .collect(),
            windows,
        }
    }

    /// Tells each literal that may stand in a text, and where it would begin.
    pub(super) fn each(&self, block: &Block<'_>, tell: &mut impl FnMut(usize, usize)) {
        let mut noted = [0; NOTED];
        let count = self.note(block, &mut noted);
        let count = self.doubt(block, &mut noted[..count]);
        for place in &noted[..count] {
            self.compare(block, usize::from(*place), tell);
        }
    }

    /// Notes the places of a block whose bit is set: how many they are.
    fn note(&self, block: &Block<'_>, noted: &mut [u16; NOTED]) -> usize {
        let mut count = 0;
        for first in (0..block.places).step_by(LOOKS * STEP) {
            let Some(group) = block.bytes[first..].first_chunk() else {
                continue;
            };
            let looks = (block.places - first).div_ceil(STEP);
            let mut marked = self.mark(group, looks);
            let marks = marked.count_ones() as usize;
            for slot in &mut noted[count..count + marks.max(USUAL)] {
                let look = (marked | 1).leading_zeros() as usize;
                marked &= u64::MAX >> look >> 1;
                *slot = u16::try_from(first + look * STEP).unwrap_or_default(); // within the block
            }
            count += marks;
        }
        count
    }

    /// Keeps those of the noted places that the second table knows, too: how many they are. What to compare is far away, and
    /// that a place is in vain cannot be foreseen: nothing here depends on it.
    fn doubt(&self, block: &Block<'_>, noted: &mut [u16]) -> usize {
        let mut kept = 0;
        for at in 0..noted.len() {
            let place = noted[at];
            let eight = eight(block.bytes, usize::from(place));
            noted[kept] = place;
            kept += usize::from(self.is_doubtful(other_hash(eight)) | self.is_doubtful(wide_hash(eight)));
        }
        kept
    }

    /// Whether the second table has a hash.
    fn is_doubtful(&self, hash: usize) -> bool {
        self.doubts[hash >> 6 & (DOUBT_WORDS - 1)] >> (hash & 63) & 1 == 1
    }

    /// Tells the literals that have the window which begins at a place.
    fn compare(&self, block: &Block<'_>, place: usize, tell: &mut impl FnMut(usize, usize)) {
        let eight = eight(block.bytes, place);
        let group = hash(eight) >> SHARED;
        let (first, end) = (self.index[group] as usize, self.index[group + 1] as usize);
        for window in &self.windows[first..end] {
            if eight & (u64::MAX >> window.spare) == window.bytes
                && let Some(begin) = (block.start + place).checked_add_signed(-isize::from(window.offset))
            {
                tell(begin, window.number as usize);
            }
        }
    }

    /// The looks of a group whose bit is set, the first one in the highest bit; some beyond `looks` may be among them. No
    /// branch and no look depends on another, so that many are under way at once: this is the loop that every byte of a log
    /// goes through.
    #[inline(never)] // what its callers do with the result makes the compiler spill registers in here
    fn mark(&self, group: &[u8; GROUP], looks: usize) -> u64 {
        let mut marked = 0;
        for first in (0..looks.min(LOOKS)).step_by(UNCHECKED) {
            for look in 0..UNCHECKED {
                let hash = hash(eight(group, (first + look) * STEP));
                marked = marked << 1 | self.bits[hash >> 6 & (WORDS - 1)] >> (hash & 63) & 1;
            }
        }
        marked << (LOOKS - looks.min(LOOKS).next_multiple_of(UNCHECKED))
    }
}

/// Where in a literal its windows begin: the rarest neighbours of what is looked through, or all that a short one has.
fn offsets(literal: &[u8], rarity: &Rarity) -> Range<isize> {
    let literal = &literal[..literal.len().min(LOOKED_THROUGH)];
    let first = match literal.len() {
        SHORTEST => -1,
        _ => rarity.rarest(literal, SPAN, WINDOW).cast_signed(),
    };
    first..first + STEP.cast_signed()
}

/// Eight bytes from a place on, folded.
fn eight(bytes: &[u8], place: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[place..place + 8]);
    folded(eight)
}

/// Eight bytes as a number in which capitals are as small letters are, and some other bytes as others: what is equal here
/// may be equal, and is compared.
fn folded(eight: [u8; 8]) -> u64 {
    u64::from_le_bytes(eight) | u64::from_le_bytes([b' '; 8])
}

/// The hash of the first table: of a window.
fn hash(eight: u64) -> usize {
    upper(eight.wrapping_mul(of_window(0x9E37_79B9_7F4A_7C15)), BITS)
}

/// The hash of the second table.
fn other_hash(eight: u64) -> usize {
    upper(eight.wrapping_mul(of_window(0xD6E8_FEB8_6659_FD93)), DOUBTS)
}

/// The same of all eight bytes, for windows whose literals go on so far.
fn wide_hash(eight: u64) -> usize {
    upper(eight.wrapping_mul(0xD6E8_FEB8_6659_FD93), DOUBTS)
}

/// A factor of Fibonacci hashing that shifts the bytes beyond a window out.
const fn of_window(factor: u64) -> u64 {
    factor << (64 - 8 * WINDOW)
}

/// The upper bits of a hash.
fn upper(hash: u64, bits: u32) -> usize {
    // At most so many bits are left.
    usize::try_from(hash >> (64 - bits)).unwrap_or_default()
}

/// Numbers of literals and windows: four thousand million are more than memory holds.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
