//! What may hide a literal: what stands around it has to be taken apart first.

/// What is left of a colour where a console dropped its escape character.
const BARE_COLOUR: &[u8] = b"[0m";

/// Places of a text in order, one in each line that has any: escape characters, escaped quotes, bare colours.
pub(super) fn lines(text: &[u8]) -> Vec<usize> {
    let escapes = first_of_lines(text, escape);
    let colours = memchr::memmem::Finder::new(BARE_COLOUR);
    let colours = first_of_lines(text, |rest| colours.find(rest));
    let mut all: Vec<usize> = escapes.chain(colours).collect();
    all.sort_unstable();
    all
}

/// Each place that a search finds in the rest of a text, which goes on with the next line.
fn first_of_lines(text: &[u8], find: impl Fn(&[u8]) -> Option<usize>) -> impl Iterator<Item = usize> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let at = start + find(&text[start..])?;
        start = end_of_line(text, at);
        Some(at)
    })
}

fn escape(text: &[u8]) -> Option<usize> {
    let mut found = memchr::memchr2_iter(0x1b, b'\\', text);
    found.find(|at| matches!(text[*at..], [0x1b, ..] | [b'\\', b'\'' | b'"', ..]))
}

/// Where the line around a place ends.
pub(super) fn end_of_line(text: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |length| at + length)
}
