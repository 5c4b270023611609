//! Text that must not be printed.

use std::fmt;
use std::rc::Rc;

/// A token, key or password. Its `Debug` says `[redacted]` and it has no `Display`; [`Secret::expose`] is the only way to
/// the text, so that every use can be found.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Rc<str>);

impl Secret {
    /// Takes the text, without the white space around it (a token often comes with its line's end).
    pub fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// The text itself, for the one header or form field that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of the secret replaced: for messages of servers that repeat what they were sent.
    pub(super) fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        text.replace(&*self.0, "[redacted]")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed_and_can_be_cut_out_of_a_message() {
        let secret = Secret::new("ya29.abc\n");
        assert_eq!(format!("{secret:?}"), "[redacted]");
        assert_eq!(secret.redact("bad token ya29.abc!"), "bad token [redacted]!");
        assert_eq!(Secret::new("").redact("unchanged"), "unchanged");
    }
}
