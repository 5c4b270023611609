//! The forms of times and numbers, which stand before most lines: one matcher for all of them.

/// What follows a text's beginning, if that has a form: `0` stands for a digit, `9` for a digit or a blank, `A` and `a` for a
/// capital and a small letter, `~` for a dash or a slash, `_` for a blank or a `T`, and anything else for itself.
pub(super) fn after<'t>(text: &'t str, form: &str) -> Option<&'t str> {
    let head = text.as_bytes().get(..form.len())?;
    let fits = |(byte, form): (&u8, u8)| match form {
        b'0' => byte.is_ascii_digit(),
        b'9' => byte.is_ascii_digit() || *byte == b' ',
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        b'~' => matches!(byte, b'-' | b'/'),
        b'_' => matches!(byte, b' ' | b'T'),
        form => *byte == form,
    };
    head.iter()
        .zip(form.bytes())
        .all(fits)
        .then(|| &text[form.len()..])
}

/// Whether a text is digits and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_may_stand_at_each_place() {
        for (text, form, rest) in [
            ("2026/11-23T05:02:35,8", "0000~00~00_00:00:00", Some(",8")),
            ("Sep  3 08:03:11 vm", "Aaa 99 99:99:99 ", Some("vm")),
            ("09:06:55", "00:00:00", Some("")),
            ("09:06:5", "00:00:00", None),
            ("09:06:5é", "00:00:00", None),
            ("sep  3", "Aaa 99", None),
        ] {
            assert_eq!(after(text, form), rest, "{text}");
        }
    }
}
