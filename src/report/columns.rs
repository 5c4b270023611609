//! Text measured in a terminal's columns.

use unicode_width::UnicodeWidthChar;

/// Makes the character before it an emoji, two columns wide.
const EMOJI: char = '\u{fe0f}';

/// Tabs have no width that can be known.
pub(super) fn untabbed(text: &str) -> String {
    text.replace('\t', "    ")
}

/// Columns of a text that has no tabs, at most: terminals draw some sequences narrower than their characters.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// The first columns of a text, with an ellipsis where some are missing.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let (mut wide, mut kept) = (0, 0);
    for (at, c) in text.char_indices() {
        wide += width(c);
        if wide < most {
            kept = at + c.len_utf8();
        }
        if wide > most {
            let ellipsis = if most > 0 { "…" } else { "" };
            return format!("{}{ellipsis}", &text[..kept]);
        }
    }
    text.to_owned()
}

/// Exactly so many columns: shortened, or filled with spaces.
pub(super) fn padded(text: &str, exactly: usize) -> String {
    let mut text = shortened(text, exactly);
    let missing = exactly.saturating_sub(columns(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

fn width(c: char) -> usize {
    if c == EMOJI { 1 } else { c.width().unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::core::text::sanitise_line;

    #[test]
    fn shortening_counts_columns_and_not_characters() {
        assert_eq!(shortened("東京東京", 5), "東京…");
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("abcd", 4), "abcd");
        assert_eq!(shortened("abcd", 1), "…");
        assert_eq!(shortened("abcd", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_it_may_be(text in ".{0,60}", most in 0_usize..40) {
            let text = untabbed(&sanitise_line(&text));
            let (short, exact) = (shortened(&text, most), padded(&text, most));
            prop_assert!(short.width() <= most, "{short:?}");
            prop_assert_eq!(columns(&exact), most.max(columns(&exact)));
            prop_assert!(exact.width() <= most, "{exact:?}");
        }
    }
}
