//! The supervisor of one launch: performs what the judge wants.
//!
//! It owns the launch's state ([`LaunchState`]), its three watchers and the cursors that their successors resume from. It
//! decides nothing: a message becomes a signal, the judge's effects are performed, and when the judge says so it stops its
//! children, waits until each is seen to be gone, and only then reports the launch's end.

mod children;
mod effects;
mod ending;
mod heart;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use jiff::Timestamp;

use super::bus::Who;
use super::hubs::Ports;
use super::outcome::LaunchEnd;
use super::start::{StartNews, start};
use super::world::World;
use crate::core::Moment;
use crate::core::decide::{LaunchState, execution_links};
use crate::core::event::{EventKind, LaunchStarted, Requested};
use crate::core::execution::ExecutionView;
use crate::core::ids::ExecutionName;
use crate::core::reader::judge_text;
use crate::core::signal::{Interrupt, Signal};
use crate::core::spec::{LaunchSpec, Target};
use crate::core::start::{StartEnd, StartFailure};
use crate::core::verdict::Started;

use children::Children;
use ending::Ending;

/// How often watchers that have done something are looked after.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// What a supervisor tells of its launch.
pub(super) enum Told {
    /// The runner was started, or found.
    Started,
    /// Cloud Run refused to start it for the rate or for too many executions.
    Crowded,
    /// Once: the runner has ended before the launch is over.
    RunnerEnded,
    /// Once: the launch is over and every child is gone.
    Ended(Box<LaunchEnd>),
}

/// Who hears of a launch from its supervisor.
pub(super) type Ear = Box<dyn Fn(Told)>;

/// The supervisor of one launch.
pub(super) struct LaunchSupervisor {
    world: Rc<World>,
    ports: Ports,
    spec: Rc<LaunchSpec>,
    who: Who,
    state: LaunchState,
    children: Children,
    runner: Option<Runner>,
    started: Started,
    failure: Option<Box<StartFailure>>,
    timer: Option<SpawnHandle>,
    /// A heartbeat is to come.
    beating: bool,
    ending: Ending,
    ear: Ear,
}

/// The execution of a launch, once there is one. What becomes of it is the judge's to know.
struct Runner {
    name: ExecutionName,
    created: Option<Timestamp>,
    /// It was over before this process came.
    ended: bool,
    /// What `jobs.run` answered with.
    operation: Option<Arc<str>>,
}

/// A signal from outside.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Interrupted(pub(super) Interrupt);

/// No other launch's runner is alive or to come.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Alone;

impl Message for StartNews {
    type Result = ();
}

impl LaunchSupervisor {
    pub(super) fn new(world: Rc<World>, ports: Ports, spec: Rc<LaunchSpec>, ear: Ear) -> Self {
        let begun = world.gcp.moment();
        let patterns = Rc::clone(&world.patterns);
        let classify = Rc::new(move |text: &str| judge_text(&patterns, text));
        Self {
            state: LaunchState::new(Rc::clone(&spec), classify, begun),
            who: Who {
                launch: spec.id.clone(),
                name: spec.name.clone(),
                begun: begun.mono,
                attempt: None,
            },
            children: Children::default(),
            runner: None,
            started: Started::No,
            failure: None,
            timer: None,
            beating: false,
            ending: Ending::new(),
            ear,
            world,
            ports,
            spec,
        }
    }

    fn now(&self) -> Moment {
        self.world.gcp.moment()
    }

    fn tell(&self, kind: EventKind) {
        let event = self.world.bus.emit(Some(&self.who), kind);
        self.world.journal.event(&self.spec.runner_id(), &event);
    }

    /// Feeds the judge and performs what it wants.
    fn signal(&mut self, signal: Signal, ctx: &mut Context<Self>) {
        let now = self.now();
        let had_ended = self.state.runner_has_ended();
        for effect in self.state.on(now, signal) {
            self.perform(effect, ctx);
        }
        if !had_ended && self.state.runner_has_ended() {
            (self.ear)(Told::RunnerEnded);
        }
    }

    fn tell_requested(&self) {
        let job = self.spec.target.job();
        self.tell(EventKind::LaunchRequested(Requested {
            job: job.to_string(),
            region: job.scope.region.clone(),
            vertex_project: self.spec.vertex.project.clone(),
            vertex_region: self.spec.vertex.region.clone(),
            until: self.spec.until,
            timeout_s: self.spec.timeout.map(|timeout| timeout.as_secs()),
            attach: !matches!(self.spec.target, Target::Start { .. }),
        }));
    }

    fn begin(&mut self, ctx: &mut Context<Self>) {
        self.tell_requested();
        let mailbox = ctx.address();
        let (gcp, journal) = (self.world.gcp.clone(), self.world.journal.clone());
        let starting = start(gcp, journal, Rc::clone(&self.spec), move |news| {
            mailbox.do_send(news);
        });
        ctx.spawn(starting.into_actor(self).map(|end, supervisor: &mut Self, ctx| {
            supervisor.on_start(end, ctx);
        }));
    }

    fn on_start(&mut self, end: StartEnd, ctx: &mut Context<Self>) {
        if self.ending.has_begun() {
            return;
        }
        match end {
            StartEnd::Running {
                execution,
                operation,
                adopted,
                bare,
            } => {
                self.started = Started::Yes;
                self.who.attempt = Some(self.spec.attempt);
                (self.ear)(Told::Started);
                self.supervise(execution, operation, adopted, bare, ctx);
            }
            StartEnd::Failed(failure) => {
                self.started = failure.started;
                // What is crowded out is begun again by the root.
                if !(self.spec.in_batch && failure.is_crowded_out()) {
                    self.tell(EventKind::NotStarted(failure.error()));
                }
                self.failure = Some(Box::new(failure));
                self.end(ctx);
            }
        }
    }

    fn supervise(
        &mut self,
        view: Arc<ExecutionView>,
        operation: Option<String>,
        adopted: bool,
        bare: bool,
        ctx: &mut Context<Self>,
    ) {
        let watched = !matches!(self.spec.target, Target::Start { .. });
        let mut notes = Vec::new();
        if bare {
            notes.push(
                "started without LIFTOFF_LAUNCH_ID: the permission run.jobs.runWithOverrides is missing, so this \
                 launch cannot be recognised by its id if sight is lost"
                    .to_owned(),
            );
        }
        self.runner = Some(Runner {
            name: view.name.clone(),
            created: view.create_time,
            ended: view.state.is_end(),
            operation: operation.map(Arc::from),
        });
        self.tell(EventKind::LaunchStarted(LaunchStarted {
            execution: view.name.clone(),
            attached: watched || adopted,
            links: execution_links(&view),
            notes,
        }));
        if self.spec.detach {
            return self.end(ctx);
        }
        self.start_children(ctx);
        self.signal(
            Signal::Started {
                execution: view,
                watched,
            },
            ctx,
        );
    }
}

impl Actor for LaunchSupervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.begin(ctx);
    }
}

impl Handler<Interrupted> for LaunchSupervisor {
    type Result = ();

    fn handle(&mut self, interrupted: Interrupted, ctx: &mut Self::Context) {
        self.signal(Signal::Interrupt(interrupted.0), ctx);
    }
}

impl Handler<Alone> for LaunchSupervisor {
    type Result = ();

    fn handle(&mut self, _: Alone, ctx: &mut Self::Context) {
        self.signal(Signal::Alone, ctx);
    }
}

impl Handler<StartNews> for LaunchSupervisor {
    type Result = ();

    fn handle(&mut self, news: StartNews, _: &mut Self::Context) {
        match news {
            StartNews::Sent => self.started = Started::Unknown,
            StartNews::Crowded => (self.ear)(Told::Crowded),
        }
    }
}
