//! What is no filter, and what is one and hostile.

use proptest::prelude::*;

use super::*;

/// Each filter must be refused at the place that a `^` marks.
#[track_caller]
fn refused(marked: &[&str]) {
    for marked in marked {
        let at = marked.find('^').expect("a mark");
        let filter = marked.replacen('^', "", 1);
        match Filter::parse(&filter) {
            Ok(_) => panic!("{filter} was accepted"),
            Err(error) => assert_eq!(error.at, at, "{filter}: {error}"),
        }
    }
}

#[test]
fn what_is_not_a_filter_is_refused_where_it_goes_wrong() {
    refused(&[
        "^job_name=\"train\"",
        "severity>=INFO AND ^resource.zone=\"a\"",
        "^textPayload.message=x",
        "^jsonPayload..a=x",
        "^\"labels\".a=x",
        "insertId = abc^:def",
        "insertId = (abc^:def)",
        "insertId = ^a.\"b\"",
        "severity=^LOUD",
        "timestamp>=^\"yesterday\"",
        "httpRequest.status=^many",
        "traceSampled=^1",
        "httpRequest.latency>^3",
        "labels=^\"x\"",
        "timestamp=~^\"2026\"",
        "textPayload=~^\"(\"",
        "textPayload=^",
        "textPayload=^AND",
        "^=x",
        "a AND^",
        "a OR^",
        "^AND a",
        "NOT^",
        "NOT ^NOT a",
        "a OR ^OR b",
        "(a^",
        "a^)",
        "(^)",
        "textPayload=(^)",
        "textPayload=(\"a\" OR^",
        "^log_id(\"x\")",
        "sample(insertId^, 0.1)",
        "^\"open",
        "a =^= b",
        "a ^! b",
        "é ^; b",
    ]);
}

#[test]
fn a_space_before_parentheses_is_no_call() {
    check(&line(), &[("agent (launch)", true)]);
}

#[test]
fn hostile_filters_are_refused_and_not_obeyed() {
    for filter in [
        "(".repeat(20_000),
        format!("{}a{}", "(".repeat(1_000), ")".repeat(1_000)),
        "textPayload=(".repeat(1_500),
        "textPayload=~\"((\\\\pL{100}){100}){100}\"".to_owned(),
        "trace=~\"a\" ".repeat(1_000),
    ] {
        assert!(Filter::parse(&filter).is_err(), "{}", &filter[..40]);
    }
    let nested = format!("{}agent{}", "(".repeat(64), ")".repeat(64));
    let long = vec!["agent"; 2_000].join(" OR ");
    check(&line(), &[(&nested, true), (&long, true)]);
}

/// Filters made of the pieces of the language, to reach deeper than random characters do.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "AND",
        "OR",
        "NOT",
        "-",
        "--",
        "(",
        ")",
        "=",
        "!=",
        ">",
        ">=",
        "<",
        "<=",
        ":",
        "=~",
        "!~",
        "*",
        "severity",
        "ERROR",
        "timestamp",
        "2026-06-09",
        "labels",
        ".",
        "\"",
        "\"a\"",
        "\\",
        "\n",
        " ",
        "jsonPayload",
        "tags",
        "é",
        "\\u00e9",
        "{9999}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_filter_makes_it_panic(filter in prop_oneof![any::<String>(), "\\PC*", pieces()]) {
        match Filter::parse(&filter) {
            Ok(parsed) => { parsed.matches(&line()); parsed.matches(&record()); }
            Err(error) => prop_assert!(filter.is_char_boundary(error.at), "{}", error),
        }
    }

    #[test]
    fn not_is_the_opposite(filter in pieces()) {
        if let Ok(parsed) = Filter::parse(&filter) && !filter.trim().is_empty() && !filter.contains("--") {
            let opposite = Filter::parse(&format!("NOT ({filter})")).unwrap();
            prop_assert_ne!(parsed.matches(&record()), opposite.matches(&record()));
        }
    }

    #[test]
    fn any_text_is_found_again_when_it_is_quoted(text in any::<String>()) {
        let written = text.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = Filter::parse(&format!("textPayload=\"{written}\" AND textPayload:\"{written}\"")).unwrap();
        let entry = json!({"textPayload": text});
        prop_assert!(filter.matches(&entry));
    }
}
