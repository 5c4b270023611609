//! Seeded pseudo-random numbers: the same seed and the same requests give the same cloud.

/// `SplitMix64` (Steele, Lea, Flood 2014): tiny, and good enough for names and fault rolls.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

/// Letters of Cloud Run's execution suffixes.
const SUFFIX: &[u8] = b"23456789bcdfghjklmnpqrstvwxz";

impl Chance {
    /// A generator that depends on nothing but `seed`.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one named thing, independent of the order in which things are asked for.
    pub(crate) fn of(text: &str) -> Self {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number of `range`'s values; its start if it is empty.
    pub(crate) fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % range.end.saturating_sub(range.start).max(1)
    }

    /// Five letters, as at the end of an execution's name.
    pub(crate) fn suffix(&mut self) -> String {
        (0..5).map(|_| self.letter(SUFFIX)).collect()
    }

    /// Eight letters and digits, as W&B makes run ids.
    pub(crate) fn run_id(&mut self) -> String {
        (0..8)
            .map(|_| self.letter(b"abcdefghijklmnopqrstuvwxyz0123456789"))
            .collect()
    }

    /// A random (version 4) UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    fn letter(&mut self, letters: &[u8]) -> char {
        let at = self.next() % letters.len() as u64;
        usize::try_from(at)
            .ok()
            .and_then(|at| letters.get(at))
            .map_or('x', |&letter| char::from(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_names() {
        let (mut one, mut two) = (Chance::seeded(7), Chance::seeded(7));
        assert_eq!((one.suffix(), one.uuid()), (two.suffix(), two.uuid()));
        assert_ne!(one.suffix(), two.uuid());
    }

    #[test]
    fn uuids_have_version_four_and_the_variant_bits() {
        let uuid = Chance::seeded(1).uuid();
        assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'));
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{uuid}");
    }
}
