//! Summaries and hints: text with the regex's captures in it.
//!
//! `{metric}` stands for the capture of that name, `{text}` for the line itself. A part in square brackets is left out if
//! a capture in it took no part in the match: `Quota exceeded[: {metric}][ in {region}]`.

/// Longest summary or hint, in characters: one line of a wide terminal, twice.
const MAX_CHARS: usize = 240;
/// Bytes that most of them have room in.
const USUAL: usize = 128;
/// Longest part of it that one capture may take: a cloud's message may be pages long.
const MAX_CAPTURE: usize = 160;
/// The capture that every pattern has: the line's message.
const TEXT: &str = "text";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Capture(String),
    Optional(Box<[Part]>),
}

/// A compiled summary or hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Box<[Part]>);

impl Template {
    /// Compiles a template; `captures` knows the names that it may use besides `text`.
    pub(super) fn parse(source: &str, captures: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        let mut rest = source;
        let parts = parse_parts(&mut rest, captures, false)?;
        Ok(Self(parts))
    }

    /// Fills in what `value` knows of each capture.
    pub(super) fn fill<'t>(&self, value: &dyn Fn(&str) -> Option<std::borrow::Cow<'t, str>>) -> String {
        let mut out = String::with_capacity(USUAL);
        for part in &self.0 {
            part.fill(value, &mut out);
        }
        if is_one_line(&out, MAX_CHARS) {
            return out;
        }
        one_line(&out, MAX_CHARS)
    }
}

impl Part {
    fn fill<'t>(&self, value: &dyn Fn(&str) -> Option<std::borrow::Cow<'t, str>>, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Capture(name) => match value(name) {
                Some(text) if is_one_line(&text, MAX_CAPTURE) => out.push_str(&text),
                Some(text) => out.push_str(&one_line(&text, MAX_CAPTURE)),
                None => {}
            },
            Self::Optional(parts) => {
                if parts.iter().all(|part| part.is_known(value)) {
                    for part in parts {
                        part.fill(value, out);
                    }
                }
            }
        }
    }

    fn is_known<'t>(&self, value: &dyn Fn(&str) -> Option<std::borrow::Cow<'t, str>>) -> bool {
        match self {
            Self::Capture(name) => value(name).is_some_and(|text| !text.trim().is_empty()),
            Self::Text(_) | Self::Optional(_) => true,
        }
    }
}

fn parse_parts(
    rest: &mut &str,
    captures: &dyn Fn(&str) -> bool,
    nested: bool,
) -> Result<Box<[Part]>, String> {
    let mut parts = Vec::new();
    loop {
        let stop = rest.find(['{', '[', ']', '}']).unwrap_or(rest.len());
        let (text, after) = rest.split_at(stop);
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        let Some(mark) = after.chars().next() else {
            *rest = after;
            return if nested {
                Err("`[` without `]`".to_owned())
            } else {
                Ok(parts.into())
            };
        };
        *rest = &after[1..];
        match mark {
            '{' => parts.push(parse_capture(rest, captures)?),
            '[' if !nested => parts.push(Part::Optional(parse_parts(rest, captures, true)?)),
            ']' if nested => return Ok(parts.into()),
            _ => return Err(format!("a stray `{mark}`")),
        }
    }
}

fn parse_capture(rest: &mut &str, captures: &dyn Fn(&str) -> bool) -> Result<Part, String> {
    let (name, after) = rest.split_once('}').ok_or("`{` without `}`")?;
    *rest = after;
    if name == TEXT || captures(name) {
        return Ok(Part::Capture(name.to_owned()));
    }
    Err(format!("the regex has no capture `{name}`"))
}

/// One line of at most `max` characters: white space runs become one space, what is too long ends in `…`.
pub fn one_line(text: &str, max: usize) -> String {
    if is_one_line(text, max) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let space = usize::from(!out.is_empty());
        if length + space > max {
            return out;
        }
        if space == 1 {
            out.push(' ');
        }
        length += space;
        for c in word.chars() {
            if length + 1 >= max {
                out.push('…');
                return out;
            }
            out.push(c);
            length += 1;
        }
    }
    out
}

/// Whether a text is as [`one_line`] would leave it, as most are. Written without an early end, for the compiler to look at
/// many bytes at once.
fn is_one_line(text: &str, max: usize) -> bool {
    let bytes = text.as_bytes();
    let plain = |byte: u8| byte > b' ' && byte < 0x7f;
    let ends = [bytes.first(), bytes.last()];
    if bytes.len() >= max || !ends.into_iter().flatten().all(|&end| plain(end)) {
        return false;
    }
    let fits = |before: u8, byte: u8| plain(byte) || (byte == b' ' && before != b' ');
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    pairs.fold(true, |all, (&before, &byte)| all & fits(before, byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(source: &str, metric: Option<&str>) -> String {
        let template = Template::parse(source, &|name| name == "metric").unwrap();
        template.fill(&|name| match name {
            "metric" => metric.map(Into::into),
            _ => Some("the line".into()),
        })
    }

    #[test]
    fn a_part_in_brackets_needs_its_captures() {
        assert_eq!(
            filled("Quota exceeded[: {metric}]", Some("l4")),
            "Quota exceeded: l4"
        );
        assert_eq!(filled("Quota exceeded[: {metric}]", None), "Quota exceeded");
        assert_eq!(filled("{text}!", None), "the line!");
    }

    #[test]
    fn a_template_that_cannot_be_filled_is_refused() {
        for bad in ["{nobody}", "{metric", "[{metric}", "a ] b", "a } b", "[[x]]"] {
            assert!(Template::parse(bad, &|name| name == "metric").is_err(), "{bad}");
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(one_line("a  b\n c", 80), "a b c");
        for text in ["", "a", "a b", " a", "a ", "a  b", "a\tb", "é ü", "\u{a0}a"] {
            let words: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(one_line(text, 8), words.join(" "), "{text:?}");
        }
        let long = one_line(&"é".repeat(500), 10);
        assert_eq!(long.chars().count(), 10);
        assert!(long.ends_with('…'));
    }
}
