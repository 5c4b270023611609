//! Cloud Logging API v2: `entries.list`.

mod entry;
mod page;
mod payload;

use jiff::Timestamp;
use serde::de::DeserializeSeed;
use serde_json::json as object;

use super::Gcp;
use super::call::Request;
use super::error::{AnswerError, ApiError, Call};
use super::json;
use crate::core::entry::{EntryId, LogEntry};

use page::PageSeed;

/// Of an entry what is read; the rest, a quarter of it, is not sent: system parameter `fields` of discovery document `logging.v2`.
const LISTED: &str = "entries(logName,timestamp,receiveTimestamp,severity,insertId,labels,textPayload,jsonPayload,protoPayload),nextPageToken";

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
    /// The entries that are not known already, in the order asked for.
    pub entries: Vec<LogEntry>,
    /// Token of the next page; `None` on the last.
    pub next: Option<String>,
    /// Entries that could not be read.
    pub skipped: u32,
    /// When the first entry on the page was printed, and the last, known ones included.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl EntriesPage {
    /// Reads the body of an answer to `entries.list`, but for the entries that are known: most of a page is, where the same
    /// minutes are read again and again. Damaged text is mended; an entry that cannot be read costs only itself.
    pub fn parse(body: &[u8], known: &dyn Fn(EntryId) -> bool) -> Result<Self, AnswerError> {
        json::parse_with(body, |text| {
            let mut json = serde_json::Deserializer::from_str(text);
            let page = PageSeed(known).deserialize(&mut json)?;
            json.end().map(|()| page)
        })
    }
}

impl Gcp {
    /// `entries.list`, one page. Every page is one of the 60 reads a minute that the whole project has.
    pub fn list_entries(&self, list: &ListEntries) -> impl Future<Output = Result<EntriesPage, ApiError>> {
        self.list_new_entries(list, &|_| false)
    }

    /// The same without the entries that are known when the answer comes.
    pub async fn list_new_entries(
        &self,
        list: &ListEntries,
        known: &dyn Fn(EntryId) -> bool,
    ) -> Result<EntriesPage, ApiError> {
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
        let request = request.query("fields", LISTED);
        self.call_with(request, |body| EntriesPage::parse(body, known))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_entry_costs_only_itself() {
        let json = r#"{"entries":[{"logName":"l","timestamp":"2026-06-09T07:43:24Z","textPayload":"a"},{"logName":"l"},null],
            "nextPageToken":"t"}"#;
        let page = EntriesPage::parse(json.as_bytes(), &|_| false).unwrap();
        assert_eq!(
            (page.entries.len(), page.skipped, page.next.as_deref()),
            (1, 2, Some("t"))
        );
    }

    #[test]
    fn known_entries_are_passed_over_and_count_for_the_time_that_a_page_spans() {
        let entry = |second: u32| {
            format!(
                r#"{{"logName":"l","timestamp":"2026-06-09T07:43:{second}Z","insertId":"i","textPayload":"{second}"}}"#
            )
        };
        let json = format!(r#"{{"entries":[{},{},{}]}}"#, entry(30), entry(20), entry(10));
        let at = |second: u32| format!("2026-06-09T07:43:{second}Z").parse().unwrap();
        let known = [EntryId::of(at(30), "i", "l"), EntryId::of(at(10), "i", "l")];
        let page = EntriesPage::parse(json.as_bytes(), &|id| known.contains(&id)).unwrap();
        let texts: Vec<_> = page.entries.iter().map(|entry| &*entry.text).collect();
        assert_eq!((texts, page.span), (vec!["20"], Some((at(30), at(10)))));
    }

    #[test]
    fn an_answer_to_the_fields_asked_for_has_all_that_is_read() {
        let answer = object!({"entries": [{
            "logName": "l", "timestamp": "2026-06-09T07:43:30Z", "receiveTimestamp": "2026-06-09T07:43:31Z",
            "severity": "ERROR", "insertId": "i", "textPayload": "t", "resource": {"type": "cloud_run_job"},
            "labels": {"run.googleapis.com/execution_name": "e", "run.googleapis.com/task_index": "2"},
        }], "nextPageToken": "n"});
        let part = crate::emulator::fields::select(LISTED, answer.clone()).unwrap();
        assert!(part.to_string().len() < answer.to_string().len());
        let read = |answer: &serde_json::Value| EntriesPage::parse(answer.to_string().as_bytes(), &|_| false);
        assert_eq!(read(&part), read(&answer));
    }

    #[test]
    fn an_empty_page_may_have_a_next_one() {
        let page = EntriesPage::parse(br#"{"nextPageToken":"t"}"#, &|_| false).unwrap();
        assert!(page.entries.is_empty() && page.next.is_some());
        let page = EntriesPage::parse(br#"{"entries":null}"#, &|_| false).unwrap();
        assert_eq!(page, EntriesPage::default());
    }
}
