//! The words of filters.

use super::*;

fn words(filter: &str) -> Vec<Vec<String>> {
    let kinds = tokens(filter).unwrap().into_iter().map(|token| token.kind);
    let words = kinds.filter_map(|kind| {
        if let TokenKind::Word(parts) = kind {
            Some(parts)
        } else {
            None
        }
    });
    words
        .map(|parts| parts.into_iter().map(|part| part.text).collect())
        .collect()
}

#[test]
fn a_quoted_part_keeps_its_dots_and_slashes() {
    assert_eq!(words(r#"labels."a.b/c".d"#), [["labels", "a.b/c", "d"]]);
}

#[test]
fn escapes_are_decoded_and_unknown_ones_kept() {
    for (written, meant) in [
        (r#""a\"b\\c""#, "a\"b\\c"),
        (r#""\n\t\r""#, "\n\t\r"),
        (r#""\u0041\u00e9""#, "Aé"),
        (r#""\uD800 \u12""#, "\\uD800 \\u12"),
        (r#""\d+\.log\b""#, "\\d+\\.log\\b"),
        (r#""é\é""#, "é\\é"),
    ] {
        assert_eq!(words(written), [[meant]], "{written}");
    }
}

#[test]
fn comments_and_blanks_separate_tokens() {
    assert_eq!(words("a -- b AND \"\n--c\n\td --"), [["a"], ["d"]]);
}

#[test]
fn a_minus_belongs_to_the_value_after_an_operator_only() {
    let kinds: Vec<_> = tokens("-a=-b")
        .unwrap()
        .into_iter()
        .map(|token| token.kind)
        .collect();
    assert_eq!(kinds[0], TokenKind::Minus);
    assert_eq!(
        kinds[3],
        TokenKind::Word(vec![Part {
            text: "-b".into(),
            quoted: false
        }])
    );
}

#[test]
fn errors_point_at_the_byte_that_is_wrong() {
    for (filter, at) in [
        ("é \"open", 3),
        ("a ; b", 2),
        ("a ! b", 2),
        ("\"a\"b", 3),
        ("a, b", 1),
        ("x='y'", 2),
    ] {
        assert_eq!(tokens(filter).unwrap_err().at, at, "{filter}");
    }
}
