//! Reading Google's JSON with tolerance: what is missing, null, of another type or new never fails a whole answer.
//!
//! proto3 JSON omits zero values, writes int64 as strings, and enums as names or (asked for so) as numbers.

#[cfg(test)]
mod tests;

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
