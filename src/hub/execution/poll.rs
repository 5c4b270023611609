//! How one execution is polled.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::turns::Reading;
use super::{CHECK, ExecutionCall, ExecutionDelivery, POLL};
use crate::core::execution::{ExecutionView, TaskView};
use crate::core::ids::ExecutionName;
use crate::gcp::{ErrorKind, OperationView};
use crate::hub::{Failure, Next, Sink};

/// A wait that returns sooner than this without an end did not hold.
const HELD: Duration = Duration::from_secs(5);
/// So many waits that do not hold, and gets do it alone.
const EARLY: u32 = 2;
/// A new execution may be invisible for this long: 404 is no deletion before.
const GRACE: Duration = Duration::from_mins(1);

/// The long poll's state.
#[derive(Debug, PartialEq, Eq)]
enum Wait {
    Ready,
    Held(Instant),
    Broken,
}

/// A request, before it is known for whom.
#[derive(Debug)]
pub(super) enum PollCall {
    Wait(Arc<str>, oneshot::Receiver<()>),
    Get,
    Tasks,
}

impl PollCall {
    pub(super) fn of(self, name: &ExecutionName) -> ExecutionCall {
        match self {
            Self::Wait(operation, unwanted) => ExecutionCall::Wait(name.clone(), operation, unwanted),
            Self::Get => ExecutionCall::Get(name.clone()),
            Self::Tasks => ExecutionCall::Tasks(name.clone()),
        }
    }
}

/// One execution's polling.
pub(super) struct Poll {
    pub(super) sink: Sink<ExecutionDelivery>,
    pub(super) read_now: bool,
    pub(super) tasks_wanted: bool,
    operation: Option<Arc<str>>,
    wait: Wait,
    /// Dropped with this, it ends the wait that is held: launches come and go faster than waits, of which a connection
    /// carries so many and no more.
    lease: Option<oneshot::Sender<()>>,
    early: u32,
    since: Instant,
    got: Option<Instant>,
    in_flight: InFlight,
    view: Option<Arc<ExecutionView>>,
    gone: bool,
}

/// What was sent for it and not answered yet, beside the wait.
#[derive(Default)]
struct InFlight {
    get: bool,
    tasks: bool,
}

impl Poll {
    pub(super) fn new(now: Instant, operation: Option<Arc<str>>, sink: Sink<ExecutionDelivery>) -> Self {
        let wait = if operation.is_some() {
            Wait::Ready
        } else {
            Wait::Broken
        };
        Self {
            sink,
            read_now: false,
            tasks_wanted: false,
            operation,
            wait,
            lease: None,
            early: 0,
            since: now,
            got: None,
            in_flight: InFlight::default(),
            view: None,
            gone: false,
        }
    }

    /// A restarted watcher: what is known, again.
    pub(super) fn resume(&mut self, sink: Sink<ExecutionDelivery>) {
        self.sink = sink;
        if let Some(view) = &self.view {
            (self.sink)(ExecutionDelivery::View(Arc::clone(view)));
        }
        if self.gone {
            (self.sink)(ExecutionDelivery::Gone);
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.gone || self.view.as_ref().is_some_and(|view| view.state.is_end())
    }

    /// It has a request to make, whoever reads the executions.
    pub(super) fn is_demanded(&self) -> bool {
        self.tasks_wanted || (self.read_now && !self.ended())
    }

    /// A long poll holds, or will.
    pub(super) fn is_waiting(&self) -> bool {
        self.wait != Wait::Broken
    }

    /// What to ask now. Where a list reads the executions, only demands go out one by one.
    pub(super) fn next(&mut self, now: Instant, allowed: Instant, by: Reading) -> Next<PollCall> {
        if self.tasks_wanted && !self.in_flight.tasks {
            return self.when(now, allowed, |poll| {
                poll.in_flight.tasks = true;
                PollCall::Tasks
            });
        }
        if self.ended() {
            return Next::Idle;
        }
        if by != Reading::Listed
            && self.wait == Wait::Ready
            && let Some(operation) = self.operation.clone()
        {
            return self.when(now, allowed, |poll| {
                let (lease, unwanted) = oneshot::channel();
                poll.wait = Wait::Held(now);
                poll.lease = Some(lease);
                PollCall::Wait(operation, unwanted)
            });
        }
        if self.in_flight.get || (by != Reading::Each && !self.read_now) {
            return Next::Idle;
        }
        let every = if matches!(self.wait, Wait::Held(_)) {
            CHECK
        } else {
            POLL
        };
        let last = self.got.unwrap_or(self.since);
        let due = if self.read_now { now } else { last + every };
        self.when(now, due.max(allowed), |poll| {
            poll.in_flight.get = true;
            poll.read_now = false;
            poll.got = Some(now);
            PollCall::Get
        })
    }

    fn when(
        &mut self,
        now: Instant,
        due: Instant,
        call: impl FnOnce(&mut Self) -> PollCall,
    ) -> Next<PollCall> {
        if due > now {
            Next::At(due)
        } else {
            Next::Call(call(self))
        }
    }

    pub(super) fn waited(&mut self, now: Instant, answer: Result<OperationView, Failure>) {
        let Wait::Held(begun) = self.wait else { return };
        let held = now.saturating_duration_since(begun) >= HELD;
        self.wait = Wait::Ready;
        match answer {
            Ok(operation) if operation.done => {
                // Done is not success, and may be an error without a view: the execution itself is the authority.
                self.read_now = true;
                self.wait = Wait::Broken;
                if let Some(view) = operation.execution {
                    self.got(now, Ok(view));
                }
            }
            Ok(_) if held => self.early = 0,
            Ok(_) | Err(_) => {
                self.early += 1;
                if self.early >= EARLY {
                    self.wait = Wait::Broken;
                }
            }
        }
    }

    pub(super) fn got(&mut self, now: Instant, answer: Result<ExecutionView, ErrorKind>) {
        self.in_flight.get = false;
        match answer {
            Ok(view) => {
                if self.view.as_deref() != Some(&view) {
                    let view = self.view.insert(Arc::new(view));
                    (self.sink)(ExecutionDelivery::View(Arc::clone(view)));
                }
            }
            Err(ErrorKind::NotFound) => {
                let young = now.saturating_duration_since(self.since) < GRACE;
                if self.view.is_some() || !young {
                    self.gone = true;
                    (self.sink)(ExecutionDelivery::Gone);
                }
            }
            Err(_) => {}
        }
    }

    pub(super) fn got_tasks(&mut self, tasks: Option<Vec<TaskView>>) {
        self.in_flight.tasks = false;
        if let Some(tasks) = tasks {
            self.tasks_wanted = false;
            (self.sink)(ExecutionDelivery::Tasks(tasks));
        }
    }

    pub(super) fn forget_in_flight(&mut self) {
        self.in_flight.get = false;
        self.in_flight.tasks = false;
        if matches!(self.wait, Wait::Held(_)) {
            self.wait = Wait::Ready;
        }
    }
}
