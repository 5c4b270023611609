//! One read of the log: all pages of one query.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::schedule::Wanted;
use super::subscriber::Subscribers;
use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::gcp::{EntriesPage, ListEntries};

/// The most that the API gives.
const PAGE: u32 = 1000;

/// Whose turn a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Reads that follow each other.
    Main,
    /// A page between two of them.
    Aside,
}

/// A read in progress.
pub(super) struct Reading {
    pub(super) begun: Instant,
    pub(super) begun_wall: Timestamp,
    /// So many plans there were: it asks for nobody who came later.
    pub(super) number: u32,
    pub(super) wanted: Wanted,
    lane: Lane,
    /// Of its pages, what is new and has not been delivered,
    pub(super) entries: Vec<LogEntry>,
    /// and to which executions something has.
    pub(super) told: HashSet<Arc<str>>,
    filter: String,
    token: Option<String>,
    pages: u32,
    /// When the first entry of its pages was printed, and the last.
    span: Option<(Timestamp, Timestamp)>,
    /// It ends after so many.
    most: u32,
}

impl Reading {
    /// A read of so many pages at most: newest first, what is older remains unread.
    pub(super) fn new(
        now: Moment,
        number: u32,
        wanted: Wanted,
        lane: Lane,
        filter: String,
        most: u32,
    ) -> Self {
        Self {
            begun: now.mono,
            begun_wall: now.wall,
            number,
            wanted,
            lane,
            entries: Vec::new(),
            told: HashSet::new(),
            filter,
            token: None,
            pages: 0,
            span: None,
            most,
        }
    }

    /// The next page's request: newest first, as the API recommends for recent entries.
    pub(super) fn call(&self, project: String) -> ListEntries {
        ListEntries {
            project,
            filter: self.filter.clone(),
            newest_first: true,
            page_size: PAGE,
            page_token: self.token.clone(),
        }
    }

    /// Its pages come between other reads.
    pub(super) fn is_aside(&self) -> bool {
        self.lane == Lane::Aside
    }

    /// The rest of its pages come between other reads, and it has so many at most.
    pub(super) fn step_aside(&mut self, most: u32) {
        self.lane = Lane::Aside;
        self.most = most;
    }

    /// It had more than one page.
    pub(super) fn has_pages(&self) -> bool {
        self.pages > 1
    }

    /// Whether the next page continues an earlier one.
    pub(super) fn is_later_page(&self) -> bool {
        self.token.is_some()
    }

    /// It ended before its last page: it says nothing of what it did not show.
    pub(super) fn is_cut_short(&self) -> bool {
        self.token.is_some()
    }

    /// Takes a page; true once the read has ended. An empty page with a token is not an end. Entries that nobody subscribes to
    /// are left: who does later must find them new.
    pub(super) fn take(&mut self, page: EntriesPage, subscribers: &Subscribers) -> bool {
        self.pages += 1;
        self.token = page.next;
        if let Some((newest, oldest)) = page.span {
            let newest = self.span.map_or(newest, |(newest, _)| newest);
            self.span = Some((newest, oldest));
        }
        let is_followed = |name: &Arc<str>| subscribers.contains_key(name);
        let followed = |entry: &LogEntry| entry.execution.as_ref().is_some_and(is_followed);
        self.entries.extend(page.entries.into_iter().filter(followed));
        self.token.is_none() || self.pages >= self.most || self.is_hopeless()
    }

    /// By what its pages hold of its time, as many again as it has at most would not suffice. One page may be a traceback.
    fn is_hopeless(&self) -> bool {
        let Some((newest, oldest)) = self.span else {
            return false;
        };
        let read = newest.duration_since(oldest);
        let left = oldest.duration_since(self.wanted.since);
        let pages = left.as_secs_f64() * f64::from(self.pages) / read.as_secs_f64().max(1e-3);
        !self.wanted.lines.are_few() && self.pages > 1 && pages > 2.0 * f64::from(self.most)
    }
}
