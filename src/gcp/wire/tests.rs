//! What a server may send, and what is made of it.

use super::*;

#[derive(Debug, Default, Deserialize)]
struct Sample {
    #[serde(default, deserialize_with = "count")]
    count: u32,
    #[serde(default, deserialize_with = "time")]
    at: Option<Timestamp>,
    #[serde(default, deserialize_with = "spelled")]
    state: String,
    #[serde(default, deserialize_with = "lax")]
    text: Option<String>,
    #[serde(default)]
    list: Lenient<u8>,
    #[serde(default)]
    names: Lenient<String>,
    #[serde(default, deserialize_with = "part")]
    part: RpcStatus,
}

fn sample(json: &str) -> Sample {
    serde_json::from_str(json).unwrap()
}

#[test]
fn counts_come_as_numbers_strings_or_not_at_all() {
    for (json, wanted) in [
        (r#"{"count":7}"#, 7),
        (r#"{"count":"7"}"#, 7),
        (r#"{"count":null}"#, 0),
        (r#"{"count":-1}"#, 0),
        (r#"{"count":99999999999}"#, u32::MAX),
        (r#"{"count":{"a":[1]}}"#, 0),
        ("{}", 0),
    ] {
        assert_eq!(sample(json).count, wanted, "{json}");
    }
}

#[test]
fn times_have_none_to_nine_fraction_digits() {
    for text in [
        "2026-11-23T10:00:00Z",
        "2026-11-23T10:00:00.000000000Z",
        "2026-11-23T11:00:00.0+01:00",
    ] {
        let at = sample(&format!(r#"{{"at":"{text}"}}"#)).at.unwrap();
        assert_eq!(at.as_second(), 1_795_428_000, "{text}");
    }
    assert_eq!(sample(r#"{"at":"yesterday"}"#).at, None);
}

#[test]
fn enums_come_as_names_or_numbers() {
    assert_eq!(
        sample(r#"{"state":"JOB_STATE_RUNNING"}"#).state,
        "JOB_STATE_RUNNING"
    );
    assert_eq!(
        named(sample(r#"{"state":3}"#).state, &[("3", "RUNNING")]),
        "RUNNING"
    );
    assert_eq!(named(sample(r#"{"state":42}"#).state, &[("3", "RUNNING")]), "42");
}

#[test]
fn an_unreadable_item_costs_only_itself() {
    let list = sample(r#"{"list":[1,"x",300,null,2]}"#).list;
    assert_eq!((list.items, list.skipped), (vec![1, 2], 3));
    assert!(sample(r#"{"list":null}"#).list.items.is_empty());
}

#[test]
fn half_a_pair_in_an_item_or_a_part_costs_a_letter_and_not_the_item() {
    let json = r#"{"names":["a\ud83d"],"part":{"code":3,"message":"b\ud83d"}}"#;
    let sample = sample(json);
    assert_eq!(sample.names.items, ["a\u{fffd}"]);
    assert_eq!((sample.part.code, &*sample.part.message), (Some(3), "b\u{fffd}"));
}

#[test]
fn a_field_of_another_type_is_as_if_absent() {
    let sample = sample(r#"{"text":["x"],"part":[],"unknown":{"deep":[]}}"#);
    assert_eq!((sample.text, sample.part.code), (None, None));
}

#[test]
fn nesting_is_bounded() {
    let deep = format!(r#"{{"text":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    assert!(serde_json::from_str::<Sample>(&deep).is_err());
}
