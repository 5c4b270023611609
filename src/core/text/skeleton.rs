//! What a text says once the invisible is taken away, with the way back.
//!
//! `ya29.abc<ESC>[0mdef` and `ya29.abc\u{1b}[0mdef` are one token to whoever copies it, so secrets are looked for in the
//! skeleton and taken out of the text at the places that the skeleton remembers.

use std::ops::Range;

use super::redact::REDACTED;
use super::sanitise::is_unsafe;

/// How much of an escape sequence is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// The control character alone: `<ESC>[sk-…` hides nothing behind a sequence that swallows the `s`.
    Controls,
    /// With the parameters and the final letter of a CSI sequence.
    Sequences,
}

/// A text without what is invisible in it.
#[derive(Debug)]
pub(super) struct Skeleton {
    /// The visible text.
    pub(super) text: String,
    /// Skeleton offset and text offset of each visible character that does not directly follow its predecessor.
    jumps: Vec<(usize, usize)>,
}

impl Skeleton {
    /// The skeleton, or `None` where the text has nothing to leave out.
    pub(super) fn of(text: &str, depth: Depth) -> Option<Self> {
        if !text.contains(|c| c == '\\' || (is_unsafe(c) && c != '\n' && c != '\t')) {
            return None;
        }
        let mut skeleton = Self {
            text: String::with_capacity(text.len()),
            jumps: vec![(0, 0)],
        };
        let mut at = 0;
        while let Some(unit) = Unit::read(&text[at..]) {
            if let Some(c) = unit.shown {
                skeleton.push(c, at);
            }
            let csi = depth == Depth::Sequences && unit.control.is_some();
            at += unit.length;
            at += if csi {
                csi_length(unit.control, &text[at..])
            } else {
                0
            };
        }
        Some(skeleton)
    }

    fn push(&mut self, c: char, at: usize) {
        let (shown, origin) = self.jumps.last().copied().unwrap_or_default();
        if at - origin != self.text.len() - shown {
            self.jumps.push((self.text.len(), at));
        }
        self.text.push(c);
    }

    /// Where a non-empty range of the skeleton lies in the text; what is hidden inside it is included.
    pub(super) fn origin(&self, span: Range<usize>) -> Range<usize> {
        self.locate(span.start)..self.locate(span.end - 1) + 1
    }

    fn locate(&self, at: usize) -> usize {
        let after = self.jumps.partition_point(|(shown, _)| *shown <= at);
        let (shown, origin) = self
            .jumps
            .get(after.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        origin + (at - shown)
    }
}

/// One character of a text, or one escape that stands for an unsafe one.
struct Unit {
    /// What the skeleton shows of it.
    shown: Option<char>,
    /// The unsafe character that it is or stands for.
    control: Option<char>,
    /// Bytes of the text.
    length: usize,
}

impl Unit {
    fn read(rest: &str) -> Option<Self> {
        let c = rest.chars().next()?;
        let (meant, length) = match c {
            '\\' => escaped(rest).unwrap_or((c, 1)),
            _ => (c, c.len_utf8()),
        };
        if meant == '\r' && length == 1 && rest[1..].starts_with('\n') {
            return Some(Self {
                shown: None,
                control: None,
                length,
            });
        }
        // Line breaks separate, written out or real; a carriage return overprints, which a space stands for.
        let (shown, control) = match meant {
            '\r' => (Some(' '), None),
            '\n' | '\t' => (Some(meant), None),
            _ if is_unsafe(meant) => (None, Some(meant)),
            _ => (Some(meant), None),
        };
        Some(Self {
            shown,
            control,
            length,
        })
    }
}

/// Reads `\u{1b}` (ours), `\u001b` (JSON), `\x1b` and `\033` (Python, shells) where they stand for an unsafe character.
fn escaped(rest: &str) -> Option<(char, usize)> {
    let body = &rest[1..];
    let (digits, radix, length) = if let Some(braced) = body.strip_prefix("u{") {
        let end = braced.bytes().take(7).position(|b| b == b'}')?;
        (&braced[..end], 16, end + 4)
    } else if let Some(hex) = body.strip_prefix('u') {
        (hex.get(..4)?, 16, 6)
    } else if let Some(hex) = body.strip_prefix('x') {
        (hex.get(..2)?, 16, 4)
    } else {
        (body.get(..3).filter(|octal| octal.starts_with('0'))?, 8, 4)
    };
    let meant = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    (is_unsafe(meant) && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some((meant, length))
}

/// Bytes of the CSI sequence that `control` opens: parameters, intermediates and one final character. Our own mark is
/// never part of one, though it begins like one.
fn csi_length(control: Option<char>, rest: &str) -> usize {
    let opener = match control {
        Some('\u{1b}') if rest.starts_with('[') && !rest.starts_with(REDACTED) => 1,
        Some('\u{9b}') => 0,
        _ => return 0,
    };
    let inner = rest[opener..]
        .bytes()
        .take_while(|b| (0x20..=0x3f).contains(b))
        .count();
    let end = &rest[opener + inner..];
    let letter = end
        .bytes()
        .next()
        .is_some_and(|b| (0x40..=0x7e).contains(&b) && b != b'\\');
    if letter && !end.starts_with(REDACTED) {
        opener + inner + 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Skeleton::of(text, Depth::Sequences).map_or(text.to_owned(), |skeleton| skeleton.text)
    }

    #[test]
    fn every_spelling_of_an_escape_is_left_out() {
        for text in [
            "ab\u{1b}[0mc",
            "ab\\u{1b}[0mc",
            "ab\\u001b[0mc",
            "ab\\x1b[1;31mc",
            "ab\\033[mc",
            "a\u{200b}b\u{9b}0mc",
        ] {
            assert_eq!(shown(text), "abc", "{text}");
        }
    }

    #[test]
    fn plain_text_has_no_skeleton_of_its_own() {
        assert!(Skeleton::of("plain\n\ttext ✨", Depth::Sequences).is_none());
        assert_eq!(shown(r"C:\new\u{41}\x41"), r"C:\new\u{41}\x41");
    }

    #[test]
    fn a_place_leads_back_to_where_it_was_written() {
        let text = "é\u{1b}[0mab\u{200b}cd";
        let skeleton = Skeleton::of(text, Depth::Sequences).unwrap();
        assert_eq!(skeleton.text, "éabcd");
        assert_eq!(&text[skeleton.origin(2..6)], "ab\u{200b}cd");
        assert_eq!(&text[skeleton.origin(4..5)], "c");
    }
}
