//! The execution hub: one reader of Cloud Run per project and region.
//!
//! An execution's end is learnt by a long poll (`operations.wait`) where that holds, with a get every few seconds as a
//! check; by gets alone where the wait returns early, is not implemented, or the operation is not known (`watch`). With
//! more than [`FEW`] executions one list takes the place of the gets, with more than [`MANY`] that of the long polls too.
//! Runners that outlive their launches are read by that list as well: a batch must know when their slots are free.

mod lingering;
mod poll;

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, LocalBoxFuture, select};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Failure, Feed, Next, Share, Sink};
use crate::core::Moment;
use crate::core::execution::{ExecutionView, TaskView};
use crate::core::ids::{ExecutionName, RunJob, Scope};
use crate::core::policy::{Budget, Sight};
use crate::core::source::{Health, Source};
use crate::gcp::{ErrorKind, ExecutionsPage, Gcp, OperationView};

use lingering::Lingering;
use poll::Poll;

/// With more executions than this, one list reads them all.
pub const MANY: usize = 100;
/// With more than this, a list takes the place of the gets that check on each.
const FEW: usize = 4;
/// How often the list is read where nothing else tells of ends,
const LIST_MANY: Duration = Duration::from_secs(2);
/// and for each page that it had at least so long: a thousand executions are ten pages, and must not cost ten times as much
/// as a hundred.
const LIST_PAGE: Duration = Duration::from_secs(1);
/// Beside long polls that hold, one execution or all of them are read this often, as a check.
const CHECK: Duration = Duration::from_secs(5);
/// Without them: 48 reads a minute.
const POLL: Duration = Duration::from_millis(1250);
/// How long an operation is asked to wait. gcloud asks for the same.
const HOLD: Duration = Duration::from_secs(30);

/// How executions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// Each by a long poll, and gets.
    Each,
    /// Each by a long poll; one list checks on all.
    Waits,
    /// By one list alone.
    Listed,
}

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

/// A request of this hub.
#[derive(Debug)]
pub enum ExecutionCall {
    /// Wait for the operation of this execution, for as long as the sender is kept.
    Wait(ExecutionName, Arc<str>, oneshot::Receiver<()>),
    /// Read it.
    Get(ExecutionName),
    /// Read its tasks.
    Tasks(ExecutionName),
    /// Read all executions of the scope, newest first, until all of these were met.
    List(Scope, Vec<ExecutionName>),
}

/// An answer.
#[derive(Debug)]
pub enum ExecutionReply {
    /// To a wait.
    Waited(ExecutionName, Result<OperationView, Failure>),
    /// Nobody wanted to wait any longer.
    Unwanted,
    /// To a get.
    Got(ExecutionName, Result<ExecutionView, Failure>),
    /// To a read of tasks.
    Tasks(ExecutionName, Result<Vec<TaskView>, Failure>),
    /// To a list.
    Listed(Result<ExecutionsPage, Failure>),
}

/// The feed of one region's executions.
pub struct ExecutionFeed {
    scope: Scope,
    share: Share,
    /// Boxed: of a large table up to half the places are empty.
    polls: HashMap<ExecutionName, Box<Poll>>,
    budget: Budget,
    sight: Sight,
    listed: Option<Instant>,
    /// Pages of the last list.
    pages: u32,
    listing: bool,
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
            listed: None,
            pages: 0,
            listing: false,
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
        }
    }

    /// Read the results of its tasks.
    pub fn read_tasks(&mut self, name: &ExecutionName) {
        if let Some(poll) = self.polls.get_mut(name) {
            poll.tasks_wanted = true;
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

    /// How often one list reads them all; `None` where no list is needed.
    fn list_period(&self) -> Option<Duration> {
        let executions = self.polls.len();
        if executions > MANY {
            Some(LIST_MANY.max(LIST_PAGE * self.pages))
        } else if executions > FEW {
            let waits = self.polls.values().all(|poll| poll.ended() || poll.is_waiting());
            Some(if waits { CHECK } else { POLL })
        } else {
            (!self.lingering.is_empty()).then_some(CHECK)
        }
    }

    fn list_call(&mut self, now: Instant, allowed: Instant) -> Next<ExecutionCall> {
        let Some(period) = self.list_period().filter(|_| !self.listing) else {
            return Next::Idle;
        };
        let due = self.listed.map_or(now, |listed| listed + period).max(allowed);
        if due > now {
            return Next::At(due);
        }
        let open = self.polls.iter().filter(|(_, poll)| !poll.ended());
        let open: Vec<_> = open
            .map(|(name, _)| name)
            .chain(self.lingering.names())
            .cloned()
            .collect();
        if open.is_empty() {
            return Next::Idle;
        }
        self.listing = true;
        self.listed = Some(now);
        self.budget.spend(now);
        Next::Call(ExecutionCall::List(self.scope.clone(), open))
    }

    fn take_list(&mut self, now: Instant, list: ExecutionsPage) {
        self.pages = list.pages;
        self.budget.owe(list.pages.saturating_sub(1));
        let complete = list.is_complete();
        let mut seen = HashSet::new();
        for view in list.executions {
            seen.insert(view.name.clone());
            self.lingering.saw(&view);
            if let Some(poll) = self.polls.get_mut(&view.name) {
                poll.got(now, Ok(view));
            }
        }
        if complete {
            self.lingering.saw_all(&seen);
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
        let now = now.mono;
        let allowed = self
            .budget
            .ready_at(now)
            .max(self.sight.retry_at().unwrap_or(now));
        let by = match self.polls.len() {
            0..=FEW => Reading::Each,
            n if n <= MANY => Reading::Waits,
            _ => Reading::Listed,
        };
        let mut soonest = None;
        for (name, poll) in &mut self.polls {
            match poll.next(now, allowed, by) {
                Next::Call(call) => {
                    self.budget.spend(now);
                    return Next::Call(call.of(name));
                }
                Next::At(at) => soonest = Some(soonest.map_or(at, |other: Instant| other.min(at))),
                Next::Idle => {}
            }
        }
        match self.list_call(now, allowed) {
            Next::At(at) => soonest = Some(soonest.map_or(at, |other| other.min(at))),
            Next::Idle => {}
            call @ Next::Call(_) => return call,
        }
        soonest.map_or(Next::Idle, Next::At)
    }

    fn on_reply(&mut self, now: Moment, reply: ExecutionReply) {
        let now = now.mono;
        match reply {
            ExecutionReply::Waited(name, answer) => {
                // A wait that fails is no loss: the gets go on.
                if let Some(poll) = self.polls.get_mut(&name) {
                    poll.waited(now, answer);
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
            ExecutionReply::Listed(answer) => {
                self.listing = false;
                if let Ok(list) = self.judged(now, answer) {
                    self.take_list(now, list);
                }
            }
        }
    }

    fn perform(gcp: Gcp, call: ExecutionCall) -> LocalBoxFuture<'static, ExecutionReply> {
        async move {
            match call {
                ExecutionCall::Wait(name, operation, unwanted) => {
                    let wait = pin!(gcp.wait_operation(&operation, HOLD));
                    match select(wait, unwanted).await {
                        Either::Left((answer, _)) => {
                            ExecutionReply::Waited(name, answer.map_err(Failure::from))
                        }
                        Either::Right(_) => ExecutionReply::Unwanted,
                    }
                }
                ExecutionCall::Get(name) => {
                    let answer = gcp.get_execution(&name).await;
                    ExecutionReply::Got(name, answer.map_err(Failure::from))
                }
                ExecutionCall::Tasks(name) => {
                    let answer = gcp.list_tasks(&name).await;
                    ExecutionReply::Tasks(name, answer.map_err(Failure::from))
                }
                ExecutionCall::List(scope, wanted) => {
                    let mut open: HashSet<_> = wanted.into_iter().collect();
                    let any = RunJob::any_of(scope);
                    let answer = gcp.list_executions(&any, |view| {
                        open.remove(&view.name);
                        open.is_empty()
                    });
                    ExecutionReply::Listed(answer.await.map_err(Failure::from))
                }
            }
        }
        .boxed_local()
    }

    fn forget_in_flight(&mut self) {
        self.listing = false;
        self.polls.values_mut().for_each(|poll| poll.forget_in_flight());
    }

    fn give_up(&mut self, why: &str) {
        let health = self.sight.give_up(why);
        self.tell_health(Some(health));
    }
}

#[cfg(test)]
mod tests;
