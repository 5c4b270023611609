//! Makes hostile text visible instead of effective: the class of CVE-2021-25743.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a terminal, or a reader's eye, would be led by this character instead of showing it: controls, bidirectional
/// overrides, what has no width, line separators, and what Unicode calls default-ignorable or a format character.
///
/// Newline and tab are among them; blocks keep both.
pub fn is_unsafe(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(c,
        '\u{80}'..='\u{9f}'         // C1: 0x9b is a CSI of one byte
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'   // zero width, marks of direction
        | '\u{2028}'..='\u{202e}'   // line separators, embeddings and overrides
        | '\u{2060}'..='\u{206f}'   // word joiner, isolates
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}'   // variation selectors; FE0E and FE0F only choose how an emoji looks
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' // tags: invisible copies of ASCII
    )
}

/// A block: newlines and tabs stay, `\r\n` becomes `\n`, everything else unsafe becomes `\u{..}`.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n' || c == '\t')
}

/// One line: newlines too become visible; tabs stay.
pub fn sanitise_line(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\t')
}

/// Whether a line is printable ASCII and tabs, so that [`sanitise_line`] has nothing to do. Written without an early end in
/// each block, for the compiler to look at many bytes at once.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    let blocks = text.as_bytes().chunks(64);
    blocks
        .into_iter()
        .all(|block| block.iter().fold(true, |all, byte| all & plain(byte)))
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(|c| is_unsafe(c) && !keep(c)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    let mut rest = text[first..].chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\r' && rest.peek() == Some(&'\n') {
            continue;
        }
        if is_unsafe(c) && !keep(c) {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The first characters of a text that is longer than `max`, and how many were cut; at most `max` characters in all, so
/// that cutting again changes nothing.
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    let total = if text.len() <= max {
        0
    } else {
        text.chars().count()
    };
    if total <= max {
        return Cow::Borrowed(text);
    }
    let widest = note(total).chars().count();
    let kept = max.saturating_sub(widest);
    let head: String = text.chars().take(kept).collect();
    Cow::Owned(head + &note(total - kept))
}

fn note(cut: usize) -> String {
    format!("… ({cut} more characters)")
}

/// Drops the sequences that only set colours and weights (`ESC [ … m`): lines of W&B are full of them, they carry no
/// information, and shown as `\u{1b}[34m` they bury the text. Every other sequence stays for [`sanitise`] to show.
pub fn without_colours(text: &str) -> Cow<'_, str> {
    if !text.contains("\u{1b}[") {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split("\u{1b}[");
    let mut out = String::with_capacity(text.len());
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let after = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';' || c == ':');
        if let Some(visible) = after.strip_prefix('m') {
            out.push_str(visible);
        } else {
            out.push_str("\u{1b}[");
            out.push_str(part);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_becomes_visible() {
        for (hostile, shown) in [
            ("\u{1b}]0;owned\u{7}", r"\u{1b}]0;owned\u{7}"),
            ("\u{1b}]52;c;ZWNobw==\u{1b}\\", r"\u{1b}]52;c;ZWNobw==\u{1b}\"),
            ("\u{9b}2J", r"\u{9b}2J"),
            ("ok\rFAILED", r"ok\u{d}FAILED"),
            ("abc\u{8}\u{8}\u{7f}", r"abc\u{8}\u{8}\u{7f}"),
            (
                "\u{202e}dab\u{2066}\u{200f}\u{61c}",
                r"\u{202e}dab\u{2066}\u{200f}\u{61c}",
            ),
            ("a\u{200b}b\u{feff}\u{e0041}", r"a\u{200b}b\u{feff}\u{e0041}"),
            ("a\u{2028}b\u{0}", r"a\u{2028}b\u{0}"),
        ] {
            assert_eq!(sanitise(hostile), shown);
        }
    }

    #[test]
    fn a_block_keeps_its_lines_and_a_line_is_one() {
        assert_eq!(sanitise("a\r\n\tb\n"), "a\n\tb\n");
        assert_eq!(sanitise_line("a\r\n\tb\n"), "a\\u{a}\tb\\u{a}");
        assert_eq!(sanitise("a\r\r\nb"), "a\\u{d}\nb");
    }

    #[test]
    fn ordinary_text_of_any_language_is_borrowed() {
        for text in [
            "",
            "wandb: Starting launch agent ✨",
            "größer → 東京 עברית ⚠\u{fe0f}",
            "a\n\tb",
        ] {
            assert!(
                matches!(sanitise(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
            assert!(
                matches!(cut(text, 60), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn a_cut_says_how_much_is_missing() {
        assert_eq!(
            cut(&"x".repeat(100), 40),
            format!("{}… (83 more characters)", "x".repeat(17))
        );
        assert_eq!(cut("äöüß", 4), "äöüß");
    }

    #[test]
    fn colours_go_and_other_sequences_stay() {
        let line = "\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: \u{1b}[38;5;4mlaunch:\u{1b}[m go";
        assert_eq!(without_colours(line), "wandb: launch: go");
        assert_eq!(without_colours("a\u{1b}[2Jb\u{1b}["), "a\u{1b}[2Jb\u{1b}[");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left_and_a_second_pass_changes_nothing(text in any::<String>()) {
            let block = sanitise(&text);
            prop_assert!(!block.chars().any(|c| is_unsafe(c) && c != '\n' && c != '\t'));
            prop_assert!(matches!(sanitise(&block), Cow::Borrowed(_)));
            let line = sanitise_line(&text);
            prop_assert!(!line.chars().any(|c| is_unsafe(c) && c != '\t'));
            prop_assert!(matches!(sanitise_line(&line), Cow::Borrowed(_)));
        }

        #[test]
        fn safe_text_is_unchanged_and_borrowed(text in "[ -~äöü東京✨]{0,80}") {
            prop_assert!(matches!(sanitise_line(&text), Cow::Borrowed(same) if same == text));
        }

        #[test]
        fn a_cut_text_is_never_longer_than_allowed(text in "\\PC{0,200}", max in 40usize..120) {
            let short = cut(&text, max);
            prop_assert!(short.chars().count() <= max);
            prop_assert!(matches!(cut(&short, max), Cow::Borrowed(_)));
        }
    }
}
