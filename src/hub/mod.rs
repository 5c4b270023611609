//! Hubs: one reader per API and scope, however many launches look through it.
//!
//! ```text
//!                     Port (asks, subscribes)
//!   watchers  ───────────────────────────────▶  Feed: schedule, budget, cursor, dedupe   (pure; kept by the root)
//!      ▲                                          │ next(now) → Call        ▲ on_reply
//!      └──────── deliveries ◀── sinks ────────────┤                         │
//!                                                 ▼                         │
//!                                               HubActor: performs the calls, and nothing else
//! ```
//!
//! A [`Feed`] owns everything that must survive: what was read, what was delivered and not yet acknowledged, who asked for
//! what. It is pure (time and answers go in, calls and deliveries come out) and lives in an `Rc` that the root keeps. The
//! actor that performs its calls may panic, hang and be restarted; nothing is lost with it, because nothing is in it.
//! A request made of a hub is therefore a change of its feed through a [`Port`], not a message that could die in a mailbox.
//!
//! To add a hub: one file with a type that implements [`Feed`], and one line in `supervise::hubs` that starts it.

pub mod actor;
pub mod execution;
pub mod job;
pub mod log;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::core::Moment;
use crate::core::source::Source;
use crate::gcp::{ApiError, ErrorKind, Gcp};

/// What a feed wants next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<C> {
    /// This call, now. Ask again at once: there may be another.
    Call(C),
    /// Nothing before this.
    At(Instant),
    /// Nothing until something changes.
    Idle,
}

/// The pure half of a hub.
pub trait Feed: 'static {
    /// The API that it reads.
    const SOURCE: Source;
    /// A request to make.
    type Call: 'static;
    /// Its answer.
    type Reply: 'static;

    /// What to do now. A call that is returned counts as in flight until its reply comes.
    fn next(&mut self, now: Moment) -> Next<Self::Call>;
    /// Takes an answer, and delivers what follows from it.
    fn on_reply(&mut self, now: Moment, reply: Self::Reply);
    /// Makes the call. Every call has its own deadline: this always returns.
    fn perform(gcp: Gcp, call: Self::Call) -> LocalBoxFuture<'static, Self::Reply>;
    /// The actor is new: what was in flight is gone.
    fn forget_in_flight(&mut self);
    /// The actor cannot be kept alive: tell every subscriber that the source is lost.
    fn give_up(&mut self, why: &str);
}

/// Delivers to one subscriber. Never blocks; a subscriber that is gone swallows it.
pub type Sink<D> = Box<dyn Fn(D)>;

/// The way to a hub: asks of its feed and wakes its actor, whichever incarnation that is. Cheap to clone.
pub struct Port<F> {
    shared: Rc<Shared<F>>,
}

struct Shared<F> {
    feed: RefCell<F>,
    wake: Notify,
}

impl<F> Clone for Port<F> {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<F> std::fmt::Debug for Port<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Port")
    }
}

impl<F: Feed> Port<F> {
    /// A port to a new feed.
    pub fn new(feed: F) -> Self {
        Self {
            shared: Rc::new(Shared {
                feed: RefCell::new(feed),
                wake: Notify::new(),
            }),
        }
    }

    /// Asks something of the feed, and wakes the hub to act on it.
    pub fn ask<R>(&self, question: impl FnOnce(&mut F) -> R) -> R {
        let answer = question(&mut self.shared.feed.borrow_mut());
        self.shared.wake.notify_one();
        answer
    }

    /// Changes the feed without waking anyone.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut F) -> R) -> R {
        change(&mut self.shared.feed.borrow_mut())
    }

    /// Waits until something is asked.
    pub(crate) async fn asked(&self) {
        self.shared.wake.notified().await;
    }
}

/// The quota that one process may count on, requests per minute, and whose share of it this process takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// What a launch alone takes.
    pub alone: f64,
    /// What many launches together take: 80 % of the quota.
    pub together: f64,
}

impl Share {
    /// The share for so many launches.
    pub fn of(self, launches: usize) -> f64 {
        if launches > 1 { self.together } else { self.alone }
    }
}

/// A failed request, as far as a schedule cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For people.
    pub why: String,
    /// What it means.
    pub kind: ErrorKind,
    /// How long the server wants us to wait.
    pub wait: Option<Duration>,
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self {
            why: error.to_string(),
            kind: error.kind(),
            wait: error.retry_after(),
        }
    }
}

impl Failure {
    /// Repeating it cannot help.
    pub fn is_permanent(&self) -> bool {
        matches!(self.kind, ErrorKind::Permanent | ErrorKind::Auth)
    }
}
