//! A page of entries, read in one pass: each entry is in core's words, or passed over, before the next one is looked at.

use std::fmt;

use jiff::Timestamp;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::EntriesPage;
use super::entry::{Names, WireEntry};
use crate::core::entry::EntryId;
use crate::gcp::wire::{Object, Spelled};

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    Entries,
    NextPageToken,
    #[serde(other)]
    Other,
}

/// Reads a page of which entries with some ids are known.
#[derive(Clone, Copy)]
pub(super) struct PageSeed<'a>(pub(super) &'a dyn Fn(EntryId) -> bool);

impl<'de> DeserializeSeed<'de> for PageSeed<'_> {
    type Value = EntriesPage;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<EntriesPage, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageSeed<'_> {
    type Value = EntriesPage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of entries")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<EntriesPage, M::Error> {
        let mut page = EntriesPage::default();
        while let Some(field) = map.next_key()? {
            match field {
                Field::Entries => map.next_value_seed(EntriesSeed {
                    page: &mut page,
                    known: self.0,
                })?,
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

/// Reads the list of entries into its page.
struct EntriesSeed<'a> {
    page: &'a mut EntriesPage,
    known: &'a dyn Fn(EntryId) -> bool,
}

impl<'de> DeserializeSeed<'de> for EntriesSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EntriesSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        let Self { page, known } = self;
        let mut names = Names::default();
        while let Some(Object(entry)) = list.next_element::<Object<Option<WireEntry<'de>>>>()? {
            let Some((id, entry)) = entry.and_then(|entry| Some((entry.id()?, entry))) else {
                page.skipped = page.skipped.saturating_add(1);
                continue;
            };
            page.reach(id.timestamp);
            if !known(id) {
                page.entries.push(entry.into_core(id.timestamp, &mut names));
            }
        }
        Ok(())
    }
}

impl EntriesPage {
    /// One more entry, of this time.
    fn reach(&mut self, at: Timestamp) {
        let first = self.span.map_or(at, |(first, _)| first);
        self.span = Some((first, at));
    }
}
