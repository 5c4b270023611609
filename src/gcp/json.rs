//! Parsing bodies, with damaged text mended.
//!
//! Log lines hold whatever programs print. Bytes that are no UTF-8, and halves of surrogate pairs in escapes, would fail a
//! whole page of entries; they are replaced by U+FFFD instead.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::error::AnswerError;
use crate::core::text::lossy;

/// Reads a body, which must be an object: a list would read as a message without any of its fields. Nesting is bounded by
/// `serde_json` (128).
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, AnswerError> {
    parse_with(body, |text| serde_json::from_str(text))
}

/// The same by a reader of one's own, which may be asked twice.
pub(super) fn parse_with<T>(
    body: &[u8],
    read: impl Fn(&str) -> serde_json::Result<T>,
) -> Result<T, AnswerError> {
    if body
        .trim_ascii_start()
        .first()
        .is_some_and(|first| *first != b'{')
    {
        return Err(AnswerError::NoObject);
    }
    // As text from the start: bytes would be looked at for damage string by string, and entries are mostly strings.
    let text = lossy(body);
    mending(&text, read).map_err(|error| AnswerError::from(&error))
}

/// Reads a text, mended where it has to be.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    mending(text, |text| serde_json::from_str(text))
}

fn mending<T>(text: &str, read: impl Fn(&str) -> serde_json::Result<T>) -> serde_json::Result<T> {
    read(text).or_else(|error| {
        if error.is_syntax() {
            read(&mend(text))
        } else {
            Err(error)
        }
    })
}

/// Replaces every escaped half of a surrogate pair by `\ufffd`.
pub(crate) fn mend(text: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let escape = at + found;
        let (length, lone) = classify(&text.as_bytes()[escape..]);
        if lone {
            mended.push_str(&text[kept..escape]);
            mended.push_str("\\ufffd");
            kept = escape + length;
        }
        at = next_boundary(text, escape + length);
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[kept..]);
    Cow::Owned(mended)
}

/// Length of the escape at the start, and whether it is half of a pair.
fn classify(escape: &[u8]) -> (usize, bool) {
    match unit(escape) {
        Some(0xD800..=0xDBFF) => match escape.get(6..).and_then(unit) {
            Some(0xDC00..=0xDFFF) => (12, false),
            _ => (6, true),
        },
        Some(0xDC00..=0xDFFF) => (6, true),
        Some(_) => (6, false),
        None => (2, false),
    }
}

/// The UTF-16 unit of a `\uXXXX` at the start.
fn unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn next_boundary(text: &str, at: usize) -> usize {
    (at..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn text(escaped: &[u8]) -> String {
        let body = [b"{\"t\":\"", escaped, b"\"}"].concat();
        parse::<BTreeMap<String, String>>(&body)
            .unwrap()
            .remove("t")
            .unwrap()
    }

    #[test]
    fn damaged_text_is_mended_and_the_rest_stays() {
        for (escaped, wanted) in [
            (&br"a\ud83db"[..], "a\u{fffd}b"),
            (br"a\ude80", "a\u{fffd}"),
            (br"\ud83d\ude80", "🚀"),
            (br"\ud83d\ud83d\ude80", "\u{fffd}🚀"),
            (br"\\ud83d\ud83d", "\\ud83d\u{fffd}"),
            (b"a\xffb\xc3", "a\u{fffd}b\u{fffd}"),
            ("é\\ud800é".as_bytes(), "é\u{fffd}é"),
        ] {
            assert_eq!(text(escaped), wanted, "{}", String::from_utf8_lossy(escaped));
        }
    }

    #[test]
    fn what_is_no_object_stays_an_error() {
        for body in [
            &b"<html>"[..],
            b"[]",
            b"{\"a\":\"\\",
            b"{\"\\u12",
            "{\"\\é".as_bytes(),
            b"\xff\xfe",
            b"{1}",
            b"7",
        ] {
            let read = parse::<serde_json::Value>(body);
            assert!(read.is_err(), "{}", String::from_utf8_lossy(body));
        }
        assert_eq!(
            parse::<serde_json::Value>(b" ").unwrap_err(),
            AnswerError::Truncated
        );
    }
}
