//! A page of entries, read in one pass: each entry is in core's words before the next one is looked at.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::EntriesPage;
use super::entry::{Names, WireEntry};
use crate::gcp::wire::{Object, Spelled};

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    Entries,
    NextPageToken,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for EntriesPage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PageVisitor)
    }
}

struct PageVisitor;

impl<'de> Visitor<'de> for PageVisitor {
    type Value = EntriesPage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of entries")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<EntriesPage, M::Error> {
        let mut page = EntriesPage::default();
        while let Some(field) = map.next_key()? {
            match field {
                Field::Entries => {
                    let Entries(entries, skipped) = map.next_value()?;
                    (page.entries, page.skipped) = (entries, skipped);
                }
                Field::NextPageToken => {
                    let token: Spelled<'de> = map.next_value()?;
                    page.next = Some(token.text().to_owned()).filter(|token| !token.is_empty());
                }
                Field::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(page)
    }
}

/// The entries, and how many could not be read.
struct Entries(Vec<crate::core::entry::LogEntry>, u32);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_unit<E>(self) -> Result<Entries, E> {
        Ok(Entries(Vec::new(), 0))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Entries, S::Error> {
        let (mut entries, mut names) = (Entries(Vec::new(), 0), Names::default());
        while let Some(Object(entry)) = list.next_element::<Object<Option<WireEntry<'de>>>>()? {
            match entry.and_then(|entry| entry.into_core(&mut names)) {
                Some(entry) => entries.0.push(entry),
                None => entries.1 = entries.1.saturating_add(1),
            }
        }
        Ok(entries)
    }
}
