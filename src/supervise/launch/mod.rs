//! The supervisor of one launch: performs what the judge wants.
//!
//! It owns the launch's state ([`LaunchState`]), its three watchers and the cursors that their successors resume from. It
//! decides nothing: a message becomes a signal, the judge's effects are performed, and when the judge says so it stops its
//! children, waits until each is seen to be gone, and only then reports the launch's end.

mod children;
mod effects;
mod ending;

use std::rc::Rc;
use std::time::Duration;

use actix::prelude::*;

use super::bus::Who;
use super::hubs::Ports;
use super::outcome::LaunchEnd;
use super::start::{StartNews, start};
use super::world::World;
use crate::core::Moment;
use crate::core::decide::{LaunchState, execution_links};
use crate::core::event::{EventKind, LaunchStarted, Requested};
use crate::core::execution::ExecutionView;
use crate::core::reader::judge_text;
use crate::core::signal::{Interrupt, Signal};
use crate::core::spec::{LaunchSpec, Target};
use crate::core::start::{StartEnd, StartFailure};
use crate::core::verdict::Started;

use children::Children;
use ending::Ending;

/// How often the watchers' heartbeat is checked.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Who hears of a launch from its supervisor.
pub(super) struct Ears {
    /// The runner was started, or found.
    pub(super) started: Box<dyn Fn()>,
    /// Cloud Run refused to start it for the rate or for too many executions.
    pub(super) crowded: Box<dyn Fn()>,
    /// Told once, when the runner has ended before the launch is over.
    pub(super) runner_ended: Box<dyn Fn()>,
    /// Told once, when the launch is over and every child is gone.
    pub(super) end: Option<Box<dyn FnOnce(LaunchEnd)>>,
}

/// The supervisor of one launch.
pub(super) struct LaunchSupervisor {
    world: Rc<World>,
    ports: Ports,
    spec: Rc<LaunchSpec>,
    who: Who,
    state: LaunchState,
    children: Children,
    /// The execution, once there is one; with the operation that `jobs.run` gave.
    execution: Option<(ExecutionView, Option<String>)>,
    started: Started,
    failure: Option<StartFailure>,
    timer: Option<SpawnHandle>,
    ending: Ending,
    ears: Ears,
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
    pub(super) fn new(world: Rc<World>, ports: Ports, spec: LaunchSpec, ears: Ears) -> Self {
        let begun = world.gcp.moment();
        let patterns = Rc::clone(&world.patterns);
        let classify = Rc::new(move |text: &str| judge_text(&patterns, text));
        let spec = Rc::new(spec);
        Self {
            state: LaunchState::new(Rc::clone(&spec), classify, begun),
            who: Who {
                launch: spec.id.clone(),
                name: spec.name.clone(),
                begun: begun.mono,
                attempt: None,
            },
            children: Children::new(&spec.id),
            execution: None,
            started: Started::No,
            failure: None,
            timer: None,
            ending: Ending::new(),
            ears,
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
            (self.ears.runner_ended)();
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
        let starting = start(gcp, journal, (*self.spec).clone(), move |news| {
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
                (self.ears.started)();
                self.supervise(&execution, operation, adopted, bare, ctx);
            }
            StartEnd::Failed(failure) => {
                self.started = failure.started;
                // What is crowded out is begun again by the root.
                if !(self.spec.in_batch && failure.is_crowded_out()) {
                    self.tell(EventKind::NotStarted(failure.error()));
                }
                self.failure = Some(failure);
                self.end(ctx);
            }
        }
    }

    fn supervise(
        &mut self,
        view: &ExecutionView,
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
        let first = Signal::Started {
            execution: Box::new(view.clone()),
            watched,
        };
        self.execution = Some((view.clone(), operation));
        self.tell(EventKind::LaunchStarted(LaunchStarted {
            execution: view.name.clone(),
            attached: watched || adopted,
            links: execution_links(view),
            notes,
        }));
        if self.spec.detach {
            return self.end(ctx);
        }
        self.start_children(ctx);
        ctx.run_interval(HEARTBEAT, Self::check_children);
        self.signal(first, ctx);
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
            StartNews::Crowded => (self.ears.crowded)(),
        }
    }
}
