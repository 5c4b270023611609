//! Lists of the jobs: which one is due, and one in progress.
//!
//! With few launches every list shows the whole window. With many, most lists show only what was created since the last
//! one (and a little before: jobs become visible late), and every so often one shows the whole window, for what came
//! later than that and for the states of jobs that are known. That one may have many pages; they are read between the
//! others, so that nobody's new job waits for them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::JobCall;
use super::board::SharedTexts;
use super::call::ListCall;
use crate::core::Moment;
use crate::core::ids::Scope;
use crate::core::job::CLOCK_SLACK;
use crate::gcp::JobsPage;

/// A list ends after so many pages.
const PAGES: u32 = 200;
/// How late after its creation a job is still found by a list of what is new.
const LATE: SignedDuration = SignedDuration::from_secs(4);
/// With many launches, the whole window is listed this often,
const WHOLE_EVERY: Duration = Duration::from_secs(10);
/// and this often where somebody asked for a complete list, or waits for the state of a known job.
const WHOLE_WANTED: Duration = Duration::from_secs(4);
/// With many pages more seldom, for each page at least so long: half of that where somebody waits.
const WHOLE_PAGE: Duration = Duration::from_secs(2);

/// What was listed when.
#[derive(Default)]
pub(super) struct Listed {
    /// When the last list began.
    pub(super) begun: Option<Instant>,
    /// When the last list of the whole window began, and how many pages it had.
    whole: Option<(Instant, u32)>,
    /// Everything created before this was looked for.
    covered: Option<Timestamp>,
}

impl Listed {
    /// Whether the next list shows the whole window. `wanted`: somebody waits for that.
    pub(super) fn is_whole_due(&self, now: Instant, wanted: bool) -> bool {
        let Some((last, pages)) = self.whole else {
            return true;
        };
        let (period, page) = if wanted {
            (WHOLE_WANTED, WHOLE_PAGE / 2)
        } else {
            (WHOLE_EVERY, WHOLE_PAGE)
        };
        now >= last + period.max(page * pages)
    }

    /// Whether nothing was listed yet.
    pub(super) fn is_first(&self) -> bool {
        self.whole.is_none()
    }

    /// Begins a list of the whole window beside those of what is new.
    pub(super) fn begin_window(now: Moment, oldest: Option<Timestamp>) -> Listing {
        Listing::new(now, before(oldest, CLOCK_SLACK), true)
    }

    /// Begins a list of the jobs created since `oldest`, or of what is new among them.
    pub(super) fn begin(&mut self, now: Moment, oldest: Option<Timestamp>, whole: bool) -> Listing {
        self.begun = Some(now.mono);
        let from = if whole {
            before(oldest, CLOCK_SLACK)
        } else {
            before(oldest, CLOCK_SLACK).max(before(self.covered, LATE))
        };
        Listing::new(now, from, whole)
    }

    /// A list is complete.
    pub(super) fn completed(&mut self, listing: &Listing) {
        self.covered = self.covered.max(Some(listing.begun_wall));
        if listing.whole {
            self.whole = Some((listing.begun, listing.pages));
        }
    }
}

fn before(from: Option<Timestamp>, slack: SignedDuration) -> Option<Timestamp> {
    from?.checked_sub(slack).ok()
}

/// A list in progress.
pub(super) struct Listing {
    pub(super) begun: Instant,
    begun_wall: Timestamp,
    pub(super) whole: bool,
    filter: String,
    token: Option<String>,
    pages: u32,
}

impl Listing {
    /// There is no order to ask for, but the creation time can be filtered.
    fn new(now: Moment, from: Option<Timestamp>, whole: bool) -> Self {
        let filter = from.map(|from| format!("create_time>=\"{from}\""));
        Self {
            begun: now.mono,
            begun_wall: now.wall,
            whole,
            filter: filter.unwrap_or_default(),
            token: None,
            pages: 0,
        }
    }

    pub(super) fn call(&self, scope: &Scope, texts: SharedTexts) -> JobCall {
        JobCall::List(ListCall {
            scope: scope.clone(),
            filter: self.filter.clone(),
            token: self.token.clone(),
            texts,
        })
    }

    /// Takes a page; true once the list is complete.
    pub(super) fn take(&mut self, page: &JobsPage) -> bool {
        self.pages += 1;
        self.token.clone_from(&page.next);
        self.token.is_none() || self.pages >= PAGES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zero() -> Moment {
        Moment {
            mono: Instant::now(),
            wall: "2026-11-23T10:00:00Z".parse().unwrap(),
        }
    }

    fn after(zero: Moment, second: u64) -> Moment {
        let later = Duration::from_secs(second);
        Moment {
            mono: zero.mono + later,
            wall: zero.wall + later,
        }
    }

    fn complete(listed: &mut Listed, now: Moment, whole: bool, pages: u32) -> String {
        let oldest = Some("2026-11-23T09:00:00Z".parse().unwrap());
        let mut listing = listed.begin(now, oldest, whole);
        for page in 1..=pages {
            let next = (page < pages).then(|| "more".to_owned());
            assert_eq!(
                listing.take(&JobsPage {
                    next,
                    ..JobsPage::default()
                }),
                page == pages
            );
        }
        listed.completed(&listing);
        listing.filter
    }

    #[test]
    fn a_list_of_what_is_new_begins_a_little_before_the_last_one_did() {
        let (mut listed, zero) = (Listed::default(), zero());
        let mut filter = |second, whole| complete(&mut listed, after(zero, second), whole, 1);
        assert_eq!(filter(0, true), "create_time>=\"2026-11-23T08:59:55Z\"");
        assert_eq!(filter(60, false), "create_time>=\"2026-11-23T09:59:56Z\"");
        assert_eq!(filter(61, false), "create_time>=\"2026-11-23T10:00:56Z\"");
        assert_eq!(filter(62, true), "create_time>=\"2026-11-23T08:59:55Z\"");
    }

    #[test]
    fn the_whole_window_is_listed_now_and_then_and_sooner_where_somebody_waits_but_never_all_the_time() {
        let (mut listed, zero) = (Listed::default(), zero());
        assert!(listed.is_whole_due(zero.mono, false), "the first list");
        complete(&mut listed, zero, true, 1);
        let due = |listed: &Listed, second, wanted| listed.is_whole_due(after(zero, second).mono, wanted);
        assert!(!due(&listed, 3, true) && due(&listed, 4, true));
        assert!(!due(&listed, 9, false) && due(&listed, 10, false));
        complete(&mut listed, after(zero, 10), true, 100);
        assert!(!due(&listed, 109, true), "a hundred pages take a while");
        assert!(due(&listed, 110, true) && !due(&listed, 209, false) && due(&listed, 210, false));
    }
}
