//! A stretch of a text in small letters, of a size that is known beforehand: the ways of looking need no second form for
//! its end.

use std::ops::Range;

/// Places of a block. Short enough to stay in the first-level cache with the tables.
pub(super) const PLACES: usize = 1024;
/// Bytes beyond the last place that a look from there takes in.
pub(super) const BEYOND: usize = 8;

/// Some places of a text, in small letters; zeros after the text's end.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The whole text, as it is.
    pub(super) text: &'t [u8],
    /// The place of the text that the block begins at.
    pub(super) start: usize,
    /// Places that the text has here.
    pub(super) places: usize,
    /// The bytes of these places and those beyond.
    pub(super) lower: [u8; PLACES + BEYOND],
}

impl<'t> Block<'t> {
    /// The blocks of a text, in order.
    pub(super) fn all(text: &'t [u8]) -> impl Iterator<Item = Self> {
        (0..text.len()).step_by(PLACES).map(|start| Self::at(text, start))
    }

    fn at(text: &'t [u8], start: usize) -> Self {
        let here = &text[start..text.len().min(start + PLACES + BEYOND)];
        let mut lower = [0; PLACES + BEYOND];
        for (lower, byte) in lower.iter_mut().zip(here) {
            *lower = byte.to_ascii_lowercase();
        }
        Self {
            text,
            start,
            places: here.len().min(PLACES),
            lower,
        }
    }

    /// Where the block's places are in the text.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.places
    }
}
