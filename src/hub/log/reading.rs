//! One read of the log: all pages of one query.

use jiff::Timestamp;
use tokio::time::Instant;

use super::schedule::Plan;
use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::gcp::{EntriesPage, ListEntries};

/// The most that the API gives.
const PAGE: u32 = 1000;

/// A read in progress.
pub(super) struct Reading {
    pub(super) begun: Instant,
    pub(super) begun_wall: Timestamp,
    pub(super) sweep: bool,
    pub(super) first: bool,
    pub(super) entries: Vec<LogEntry>,
    filter: String,
    token: Option<String>,
    pages: u32,
    /// It ends after so many.
    most: u32,
    /// It asks only for entries that may decide.
    pub(super) few: bool,
}

impl Reading {
    /// A read of so many pages at most: newest first, what is older remains unread.
    pub(super) fn new(now: Moment, plan: &Plan, filter: String, most: u32, few: bool) -> Self {
        Self {
            begun: now.mono,
            begun_wall: now.wall,
            sweep: plan.sweep,
            first: plan.first,
            entries: Vec::new(),
            filter,
            token: None,
            pages: 0,
            most,
            few,
        }
    }

    /// The next page's request: newest first, as the API recommends for recent entries.
    pub(super) fn call(&self, project: &str) -> ListEntries {
        ListEntries {
            project: project.to_owned(),
            filter: self.filter.clone(),
            newest_first: true,
            page_size: PAGE,
            page_token: self.token.clone(),
        }
    }

    /// Whether the next page continues an earlier one.
    pub(super) fn is_later_page(&self) -> bool {
        self.token.is_some()
    }

    /// It ended before its last page: it says nothing of what it did not show.
    pub(super) fn is_cut_short(&self) -> bool {
        self.token.is_some()
    }

    /// Takes a page; true once the read has ended. An empty page with a token is not an end.
    pub(super) fn take(&mut self, page: EntriesPage) -> bool {
        self.entries.extend(page.entries);
        self.pages += 1;
        self.token = page.next;
        self.token.is_none() || self.pages >= self.most
    }
}
