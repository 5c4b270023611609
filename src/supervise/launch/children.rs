//! The three watchers of a launch: started, heard, restarted, given up.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, Waker};
use std::time::Duration;

use actix::prelude::*;

use super::heart::{Beat, Heart};
use super::{HEARTBEAT, LaunchSupervisor};
use crate::core::policy::{Decision, RestartWindow};
use crate::core::signal::Signal;
use crate::core::source::Health;
use crate::hub::actor::Ping;
use crate::hub::job::JobSubscription;
use crate::hub::log::LogSubscription;
use crate::supervise::link::{Exit, Held, spawn_held};
use crate::watch::actor::{Pulse, Report, Stop, Watcher};
use crate::watch::{ExecutionWatch, LogWatch, VertexWatch, Watch};

/// A watcher may die this often within a minute.
const INTENSITY: usize = 3;
const PERIOD: Duration = Duration::from_mins(1);

/// One watcher's place.
pub(super) struct Slot<W: Watch> {
    cursor: Option<W::Cursor>,
    addr: Option<Addr<Watcher<W>>>,
    held: Option<Held>,
    /// Since its first death.
    restarts: Option<Box<RestartWindow>>,
    lives: u32,
    heart: Heart,
    /// Its death was told, and not yet that its successor is well.
    ailing: bool,
}

impl<W: Watch> Default for Slot<W> {
    fn default() -> Self {
        Self {
            cursor: None,
            addr: None,
            held: None,
            restarts: None,
            lives: 0,
            heart: Heart::new(Pulse::default()),
            ailing: false,
        }
    }
}

/// All three.
#[derive(Default)]
pub(super) struct Children {
    log: Slot<LogWatch>,
    execution: Slot<ExecutionWatch>,
    vertex: Slot<VertexWatch>,
    /// Wakes [`Exits`].
    waker: Option<Waker>,
}

impl Children {
    /// Asks every living one to stop.
    pub(super) fn stop(&self) {
        stop(&self.log);
        stop(&self.execution);
        stop(&self.vertex);
    }

    /// Kills whoever did not.
    pub(super) fn kill(&self) {
        kill(&self.log);
        kill(&self.execution);
        kill(&self.vertex);
    }

    /// Whether all are gone.
    pub(super) fn are_gone(&self) -> bool {
        self.log.addr.is_none() && self.execution.addr.is_none() && self.vertex.addr.is_none()
    }
}

fn stop<W: Watch>(slot: &Slot<W>) {
    if let Some(addr) = &slot.addr {
        addr.do_send(Stop);
    }
}

fn kill<W: Watch>(slot: &Slot<W>) {
    if let Some(held) = &slot.held {
        held.kill();
    }
}

/// A heartbeat of one watcher: whether it needs another.
fn check<W: Watch>(slot: &mut Slot<W>) -> bool {
    let Some(addr) = &slot.addr else { return false };
    let beat = slot.heart.beat();
    match beat {
        Beat::Rest | Beat::Wait => {}
        Beat::Ping => addr.do_send(Ping),
        Beat::Kill => kill(slot), // its exit brings the restart
    }
    beat != Beat::Rest
}

/// A watcher that a launch has: where it is kept, how it is made, how its reports are acknowledged.
pub(super) trait Child: Watch + Sized {
    fn slot(children: &mut Children) -> &mut Slot<Self>;
    fn make(supervisor: &LaunchSupervisor, cursor: Option<Self::Cursor>) -> Option<Self>;
    fn acknowledge(_: &LaunchSupervisor, _: &Self::Cursor) {}
}

impl Child for LogWatch {
    fn slot(children: &mut Children) -> &mut Slot<Self> {
        &mut children.log
    }

    fn make(supervisor: &LaunchSupervisor, cursor: Option<Self::Cursor>) -> Option<Self> {
        let runner = supervisor.runner.as_ref()?;
        let subscription = LogSubscription {
            execution: runner.name.clone(),
            from: runner.created.unwrap_or_else(|| supervisor.now().wall),
            after: 0,
        };
        let (world, ports) = (&supervisor.world, &supervisor.ports);
        let cursor = cursor.unwrap_or_default();
        let (port, gcp, patterns) = (ports.log.clone(), world.gcp.clone(), world.patterns.clone());
        Some(Self::new(port, gcp, patterns, subscription, cursor, world.lines))
    }

    fn acknowledge(supervisor: &LaunchSupervisor, cursor: &Self::Cursor) {
        if let Some(runner) = &supervisor.runner {
            supervisor
                .ports
                .log
                .change(|feed| feed.acknowledge(runner.name.short(), cursor.seq));
        }
    }
}

impl Child for ExecutionWatch {
    fn slot(children: &mut Children) -> &mut Slot<Self> {
        &mut children.execution
    }

    fn make(supervisor: &LaunchSupervisor, _: Option<()>) -> Option<Self> {
        let runner = supervisor.runner.as_ref()?;
        let (port, gcp) = (supervisor.ports.execution.clone(), supervisor.world.gcp.clone());
        Some(Self::new(
            port,
            gcp,
            runner.name.clone(),
            runner.operation.clone(),
        ))
    }
}

impl Child for VertexWatch {
    fn slot(children: &mut Children) -> &mut Slot<Self> {
        &mut children.vertex
    }

    fn make(supervisor: &LaunchSupervisor, _: Option<()>) -> Option<Self> {
        let runner = supervisor.runner.as_ref()?;
        let subscription = JobSubscription {
            launch: supervisor.spec.id.clone(),
            runner: supervisor.state.runner_id().map(Arc::from),
            execution: Arc::clone(&runner.name.execution),
            from: runner.created.unwrap_or_else(|| supervisor.now().wall),
            identity: supervisor.spec.identity.clone(),
        };
        Some(Self::new(
            supervisor.ports.job.clone(),
            supervisor.world.gcp.clone(),
            subscription,
        ))
    }
}

impl LaunchSupervisor {
    pub(super) fn start_children(&mut self, ctx: &mut Context<Self>) {
        ctx.spawn(Exits);
        self.start_child::<LogWatch>(ctx);
        self.start_child::<ExecutionWatch>(ctx);
        self.start_child::<VertexWatch>(ctx);
    }

    fn start_child<W: Child>(&mut self, ctx: &mut Context<Self>) {
        if self.ending.has_begun() {
            return;
        }
        let cursor = W::slot(&mut self.children).cursor.clone();
        let Some(watch) = W::make(self, cursor) else {
            return;
        };
        let failing = self.world.chaos.of(W::SOURCE, W::slot(&mut self.children).lives);
        let pulse = Pulse::default();
        let watcher = Watcher::new(watch, ctx.address().recipient(), pulse.clone(), failing);
        let (addr, held) = spawn_held(watcher);
        let slot = W::slot(&mut self.children);
        slot.lives += 1;
        slot.heart = Heart::new(pulse);
        slot.addr = Some(addr);
        slot.held = Some(held);
        if let Some(waker) = &self.children.waker {
            waker.wake_by_ref();
        }
        self.look_after(ctx);
    }

    fn hear_exit<W: Child>(&mut self, ctx: &mut Context<Self>, task: &mut task::Context<'_>) {
        let held = W::slot(&mut self.children).held.as_mut();
        if let Some(Poll::Ready(exit)) = held.map(|held| held.poll_exit(task)) {
            self.child_down::<W>(&exit, ctx);
        }
    }

    fn child_down<W: Child>(&mut self, exit: &Exit, ctx: &mut Context<Self>) {
        let now = self.now().mono;
        let slot = W::slot(&mut self.children);
        slot.addr = None;
        slot.held = None;
        if self.ending.has_begun() {
            return self.finish_if_alone(ctx);
        }
        log::warn!("{} of {}: {exit}", W::NAME, self.spec.id);
        slot.ailing = true;
        let restarts = slot.restarts.get_or_insert_with(|| {
            Box::new(RestartWindow::new(INTENSITY, PERIOD, (&self.spec.id, W::SOURCE)))
        });
        let health = match restarts.on_failure(now) {
            Decision::RestartAfter(delay) => {
                ctx.run_later(delay, Self::start_child::<W>);
                Health::Failing(format!("{} was restarted: {exit}", W::NAME))
            }
            Decision::Escalate => {
                let deaths = INTENSITY + 1;
                Health::Lost(format!(
                    "{} failed {deaths} times within a minute; last: {exit}",
                    W::NAME
                ))
            }
        };
        self.signal(Signal::Health(W::SOURCE, health), ctx);
    }

    /// Has a heartbeat later: a watcher has done something.
    fn look_after(&mut self, ctx: &mut Context<Self>) {
        if !std::mem::replace(&mut self.beating, true) {
            ctx.run_later(HEARTBEAT, Self::check_children);
        }
    }

    /// Pings the watchers that have done something; one that does not answer is killed, and then restarted like any that
    /// died. The next heartbeat is for those that are still to answer.
    fn check_children(&mut self, ctx: &mut Context<Self>) {
        self.beating = false;
        let children = &mut self.children;
        let needs = [
            check(&mut children.log),
            check(&mut children.execution),
            check(&mut children.vertex),
        ];
        if needs.contains(&true) {
            self.look_after(ctx);
        }
    }

    fn heard<W: Child>(&mut self, report: Report<W>, ctx: &mut Context<Self>) {
        W::acknowledge(self, &report.cursor);
        let slot = W::slot(&mut self.children);
        slot.cursor = Some(report.cursor);
        slot.heart.stir();
        if std::mem::take(&mut slot.ailing) {
            self.signal(Signal::Health(W::SOURCE, Health::Answering), ctx);
        }
        for signal in report.signals {
            self.signal(signal, ctx);
        }
        self.look_after(ctx);
    }
}

/// Hears how watchers end: one future for all three. Whatever one of them sent before arrives before.
struct Exits;

impl ActorFuture<LaunchSupervisor> for Exits {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        supervisor: &mut LaunchSupervisor,
        ctx: &mut Context<LaunchSupervisor>,
        task: &mut task::Context<'_>,
    ) -> Poll<()> {
        supervisor.children.waker = Some(task.waker().clone());
        supervisor.hear_exit::<LogWatch>(ctx, task);
        supervisor.hear_exit::<ExecutionWatch>(ctx, task);
        supervisor.hear_exit::<VertexWatch>(ctx, task);
        Poll::Pending
    }
}

impl<W: Child> Handler<Report<W>> for LaunchSupervisor {
    type Result = ();

    fn handle(&mut self, report: Report<W>, ctx: &mut Self::Context) {
        self.heard(report, ctx);
    }
}
