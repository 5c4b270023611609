//! One list of the jobs: all pages.

use jiff::Timestamp;
use tokio::time::Instant;

use super::JobCall;
use crate::core::ids::Scope;
use crate::core::job::{CLOCK_SLACK, JobView};
use crate::gcp::JobsPage;

/// A list ends after so many pages.
const PAGES: u32 = 50;

/// A list in progress.
pub(super) struct Listing {
    pub(super) begun: Instant,
    pub(super) jobs: Vec<JobView>,
    filter: String,
    token: Option<String>,
    pages: u32,
}

impl Listing {
    /// A list of the jobs created since `oldest`. There is no order to ask for, but the creation time can be filtered.
    pub(super) fn new(now: Instant, oldest: Option<Timestamp>) -> Self {
        let from = oldest.and_then(|oldest| oldest.checked_sub(CLOCK_SLACK).ok());
        let filter = from
            .map(|from| format!("create_time>=\"{from}\""))
            .unwrap_or_default();
        Self {
            begun: now,
            jobs: Vec::new(),
            filter,
            token: None,
            pages: 0,
        }
    }

    pub(super) fn call(&self, scope: &Scope) -> JobCall {
        JobCall::List {
            scope: scope.clone(),
            filter: self.filter.clone(),
            token: self.token.clone(),
        }
    }

    /// Takes a page; true once the list is complete.
    pub(super) fn take(&mut self, page: JobsPage) -> bool {
        self.jobs.extend(page.jobs);
        self.pages += 1;
        self.token = page.next;
        self.token.is_none() || self.pages >= PAGES
    }
}
