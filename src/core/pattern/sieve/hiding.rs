//! What may hide a literal: what stands around it has to be taken apart first.

use memchr::memmem::Finder;

/// A search for escape characters, escaped quotes, and bare colours: what is left of one where a console dropped its escape
/// character.
#[derive(Clone, Debug)]
pub(super) struct Hiding {
    colour: Finder<'static>,
}

impl Hiding {
    pub(super) fn new() -> Self {
        Self {
            colour: Finder::new("[0m"),
        }
    }

    /// Places in each line that has any, those of one kind after those of the other.
    pub(super) fn lines(&self, text: &[u8]) -> Vec<usize> {
        let mut all = Vec::new();
        first_of_lines(text, escape, &mut all);
        first_of_lines(text, |rest| self.colour.find(rest), &mut all);
        all
    }
}

/// Each place that a search finds in the rest of a text, which goes on with the next line.
fn first_of_lines(text: &[u8], find: impl Fn(&[u8]) -> Option<usize>, all: &mut Vec<usize>) {
    let mut start = 0;
    while let Some(at) = find(&text[start..]) {
        all.push(start + at);
        start = end_of_line(text, start + at);
    }
}

fn escape(text: &[u8]) -> Option<usize> {
    let mut found = memchr::memchr2_iter(0x1b, b'\\', text);
    found.find(|at| matches!(text[*at..], [0x1b, ..] | [b'\\', b'\'' | b'"', ..]))
}

/// Where the line around a place ends.
pub(super) fn end_of_line(text: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |length| at + length)
}
