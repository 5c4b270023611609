//! Reading Google's JSON with tolerance: what is missing, null, of another type or new never fails a whole answer.
//!
//! proto3 JSON omits zero values, writes int64 as strings, and enums as names or (asked for so) as numbers.

use std::borrow::Cow;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::json;

/// A message in a field, or its default where it is null or of another type: read as text and not as a tree, for most of it
/// is never looked at. Use with `#[serde(default)]`.
pub(super) fn part<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let text = Box::<RawValue>::deserialize(deserializer)?;
    Ok(json::read(text.get()).unwrap_or_default())
}

/// The field's value, or its default where it is null or of another type. Use with `#[serde(default)]`.
pub(super) fn lax<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// A count: a number or a string of digits; 0 where it is neither.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = integer(deserializer)?.unwrap_or(0);
    Ok(u32::try_from(number.max(0)).unwrap_or(u32::MAX))
}

/// An integer: a number or a string of digits; `None` where it is neither.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// An RFC 3339 time with any number of fraction digits; `None` where it is none.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Spelled::deserialize(deserializer)?.text().parse().ok())
}

/// An enum value as it was spelled: a name, or a number in digits. Empty where it is neither.
pub(super) fn spelled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let Spelled(text) = Spelled::deserialize(deserializer)?;
    Ok(text.map(Cow::into_owned).unwrap_or_default())
}

/// A text, or a number in digits, borrowed from the answer where it has no escapes; `None` where it is neither.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelled<'a>(pub(super) Option<Cow<'a, str>>);

impl Spelled<'_> {
    /// The text; empty where there is none.
    pub(super) fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Spelled<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpelledVisitor)
    }
}

struct SpelledVisitor;

impl<'de> Visitor<'de> for SpelledVisitor {
    type Value = Spelled<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Spelled(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Spelled(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Spelled(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Spelled(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Spelled(None))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Spelled(Some(Cow::Owned(text))))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Spelled(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Spelled(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Spelled(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Spelled(None))
    }
}

/// What is read of an object.
pub(super) trait FromObject<'de>: Default {
    /// Reads its fields.
    fn from_object<M: MapAccess<'de>>(fields: M) -> Result<Self, M::Error>;
}

/// What is read of an object; the default where something else stands, which costs only itself.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: FromObject<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: FromObject<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<M: MapAccess<'de>>(self, fields: M) -> Result<Self::Value, M::Error> {
        T::from_object(fields).map(Object)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Value, S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Object(T::default()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Object(T::default()))
    }
}

/// The name of an enum value that may have come as its number.
pub(super) fn named(spelled: String, names: &[(&str, &str)]) -> String {
    let known = names.iter().find(|(number, _)| *number == spelled);
    known.map_or(spelled, |(_, name)| (*name).to_owned())
}

/// A list of which the unreadable items are left out, and counted.
#[derive(Debug)]
pub(super) struct Lenient<T> {
    /// The readable ones, in order.
    pub(super) items: Vec<T>,
    /// How many were not.
    pub(super) skipped: u32,
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            skipped: 0,
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor(Self::default()))
    }
}

struct LenientVisitor<T>(Lenient<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for LenientVisitor<T> {
    type Value = Lenient<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
        // As text, not as a tree: most of an execution and of a custom job is never looked at.
        while let Some(item) = list.next_element::<Box<RawValue>>()? {
            match json::read(item.get()) {
                Ok(item) => self.0.items.push(item),
                Err(_) => self.0.skipped += 1,
            }
        }
        Ok(self.0)
    }
}

/// `google.rpc.Status`, as operations, tasks and custom jobs carry it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RpcStatus {
    /// Numeric `google.rpc.Code`.
    #[serde(default, deserialize_with = "integer")]
    pub(super) code: Option<i64>,
    #[serde(default, deserialize_with = "lax")]
    pub(super) message: String,
}

impl RpcStatus {
    /// In core's words; an OK status is none.
    pub(super) fn into_core(self) -> Option<crate::core::verdict::ApiStatus> {
        let code = i32::try_from(self.code.unwrap_or(0)).unwrap_or(i32::MAX);
        (code != 0 || !self.message.is_empty()).then_some(crate::core::verdict::ApiStatus {
            code,
            message: self.message,
        })
    }
}

#[cfg(test)]
mod tests {
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
}
