//! Cloud Logging API v2: `entries.list`.

mod entry;

use serde::Deserialize;
use serde_json::json;

use super::Gcp;
use super::call::Request;
use super::error::{ApiError, Call};
use super::wire::{Lenient, lax};
use crate::core::entry::LogEntry;
use entry::WireEntry;

/// What to read of a project's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntries {
    /// The project.
    pub project: String,
    /// In the Logging query language, at most 20 000 characters. The API adds no bound of time of its own.
    pub filter: String,
    /// `timestamp desc`, which Google recommends for entries that were just written; else oldest first.
    pub newest_first: bool,
    /// Entries on a page, 1 to 1000.
    pub page_size: u32,
    /// From the page before, which must have been asked for with the same other values.
    pub page_token: Option<String>,
}

/// One page of entries. An empty one that has a next page is legal: the search had no time to find any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntriesPage {
    /// The entries, in the order asked for.
    pub entries: Vec<LogEntry>,
    /// Token of the next page; `None` on the last.
    pub next: Option<String>,
    /// Entries that could not be read.
    pub skipped: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryList {
    #[serde(default)]
    entries: Lenient<WireEntry>,
    #[serde(default, deserialize_with = "lax")]
    next_page_token: String,
}

impl From<EntryList> for EntriesPage {
    fn from(list: EntryList) -> Self {
        let found = list.entries.items.len();
        let entries: Vec<_> = list
            .entries
            .items
            .into_iter()
            .filter_map(WireEntry::into_core)
            .collect();
        let timeless = u32::try_from(found - entries.len()).unwrap_or(u32::MAX);
        Self {
            skipped: list.entries.skipped.saturating_add(timeless),
            next: Some(list.next_page_token).filter(|token| !token.is_empty()),
            entries,
        }
    }
}

impl Gcp {
    /// `entries.list`, one page. Every page is one of the 60 reads a minute that the whole project has.
    pub async fn list_entries(&self, list: &ListEntries) -> Result<EntriesPage, ApiError> {
        let resource = format!("projects/{}", list.project);
        let order = if list.newest_first {
            "timestamp desc"
        } else {
            "timestamp asc"
        };
        let mut body = json!({
            "resourceNames": [resource],
            "filter": list.filter,
            "orderBy": order,
            "pageSize": list.page_size.clamp(1, 1000),
        });
        if let Some(token) = &list.page_token {
            body["pageToken"] = json!(token);
        }
        let base = Ok(self.inner.endpoints.logging().clone());
        let request = Request::new(Call::ListEntries, resource, base, "v2/entries:list").post(body);
        Ok(self.call::<EntryList>(request).await?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_entry_costs_only_itself() {
        let json = r#"{"entries":[{"logName":"l","timestamp":"2026-06-09T07:43:24Z","textPayload":"a"},{"logName":"l"},null],
            "nextPageToken":"t"}"#;
        let page = EntriesPage::from(serde_json::from_str::<EntryList>(json).unwrap());
        assert_eq!(
            (page.entries.len(), page.skipped, page.next.as_deref()),
            (1, 2, Some("t"))
        );
    }

    #[test]
    fn an_empty_page_may_have_a_next_one() {
        let page = EntriesPage::from(serde_json::from_str::<EntryList>(r#"{"nextPageToken":"t"}"#).unwrap());
        assert!(page.entries.is_empty() && page.next.is_some());
        let page = EntriesPage::from(serde_json::from_str::<EntryList>(r#"{"entries":null}"#).unwrap());
        assert_eq!(page, EntriesPage::default());
    }
}
