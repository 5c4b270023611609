//! Text with `{placeholders}`, filled in for each launch of a matrix. A brace that is meant as such is doubled.

use crate::config::value::Wrong;

/// A placeholder's longest name.
const LONGEST_NAME: usize = 64;

/// Text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder(String),
}

/// Whether a text can be a placeholder's name.
pub(super) fn is_name(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(good)
}

impl Template {
    /// Reads a template. The text is not repeated in the error: it may be secret.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, marked) = rest.split_at(at);
            literal.push_str(before);
            if let Some(after) = ["{{", "}}"].iter().find_map(|pair| marked.strip_prefix(pair)) {
                literal.push_str(&marked[..1]);
                rest = after;
                continue;
            }
            let (name, after) = placeholder(marked)?;
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Placeholder(name.to_owned()));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self(pieces))
    }

    /// The placeholders' names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with its placeholders filled in. One without a value stays empty; whoever renders has asked
    /// [`Template::names`] before.
    pub(super) fn render<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Placeholder(name) => value(name).unwrap_or_default().to_owned(),
        };
        self.0.iter().map(text).collect()
    }
}

fn placeholder(marked: &str) -> Result<(&str, &str), Wrong> {
    let Some(inner) = marked.strip_prefix('{') else {
        return Err(Wrong::new(
            "a `}` without its `{`; write `}}` for a brace that is meant as such",
        ));
    };
    inner
        .split_once('}')
        .filter(|(name, _)| is_name(name))
        .ok_or_else(|| {
            Wrong::new(
                "a `{` that begins no placeholder such as {seed}; write `{{` for a brace that is meant as such",
            )
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rendered(text: &str) -> String {
        let template = Template::parse(text).unwrap();
        template.render(|name| match name {
            "lr" => Some("1e-4"),
            "seed" => Some("{lr}"),
            _ => None,
        })
    }

    #[test]
    fn placeholders_are_filled_in_once_and_doubled_braces_are_braces() {
        for (text, wanted) in [
            ("", ""),
            ("plain", "plain"),
            ("--lr={lr}", "--lr=1e-4"),
            ("{lr}{lr}", "1e-41e-4"),
            ("{{lr}}", "{lr}"),
            ("{{{lr}}}", "{1e-4}"),
            ("{{}}", "{}"),
            ("{{\"lr\": {lr}}}", "{\"lr\": 1e-4}"),
            // What a value brings along is text, not a template.
            ("{seed}", "{lr}"),
            ("é{lr}é", "é1e-4é"),
        ] {
            assert_eq!(rendered(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_brace_without_its_fellow_is_a_mistake_that_repeats_nothing() {
        for text in [
            "{",
            "}",
            "{lr",
            "lr}",
            "{}",
            "{ lr }",
            "{\"hunter2\"}",
            "{{lr}",
            "{a{lr}",
            "{hunter2\u{0}}",
        ] {
            let error = Template::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("meant as such") && !error.contains("hunter2"),
                "{text}: {error}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_doubled_comes_back_as_it_was(text in ".{0,60}", braces in "[{}a]{0,20}") {
            let text = text + &braces;
            let doubled = text.replace('{', "{{").replace('}', "}}");
            let template = Template::parse(&doubled).unwrap();
            prop_assert_eq!(template.names().count(), 0);
            prop_assert_eq!(template.render(|_| None), text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[{}a-c.]{0,30}") {
            if let Ok(template) = Template::parse(&text) {
                template.render(|_| Some("x"));
            }
        }
    }
}
