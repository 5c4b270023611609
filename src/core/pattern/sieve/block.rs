//! A stretch of a text, of a size that is known beforehand: the ways of looking need no second form for its end.

/// Places of a block. Short enough to stay in the first-level cache with the tables.
pub(super) const PLACES: usize = 1024;
/// Bytes beyond the last place that a look from there takes in.
pub(super) const BEYOND: usize = 8;

/// The bytes of a block's places and those beyond.
pub(super) type Bytes = [u8; PLACES + BEYOND];

/// Some places of a text.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The whole text.
    pub(super) text: &'t [u8],
    /// The place of the text that the block begins at.
    pub(super) start: usize,
    /// Places that the text has here.
    pub(super) places: usize,
    /// The text from the first place on; zeros after its end.
    pub(super) bytes: &'t Bytes,
}

impl Block<'_> {
    /// Sees the blocks of a text, in order.
    pub(super) fn each(text: &[u8], mut see: impl FnMut(&Block<'_>)) {
        for start in (0..text.len()).step_by(PLACES) {
            let here = &text[start..];
            let mut padded;
            let bytes = if let Some(bytes) = here.first_chunk() {
                bytes
            } else {
                padded = [0; PLACES + BEYOND];
                padded[..here.len()].copy_from_slice(here);
                &padded
            };
            let places = here.len().min(PLACES);
            see(&Block {
                text,
                start,
                places,
                bytes,
            });
        }
    }
}
