//! Cloud Logging API v2: `entries.list`.

mod entry;
mod page;
mod payload;

use serde_json::json as object;

use super::Gcp;
use super::call::Request;
use super::error::{AnswerError, ApiError, Call};
use super::json;
use crate::core::entry::LogEntry;

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

impl EntriesPage {
    /// Reads the body of an answer to `entries.list`. Damaged text is mended; an entry that cannot be read costs only itself.
    pub fn parse(body: &[u8]) -> Result<Self, AnswerError> {
        json::parse(body)
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
        let mut body = object!({
            "resourceNames": [resource],
            "filter": list.filter,
            "orderBy": order,
            "pageSize": list.page_size.clamp(1, 1000),
        });
        if let Some(token) = &list.page_token {
            body["pageToken"] = object!(token);
        }
        let base = Ok(self.inner.endpoints.logging().clone());
        let request = Request::new(Call::ListEntries, resource, base, "v2/entries:list").post(body);
        self.call(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_entry_costs_only_itself() {
        let json = r#"{"entries":[{"logName":"l","timestamp":"2026-06-09T07:43:24Z","textPayload":"a"},{"logName":"l"},null],
            "nextPageToken":"t"}"#;
        let page = EntriesPage::parse(json.as_bytes()).unwrap();
        assert_eq!(
            (page.entries.len(), page.skipped, page.next.as_deref()),
            (1, 2, Some("t"))
        );
    }

    #[test]
    fn an_empty_page_may_have_a_next_one() {
        let page = EntriesPage::parse(br#"{"nextPageToken":"t"}"#).unwrap();
        assert!(page.entries.is_empty() && page.next.is_some());
        let page = EntriesPage::parse(br#"{"entries":null}"#).unwrap();
        assert_eq!(page, EntriesPage::default());
    }
}
