//! Text from the cloud, made fit to be shown, stored and quoted.
//!
//! A runner prints whatever its users' code prints: escape sequences, overrides of the reading direction, API keys.
//! [`safe`] is what everything passes through before it reaches a terminal, a file or the journal:
//! [`redact()`] takes the secrets out, [`sanitise()`] makes every character visible, [`cut`] bounds the length.
//! All are pure, idempotent, and borrow what needs no change.
//!
//! What a stateless function cannot see: a secret whose telling part (the variable's name, the `BEGIN` line) was printed
//! in another entry. The shapes that speak for themselves are caught all the same.
//!
//! To add a kind of secret: one entry in the table of `rules`, with the traces that tell which lines to try it on, and an
//! example in the tests of `redact`.

mod json;
mod redact;
mod rules;
mod sanitise;
mod skeleton;
mod telling;

use std::borrow::Cow;

pub use json::safe_json;
pub use redact::{REDACTED, redact};
pub use sanitise::{cut, is_unsafe, sanitise, sanitise_line, without_colours};
pub use telling::{is_secret, is_told_secret, tells_of_secret};

/// Characters that [`safe`] lets pass of one text; Cloud Logging's own limit of 256 KiB per entry would fill a terminal.
pub const MAX_BLOCK: usize = 16_000;

/// Characters that [`safe_line`] lets pass.
pub const MAX_LINE: usize = 4_000;

/// A block of text without secrets, terminal-safe and bounded; newlines and tabs stay.
pub fn safe(text: &str) -> String {
    cut(&sanitise(&redact(text)), MAX_BLOCK).into_owned()
}

/// One line of text without secrets, terminal-safe and bounded; newlines become visible.
pub fn safe_line(text: &str) -> String {
    cut(&sanitise_line(&redact(text)), MAX_LINE).into_owned()
}

/// Bytes as text, with what is damaged replaced. Text that is whole, as nearly all is, is looked through several times as
/// fast as `String::from_utf8_lossy` does it, which looks for damage piece by piece.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// What [`safe_line`] gives of a line without its colours, borrowed where nothing has to change: for filters that show
/// every line.
pub fn shown_line(text: &str) -> Cow<'_, str> {
    let plain = text.len() <= MAX_LINE && sanitise::is_plain(text) && !text.contains('\\');
    if plain && rules::secrets(text).is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(safe_line(&without_colours(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

    /// Text of the kinds that logs hold: words, markers of secrets, controls, invisible characters.
    pub(super) fn loggish() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            "[ -~]{0,12}",
            "[A-Za-z0-9_-]{0,44}",
            prop::sample::select(vec![
                "WANDB_API_KEY=",
                "'HF_TOKEN': '",
                "\"password\": \"",
                "Bearer ",
                "Authorization: ",
                "ya29.",
                "AIza",
                "eyJhbGciOi",
                "-----BEGIN PRIVATE KEY-----",
                "-----END PRIVATE KEY-----",
                "https://user:",
                "@host/",
                "wandb login ",
                "hf_",
                "sk-",
                "ghp_",
                "-----END RSA PRIVATE KEY",
                "machine h login u password ",
                "wandb_v1_",
                "xoxb-",
                "AKIA0123456789ABCDEF",
                "?sig=",
                "credentials: ",
                "GOOGLE_APPLICATION_CREDENTIALS=/k.json",
                "{'name': 'X_KEY', 'value': 'v'}",
                "('X_TOKEN', '12345678')",
                "Pa\u{17f}\u{17f}word=x",
                KEY,
                "[redacted]",
                "\u{1b}[31m",
                "\u{1b}",
                "\u{9b}0m",
                "\\u{1b}[0m",
                "\\u001b",
                "\u{200b}",
                "\u{202e}",
                "\u{feff}",
                "\r",
                "\n",
                "\r\n",
                " ",
                "'",
                "\"",
                ",",
            ])
            .prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn safe_text_is_safe_already(text in loggish()) {
            let once = safe(&text);
            prop_assert!(!once.chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'), "{once:?}");
            prop_assert_eq!(safe(&once), once);
        }

        #[test]
        fn a_safe_line_is_one_line_and_safe_already(text in loggish()) {
            let once = safe_line(&text);
            prop_assert!(!once.contains('\n'));
            prop_assert_eq!(safe_line(&once), once);
        }

        #[test]
        fn no_key_survives_whatever_is_strewn_into_it(
            at in 1..KEY.len(),
            junk in prop::sample::select(vec!["\u{1b}[0m", "\u{200b}", "\u{202e}", "\u{9b}1;31m", "\u{8}", "\u{e0041}"]),
            escaped in any::<bool>(),
        ) {
            let text = format!("WANDB_API_KEY={}{junk}{}", &KEY[..at], &KEY[at..]);
            let text = if escaped { sanitise(&text).into_owned() } else { text };
            let shown = safe(&text);
            prop_assert_eq!(shown, "WANDB_API_KEY=[redacted]");
        }

        #[test]
        fn a_shown_line_is_a_safe_line(text in loggish()) {
            let bare = without_colours(&text);
            prop_assert_eq!(shown_line(&text), safe_line(&bare));
        }

        #[test]
        fn both_orders_hide_the_same(text in loggish()) {
            let (visible, open) = (sanitise(&text), redact(&text));
            prop_assert_eq!(redact(&visible), sanitise(&open));
        }
    }
}
