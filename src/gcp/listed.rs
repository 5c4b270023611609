//! Pages of lists, of which only what is new is read.
//!
//! A batch lists a thousand resources every few seconds, and nearly all of them read as they did before. Whoever lists again and
//! again keeps the [`Fingerprint`] of each item's text and gives it here: an item of which it is known is skipped before
//! anything of it is read. That rests on no promise of a server: what reads the same, says the same.
//!
//! One more list is one more function from an item's text to core's words, given to [`ListedPage::parse`].

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::AnswerError;
use super::json;
use super::wire::Spelled;

/// An item's text as it stood in the answer, in eight bytes. Two texts of which one is taken for the other are 1 in 10^19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of a text.
    pub fn of(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// An item that was not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// By which it is known the next time.
    pub fingerprint: Fingerprint,
    /// What it says.
    pub item: T,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPage<T, K> {
    /// What is new or has changed, in the list's order.
    pub fresh: Vec<Listed<T>>,
    /// As what the others are known.
    pub known: Vec<K>,
    /// Token of the next page; `None` on the last.
    pub next: Option<String>,
    /// Items that could not be read.
    pub skipped: u32,
}

impl<T, K> Default for ListedPage<T, K> {
    fn default() -> Self {
        Self {
            fresh: Vec::new(),
            known: Vec::new(),
            next: None,
            skipped: 0,
        }
    }
}

impl<T, K> ListedPage<T, K> {
    /// What is new or has changed: everything, if nothing was known.
    pub fn into_items(self) -> impl Iterator<Item = T> {
        self.fresh.into_iter().map(|listed| listed.item)
    }

    /// Reads the body of an answer that has its items in this field. `read` gives `None` for an item that it cannot read, which
    /// costs only itself; `known` says as what an item is known.
    pub(super) fn parse(
        body: &[u8],
        field: &'static str,
        read: fn(&str) -> Option<T>,
        known: &dyn Fn(Fingerprint) -> Option<K>,
    ) -> Result<Self, AnswerError> {
        json::parse_with(body, |text| {
            let mut page = Self::default();
            let items = Items {
                page: &mut page,
                read,
                known,
            };
            let mut json = serde_json::Deserializer::from_str(text);
            PageSeed { field, items }.deserialize(&mut json)?;
            json.end().map(|()| page)
        })
    }
}

/// Reads an answer.
struct PageSeed<'a, T, K> {
    field: &'static str,
    items: Items<'a, T, K>,
}

impl<'de, T, K> DeserializeSeed<'de> for PageSeed<'_, T, K> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T, K> Visitor<'de> for PageSeed<'_, T, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a page of {}", self.field)
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<Spelled<'de>>()? {
            if key.text() == self.field {
                map.next_value_seed(&mut self.items)?;
            } else if key.text() == "nextPageToken" {
                let token: Spelled<'de> = map.next_value()?;
                self.items.page.next = Some(token.text().to_owned()).filter(|token| !token.is_empty());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Reads the items into their page.
struct Items<'a, T, K> {
    page: &'a mut ListedPage<T, K>,
    read: fn(&str) -> Option<T>,
    known: &'a dyn Fn(Fingerprint) -> Option<K>,
}

impl<T, K> Items<'_, T, K> {
    fn take(&mut self, text: &str) {
        let fingerprint = Fingerprint::of(text);
        if let Some(known) = (self.known)(fingerprint) {
            self.page.known.push(known);
        } else if let Some(item) = (self.read)(text) {
            self.page.fresh.push(Listed { fingerprint, item });
        } else {
            self.page.skipped = self.page.skipped.saturating_add(1);
        }
    }
}

impl<'de, T, K> DeserializeSeed<'de> for &mut Items<'_, T, K> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T, K> Visitor<'de> for &mut Items<'_, T, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(item) = list.next_element::<&'de RawValue>()? {
            self.take(item.get());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str, known: &dyn Fn(Fingerprint) -> Option<char>) -> ListedPage<u8, char> {
        let read = |text: &str| text.parse().ok();
        ListedPage::parse(body.as_bytes(), "items", read, known).unwrap()
    }

    #[test]
    fn what_reads_as_before_is_not_read_again() {
        let two = Fingerprint::of("2");
        let known = |one| (one == two).then_some('b');
        let page = page(r#"{"items":[1, 2 ,3,"x"],"nextPageToken":"t","more":{}}"#, &known);
        let fresh: Vec<u8> = page.fresh.iter().map(|listed| listed.item).collect();
        assert_eq!((fresh, page.known), (vec![1, 3], vec!['b']));
        assert_eq!((page.next.as_deref(), page.skipped), (Some("t"), 1));
        assert_eq!(page.fresh[0].fingerprint, Fingerprint::of("1"));
    }

    #[test]
    fn a_list_that_is_absent_null_or_empty_is_a_page_without_items() {
        for body in ["{}", r#"{"items":null}"#, r#"{"items":[],"nextPageToken":""}"#] {
            assert_eq!(page(body, &|_| None), ListedPage::default(), "{body}");
        }
    }

    #[test]
    fn an_answer_that_is_damaged_is_none() {
        for body in [
            "",
            "[]",
            r#"{"items":[1"#,
            r#"{"items":"no list"}"#,
            r#"{"items":[]} x"#,
        ] {
            let read = ListedPage::<u8, ()>::parse(body.as_bytes(), "items", |_| None, &|_| None);
            assert!(read.is_err(), "{body}");
        }
    }
}
