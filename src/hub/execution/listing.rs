//! The list of all executions of a scope, a page at a time: an end that its first page shows is not kept waiting for the last.

use std::collections::HashSet;

use super::call::{ExecutionCall, ListCall};
use super::texts::SharedTexts;
use crate::core::ids::{ExecutionName, RunJob};
use crate::gcp::{Call, ExecutionsPage, MOST_PAGES, endless};
use crate::hub::Failure;

/// A list that is being read.
pub(super) struct Listing {
    /// Any job of the scope.
    job: RunJob,
    /// What it is read for and has not shown yet.
    wanted: HashSet<ExecutionName>,
    /// Of the next page; `None` for the first.
    token: Option<String>,
    pages: u32,
    /// Something on its pages could not be read.
    skipped: bool,
    in_flight: bool,
}

/// How far a list is after another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// There is another page.
    On,
    /// It has shown all that it was read for, or had an item that could not be read.
    Enough,
    /// It was read from its beginning to its end: what it did not show does not exist, or is not visible yet.
    Whole,
}

impl Listing {
    /// A list of this job's executions, that is read until it has shown all of these.
    pub(super) fn new(job: RunJob, wanted: HashSet<ExecutionName>) -> Self {
        Self {
            job,
            wanted,
            token: None,
            pages: 0,
            skipped: false,
            in_flight: false,
        }
    }

    /// A page is asked for and has not come.
    pub(super) fn is_in_flight(&self) -> bool {
        self.in_flight
    }

    /// Asks for the next page.
    pub(super) fn ask(&mut self, texts: SharedTexts) -> ExecutionCall {
        self.in_flight = true;
        ExecutionCall::List(ListCall {
            job: self.job.clone(),
            token: self.token.clone(),
            texts,
        })
    }

    /// How many pages it has had.
    pub(super) fn pages(&self) -> u32 {
        self.pages
    }

    /// Takes a page, or says that there is no end to it.
    pub(super) fn take(&mut self, page: &ExecutionsPage) -> Result<Read, Failure> {
        self.in_flight = false;
        self.pages += 1;
        self.skipped |= page.skipped > 0;
        let fresh = page.fresh.iter().map(|listed| &listed.item.name);
        for name in fresh.chain(&page.known) {
            self.wanted.remove(name);
        }
        self.token.clone_from(&page.next);
        if self.token.is_none() && !self.skipped {
            return Ok(Read::Whole);
        }
        if self.token.is_none() || self.wanted.is_empty() {
            return Ok(Read::Enough);
        }
        if self.pages >= MOST_PAGES {
            return Err(endless(Call::ListExecutions, self.job.to_string()).into());
        }
        Ok(Read::On)
    }
}
