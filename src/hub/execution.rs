//! The execution hub: one reader of Cloud Run per project and region.
//!
//! An execution's end is learnt by a long poll (`operations.wait`) where that holds, with a get every few seconds as a
//! check; by gets alone where the wait returns early, is not implemented, or the operation is not known (`watch`). With
//! more than [`FEW`] executions one list takes the place of the gets, with more than [`MANY`] that of the long polls too.
//! Runners that outlive their launches are read by that list as well: a batch must know when their slots are free.
//!
//! The state is [`ExecutionFeed`]'s: one [`Poll`] for each execution that is watched, and the list that all share. What is asked
//! when is in [`turns`]; one more request is a variant of [`ExecutionCall`] and its turn.

mod call;
mod lingering;
mod listing;
mod poll;
#[cfg(test)]
mod tests;
mod texts;
mod turns;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;

use super::{Failure, Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::execution::{ExecutionView, TaskView};
use crate::core::ids::{ExecutionName, Scope};
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::gcp::{ErrorKind, ExecutionsPage, Fingerprint, Gcp, Listed};

use lingering::Lingering;
use listing::{Listing, Read};
use poll::Poll;
use texts::SharedTexts;

pub use call::{ExecutionCall, ExecutionReply};

/// With more executions than this, one list reads them all.
pub const MANY: usize = 100;
/// With more than this, a list takes the place of the gets that check on each.
const FEW: usize = 4;
/// Beside long polls that hold, one execution or all of them are read this often, as a check.
const CHECK: Duration = Duration::from_secs(5);
/// Without them: 48 reads a minute.
const POLL: Duration = Duration::from_millis(1250);

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq)]
pub enum ExecutionDelivery {
    /// A reading.
    View(Arc<ExecutionView>),
    /// It was seen and is gone.
    Gone,
    /// The results of its tasks.
    Tasks(Vec<TaskView>),
    /// How Cloud Run does.
    Health(Health),
}

/// The feed of one region's executions.
pub struct ExecutionFeed {
    scope: Scope,
    share: Share,
    /// Boxed: of a large table up to half the places are empty.
    polls: HashMap<ExecutionName, Box<Poll>>,
    /// Those of which something was demanded and has not come.
    demanded: HashSet<ExecutionName>,
    budget: Budget,
    sight: Sight,
    listed: Option<Instant>,
    /// Pages of the last list.
    pages: u32,
    listing: Option<Listing>,
    texts: SharedTexts,
    lingering: Lingering,
}

impl std::fmt::Debug for ExecutionFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "ExecutionFeed({}, {} executions)",
            self.scope,
            self.polls.len()
        )
    }
}

impl ExecutionFeed {
    /// A feed that has read nothing yet.
    pub fn new(scope: Scope, share: Share, now: Instant) -> Self {
        Self {
            budget: Budget::new(share.alone, 10.0, now),
            sight: Sight::new(now, (&scope.project, &scope.region)),
            scope,
            share,
            polls: HashMap::new(),
            demanded: HashSet::new(),
            listed: None,
            pages: 0,
            listing: None,
            texts: SharedTexts::default(),
            lingering: Lingering::default(),
        }
    }

    /// Adds a subscriber, or takes a restarted one back: it gets the last reading at once.
    pub fn subscribe(
        &mut self,
        now: Instant,
        name: &ExecutionName,
        operation: Option<Arc<str>>,
        sink: Sink<ExecutionDelivery>,
    ) {
        if *self.sight.health() != Health::Answering {
            sink(ExecutionDelivery::Health(self.sight.health().clone()));
        }
        if let Some(known) = self.polls.get_mut(name) {
            known.resume(sink);
            return;
        }
        self.texts.borrow_mut().forget(name);
        let poll = Box::new(Poll::new(now, operation, sink));
        self.polls.insert(name.clone(), poll);
        self.budget.set_full(self.share.of(self.polls.len()), now);
    }

    /// Removes a subscriber.
    pub fn unsubscribe(&mut self, now: Instant, name: &ExecutionName) {
        self.polls.remove(name);
        self.budget.set_full(self.share.of(self.polls.len()), now);
    }

    /// Watches a runner whose launch is over; `gone` is called once it has ended or is not there any more.
    pub fn linger(&mut self, name: ExecutionName, gone: Box<dyn Fn()>) {
        self.texts.borrow_mut().forget(&name);
        self.lingering.add(name, gone);
    }

    /// Nobody cares for those any more.
    pub fn forget_lingering(&mut self) {
        self.lingering = Lingering::default();
    }

    /// Read it at once.
    pub fn read_now(&mut self, name: &ExecutionName) {
        if let Some(poll) = self.polls.get_mut(name) {
            poll.read_now = true;
            self.demanded.insert(name.clone());
        }
    }

    /// Read the results of its tasks.
    pub fn read_tasks(&mut self, name: &ExecutionName) {
        if let Some(poll) = self.polls.get_mut(name) {
            poll.tasks_wanted = true;
            self.demanded.insert(name.clone());
        }
    }

    fn tell_health(&self, health: Option<Health>) {
        let Some(health) = health else { return };
        for poll in self.polls.values() {
            (poll.sink)(ExecutionDelivery::Health(health.clone()));
        }
    }

    /// Takes the outcome of a request for the sight on Cloud Run; gives the answer on.
    fn judged<T>(&mut self, now: Instant, answer: Result<T, Failure>) -> Result<T, ErrorKind> {
        let (answer, health) = match answer {
            Ok(value) => (Ok(value), self.sight.good(now)),
            Err(failure) if failure.kind == ErrorKind::NotFound => (Err(failure.kind), self.sight.good(now)),
            Err(failure) => {
                if failure.kind == ErrorKind::RateLimited {
                    self.budget.refuse(now, failure.wait);
                }
                let health = self
                    .sight
                    .bad(now, &failure.why, failure.is_permanent(), failure.wait);
                (Err(failure.kind), health)
            }
        };
        self.tell_health(health);
        answer
    }

    /// What a list says of an execution, new or anew.
    fn take_listed(&mut self, now: Instant, text: Fingerprint, view: ExecutionView) {
        self.texts.borrow_mut().keep(view.name.clone(), text);
        self.lingering.saw(&view.name);
        if view.state.is_end() {
            self.lingering.over(&view.name);
        }
        if let Some(poll) = self.polls.get_mut(&view.name) {
            poll.got(now, Ok(view));
        }
    }

    /// A page of the list, or why there is none.
    fn take_page(&mut self, now: Instant, answer: Result<ExecutionsPage, Failure>) {
        let Some(mut listing) = self.listing.take() else {
            return; // nobody waits for it any more
        };
        let taken = answer.and_then(|page| Ok((listing.take(&page)?, page)));
        let Ok((read, page)) = self.judged(now, taken) else {
            return;
        };
        for name in &page.known {
            self.lingering.saw(name);
        }
        for Listed { fingerprint, item } in page.fresh {
            self.take_listed(now, fingerprint, item);
        }
        if read == Read::On {
            self.listing = Some(listing);
            return;
        }
        self.pages = listing.pages();
        self.texts.borrow_mut().list_ends();
        if read == Read::Whole {
            self.lingering.list_ends();
        }
    }
}

impl Feed for ExecutionFeed {
    const SOURCE: Source = Source::Execution;
    type Call = ExecutionCall;
    type Reply = ExecutionReply;

    fn next(&mut self, now: Moment) -> Next<ExecutionCall> {
        if self.sight.is_lost() {
            return Next::Idle;
        }
        self.next_call(now.mono)
    }

    fn on_reply(&mut self, now: Moment, reply: ExecutionReply) {
        let now = now.mono;
        match reply {
            ExecutionReply::Waited(name, answer) => {
                // A wait that fails is no loss: the gets go on.
                if let Some(poll) = self.polls.get_mut(&name) {
                    poll.waited(now, answer);
                    self.demanded.insert(name);
                }
            }
            ExecutionReply::Unwanted => {}
            ExecutionReply::Got(name, answer) => {
                let answer = self.judged(now, answer);
                if let Some(poll) = self.polls.get_mut(&name) {
                    poll.got(now, answer);
                }
            }
            ExecutionReply::Tasks(name, answer) => {
                let answer = self.judged(now, answer);
                if let Some(poll) = self.polls.get_mut(&name) {
                    poll.got_tasks(answer.ok());
                }
            }
            ExecutionReply::Listed(answer) => self.take_page(now, answer),
        }
    }

    fn perform(gcp: Gcp, call: ExecutionCall) -> LocalBoxFuture<'static, ExecutionReply> {
        call.perform(gcp).boxed_local()
    }

    fn forget_in_flight(&mut self) {
        self.listing = None;
        self.polls.values_mut().for_each(|poll| poll.forget_in_flight());
    }

    fn give_up(&mut self, why: &str) {
        let health = self.sight.give_up(why);
        self.tell_health(Some(health));
    }
}
