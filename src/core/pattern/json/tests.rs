//! JSON lines, and what they say.

use super::*;

#[test]
fn a_status_says_its_code_and_what_its_details_are() {
    for (raw, said) in [
        (r#"{"msg":"no","error":"why"}"#, Some("no: why")),
        (r#"{"message":{"message":"no"}}"#, Some("no")),
        (
            r#"{"message":"rejected","error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"a/b.QuotaFailure"},{}]}}"#,
            Some("rejected: 429 RESOURCE_EXHAUSTED\n\"@type\": \"a/b.QuotaFailure\""),
        ),
        (r#"{"message":"no","error":{"code":3}}"#, Some("no")),
        (r#"{"error":{"code":3,"message":"why"}}"#, Some("why")),
        (
            r#"{"message":"no","response":{"error":{"code":3,"message":"why"}}}"#,
            Some("no: why"),
        ),
        (r#"{"status":"fine"}"#, None),
        (
            r#"{"jsonPayload":{"message":"no","exc_info":"why"}}"#,
            Some("no: why"),
        ),
        (
            r#"{"protoPayload":{"status":{"code":7,"message":"denied"}}}"#,
            Some("denied"),
        ),
        (r#"{"protoPayload":{"status":{}}}"#, None),
        (r#"{"properties":{"Stream":"stderr","Log":"no"}}"#, Some("no")),
        (
            r#"[0] kube.a: [[1789480148.1, {}], {"stream"=>"stderr", "message"=>"no"}]"#,
            Some("no"),
        ),
        ("[0] [{}]", None),
    ] {
        assert_eq!(message(raw).map(|(text, _)| text).as_deref(), said, "{raw}");
    }
}

#[test]
fn an_object_behind_a_line_says_what_went_wrong() {
    let line = "2026-09-14T09:35:07.305Z\tWARN\tcreate\t{\"op\": \"o-4\", \"error\": \"no\"}";
    assert_eq!(
        behind(line).as_deref(),
        Some("2026-09-14T09:35:07.305Z\tWARN\tcreate: no")
    );
    assert_eq!(behind("created\t{\"op\": \"o-4\"}"), None);
}

#[test]
fn an_export_over_many_lines_says_its_text_in_one_of_them() {
    let said = |line| text_payload(line);
    assert_eq!(said(r#"    "textPayload": "a\nb","#).as_deref(), Some("a\nb"));
    assert_eq!(said(r#""textPayload": "a"#), None);
    assert_eq!(said(r#""severity": "ERROR""#), None);
}

#[test]
fn what_went_wrong_is_found_under_other_keys_and_further_down() {
    for (raw, said) in [
        (
            r#"{"lvl":"e","err":{"code":429,"status":"RESOURCE_EXHAUSTED","detail":"why"}}"#,
            "429 RESOURCE_EXHAUSTED: why",
        ),
        (
            r#"{"event":"submit","exc":"ValueError('why')"}"#,
            "submit: ValueError('why')",
        ),
        (
            r#"{"level":"error","detail":"{\"error\": {\"code\": 403, \"message\": \"why\"}}"}"#,
            "why",
        ),
        (
            r#"{"result":{"ok":false,"error":{"args":["400 why"]}}}"#,
            "400 why",
        ),
        (r#"{"msg":"a","event":"b","err":"why"}"#, "a: why"),
    ] {
        assert_eq!(message(raw).map(|(text, _)| text).as_deref(), Some(said), "{raw}");
    }
}

#[test]
fn an_object_that_says_only_what_went_wrong_is_an_error() {
    let level = |raw| message(raw).and_then(|(_, level)| level);
    assert_eq!(level(r#"{"error":"why"}"#), Some(Level::Error));
    assert_eq!(level(r#"{"lvl":"w","error":"why"}"#), Some(Level::Warning));
    assert_eq!(level(r#"{"msg":"no","error":"why"}"#), None);
    assert_eq!(level(r#"{"msg":"no","exc":"why"}"#), Some(Level::Error));
    assert_eq!(level(r#"{"level":50,"msg":"no"}"#), Some(Level::Error));
    assert_eq!(level(r#"{"level":3,"message":"no"}"#), None);
    assert_eq!(level(r#"{"severity":200,"message":"no"}"#), None);
    assert_eq!(level(r#"{"@m":"no"}"#), Some(Level::Info));
    assert_eq!(level(r#"{"@m":"no","@l":"Fatal"}"#), Some(Level::Error));
}

#[test]
fn an_object_of_any_depth_is_looked_into_so_far_only() {
    let mut deep = r#"{"error":"why"}"#.to_owned();
    for _ in 0..9 {
        deep = format!(r#"{{"error":{deep}}}"#);
    }
    assert_eq!(message(&deep), None);
}
