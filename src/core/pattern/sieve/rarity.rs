//! How rare the windows of literals are in ordinary logs.

/// What runners print when all is well, and the words that are also in their errors, in small letters: a window that occurs
/// here makes a bad sieve. Only speed depends on it.
const ORDINARY: &str = include_str!("ordinary.txt");

/// Entries of the table, as a power of two: some four for each sequence that occurs.
const BITS: u32 = 16;

/// How often sequences of three to five bytes occur in ordinary logs. Two that share an entry are taken for one: patterns
/// are compiled at every start, and a table that knows better takes longer to fill than it saves.
#[derive(Debug)]
pub(in crate::core::pattern) struct Rarity(Vec<u16>);

impl Rarity {
    /// What is counted in [`ORDINARY`].
    pub(in crate::core::pattern) fn measured() -> Self {
        let mut counts = vec![0_u16; 1 << BITS];
        for window in (3..=5).flat_map(|length| ORDINARY.as_bytes().windows(length)) {
            let count = &mut counts[entry(window)];
            *count = count.saturating_add(1);
        }
        Self(counts)
    }

    /// Where in a literal the `span` bytes begin of which the windows are, together, the least ordinary.
    pub(super) fn rarest(&self, literal: &[u8], span: usize, window: usize) -> usize {
        let costs: Vec<u32> = literal.windows(window).map(|window| self.cost(window)).collect();
        let spans = costs.windows(span + 1 - window).enumerate();
        let best = spans.min_by_key(|(_, costs)| costs.iter().sum::<u32>());
        best.map_or(0, |(start, _)| start)
    }

    /// How often a window is to be expected: as often as it was counted and, as the text is short, as its threes suggest.
    fn cost(&self, window: &[u8]) -> u32 {
        let count = |part: &[u8]| u32::from(self.0[entry(part)]);
        let rarest = window.windows(3).map(count).min();
        16 * count(window) + rarest.unwrap_or(0)
    }
}

fn entry(window: &[u8]) -> usize {
    let bytes = window
        .iter()
        .fold(0_u64, |bytes, byte| bytes << 8 | u64::from(*byte));
    let hash = bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS);
    // At most `BITS` bits are left.
    usize::try_from(hash).unwrap_or_default()
}
