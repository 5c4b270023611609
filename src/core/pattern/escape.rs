//! What terminals and serialisers put into a text: taken out before anything is looked for in it.

use std::borrow::Cow;

/// Strips colour and other escape sequences; a line without any is borrowed. Consoles drop the escape character and keep the
/// rest, so `[0m` alone counts too.
pub(super) fn without_colour(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if !has_colour(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(0x1b, b'[', rest.as_bytes()) {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let length = escape_length(escape);
        if length == 0 {
            out.push('[');
        }
        rest = &escape[length.max(1)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn has_colour(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(0x1b, b'[', bytes).any(|at| bytes[at] == 0x1b || bytes[at..].starts_with(b"[0m"))
}

/// Quotes as they were before a proto's text form or a fragment of JSON escaped them; `None` if none were.
pub(super) fn without_escapes(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let escaped = memchr::memchr_iter(b'\\', bytes).any(|at| matches!(bytes[at + 1..], [b'\'' | b'"', ..]));
    escaped.then(|| text.replace("\\'", "'").replace("\\\"", "\""))
}

/// Length of the escape sequence that a text begins with; 0 if it is a bracket like any other.
fn escape_length(text: &str) -> usize {
    let (escaped, body) = match text.strip_prefix('\u{1b}') {
        Some(body) => (1, body),
        None => (0, text),
    };
    if let Some(inner) = body.strip_prefix('[') {
        let end = inner.find(|c: char| !matches!(c, '0'..='?'));
        return match end.map(|end| (end, inner[end..].chars().next())) {
            Some((end, Some('m'))) if end > 0 || escaped == 1 => escaped + end + 2,
            Some((end, Some(c))) if escaped == 1 && c.is_ascii() => end + 3,
            _ => escaped,
        };
    }
    if let Some(inner) = body.strip_prefix(']') {
        let end = inner.find(['\u{7}', '\u{1b}']).unwrap_or(inner.len());
        return escaped + 1 + end;
    }
    escaped
}
