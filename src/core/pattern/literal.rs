//! What patterns look for before any regex is asked: texts, and HTTP status codes where a text says that a number is one.

/// Words that a status code follows.
const WORDS: [&str; 4] = ["HTTP", "error", "status", "code"];
/// What may stand between such a word and its code.
const BETWEEN: [&str; 7] = [" ", ":", ": ", "(", " (", ":(", ": ("];
/// What follows a status code that nothing announces: what was asked for, or the kind of error, as Python's `requests` says it.
const AFTER: [&str; 7] = [
    "GET http",
    "POST http",
    "PUT http",
    "PATCH http",
    "DELETE http",
    "Client Error",
    "Server Error",
];

/// A status code of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "u16")]
pub(super) struct HttpStatus(u16);

impl TryFrom<u16> for HttpStatus {
    type Error = String;

    fn try_from(code: u16) -> Result<Self, String> {
        if (100..600).contains(&code) {
            return Ok(Self(code));
        }
        Err(format!("{code} is no HTTP status: they are 100 to 599"))
    }
}

/// A text that a pattern looks for, in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// The text.
    pub(super) text: String,
    /// Whether it says anything in give-up blocks only, where every line is about an error.
    pub(super) in_blocks: bool,
}

impl Literal {
    /// A text that says something wherever it occurs.
    pub(super) fn anywhere(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            in_blocks: false,
        }
    }

    /// A text that says something in give-up blocks.
    pub(super) fn in_blocks(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            in_blocks: true,
        }
    }

    /// A status code, where what stands around it says that it is one. A bare number is a step, a size or a time nearly
    /// always, and has to be looked at in give-up blocks only.
    pub(super) fn status(HttpStatus(code): HttpStatus) -> impl Iterator<Item = Self> {
        let words = WORDS.into_iter();
        let before = words.flat_map(move |word| BETWEEN.map(|between| format!("{word}{between}{code}")));
        let after = AFTER.map(|after| format!("{code} {after}"));
        let bare = Self::in_blocks(code.to_string());
        before.chain(after).map(Self::anywhere).chain([bare])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_is_looked_for_where_a_text_says_that_it_is_one() {
        let all: Vec<Literal> = Literal::status(HttpStatus(403)).collect();
        for text in [
            "HTTP 403",
            "error: 403",
            "status (403",
            "code 403",
            "403 POST http",
        ] {
            assert!(all.contains(&Literal::anywhere(text)), "{text}");
        }
        let bare: Vec<&Literal> = all.iter().filter(|literal| literal.text == "403").collect();
        assert_eq!(bare, [&Literal::in_blocks("403")]);
    }
}
