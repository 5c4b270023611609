//! The hubs of a process: started for the scopes that its launches look at, restarted when they die.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use actix::prelude::*;

use super::link::{Exit, Link, spawn_linked};
use super::root::Root;
use super::world::World;
use crate::core::ids::Scope;
use crate::core::policy::{Decision, RestartWindow};
use crate::core::spec::LaunchSpec;
use crate::hub::actor::{HubActor, Ping};
use crate::hub::execution::ExecutionFeed;
use crate::hub::job::JobFeed;
use crate::hub::log::LogFeed;
use crate::hub::{Feed, Port};

/// A hub may die this often within a minute.
const INTENSITY: usize = 5;
const PERIOD: Duration = Duration::from_mins(1);
/// A hub that has not read its mailbox for this long hangs.
pub(super) const SILENCE: Duration = Duration::from_secs(10);

/// The ports through which one launch looks.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    pub(super) log: Port<LogFeed>,
    pub(super) execution: Port<ExecutionFeed>,
    pub(super) job: Port<JobFeed>,
}

/// One hub: its port, which outlives every incarnation of its actor, and the present one.
struct Slot<F: Feed> {
    port: Port<F>,
    addr: Addr<HubActor<F>>,
    link: Option<Link>,
    restarts: RestartWindow,
}

/// All hubs.
#[derive(Default)]
pub(super) struct Hubs {
    log: HashMap<String, Slot<LogFeed>>,
    execution: HashMap<Scope, Slot<ExecutionFeed>>,
    job: HashMap<Scope, Slot<JobFeed>>,
}

/// A feed that [`Hubs`] keeps.
trait Kept: Feed + Sized {
    type Key: Eq + Hash + Clone + 'static;
    fn slots(hubs: &mut Hubs) -> &mut HashMap<Self::Key, Slot<Self>>;
    fn fresh(key: &Self::Key, world: &World) -> Self;
}

impl Kept for LogFeed {
    type Key = String;

    fn slots(hubs: &mut Hubs) -> &mut HashMap<String, Slot<Self>> {
        &mut hubs.log
    }

    fn fresh(project: &String, world: &World) -> Self {
        Self::new(
            project.clone(),
            world.quota.logging_share(),
            world.gcp.moment().mono,
        )
    }
}

impl Kept for ExecutionFeed {
    type Key = Scope;

    fn slots(hubs: &mut Hubs) -> &mut HashMap<Scope, Slot<Self>> {
        &mut hubs.execution
    }

    fn fresh(scope: &Scope, world: &World) -> Self {
        Self::new(scope.clone(), world.quota.run_share(), world.gcp.moment().mono)
    }
}

impl Kept for JobFeed {
    type Key = Scope;

    fn slots(hubs: &mut Hubs) -> &mut HashMap<Scope, Slot<Self>> {
        &mut hubs.job
    }

    fn fresh(scope: &Scope, world: &World) -> Self {
        Self::new(scope.clone(), world.quota.vertex_share(), world.gcp.moment().mono)
    }
}

impl Root {
    /// The ports for a launch; starts the hubs that are not there yet.
    pub(super) fn ports(&mut self, spec: &LaunchSpec, ctx: &mut Context<Self>) -> Ports {
        let scope = &spec.target.job().scope;
        Ports {
            log: self.port::<LogFeed>(scope.project.clone(), ctx),
            execution: self.port::<ExecutionFeed>(scope.clone(), ctx),
            job: self.port::<JobFeed>(spec.vertex.clone(), ctx),
        }
    }

    /// The port to Cloud Run in one project and region.
    pub(super) fn execution_port(&mut self, scope: &Scope, ctx: &mut Context<Self>) -> Port<ExecutionFeed> {
        self.port::<ExecutionFeed>(scope.clone(), ctx)
    }

    /// Stops watching runners that have outlived their launches.
    pub(super) fn forget_lingering(&mut self) {
        for slot in self.hubs.execution.values() {
            slot.port.change(ExecutionFeed::forget_lingering);
        }
    }

    fn port<F: Kept>(&mut self, key: F::Key, ctx: &mut Context<Self>) -> Port<F> {
        if let Some(slot) = F::slots(&mut self.hubs).get(&key) {
            return slot.port.clone();
        }
        let port = Port::new(F::fresh(&key, &self.world));
        let (addr, link) = self.start_hub(&port, key.clone(), ctx);
        let restarts = RestartWindow::new(INTENSITY, PERIOD, F::SOURCE);
        let slot = Slot {
            port: port.clone(),
            addr,
            link: Some(link),
            restarts,
        };
        F::slots(&mut self.hubs).insert(key, slot);
        port
    }

    fn start_hub<F: Kept>(
        &self,
        port: &Port<F>,
        key: F::Key,
        ctx: &mut Context<Self>,
    ) -> (Addr<HubActor<F>>, Link) {
        let actor = HubActor::new(port.clone(), self.world.gcp.clone());
        spawn_linked(actor, self, ctx, move |exit, root, ctx| {
            root.hub_down::<F>(&key, &exit, ctx);
        })
    }

    fn hub_down<F: Kept>(&mut self, key: &F::Key, exit: &Exit, ctx: &mut Context<Self>) {
        let Some(slot) = F::slots(&mut self.hubs).get_mut(key) else {
            return;
        };
        slot.link = None;
        let now = self.world.gcp.moment().mono;
        log::warn!("the {} hub went down: {exit}", F::SOURCE.service());
        match slot.restarts.on_failure(now) {
            Decision::RestartAfter(delay) => {
                let key = key.clone();
                ctx.run_later(delay, move |root, ctx| root.restart_hub::<F>(&key, ctx));
            }
            Decision::Escalate => {
                let why = format!(
                    "its reader failed {} times in a minute; last: {exit}",
                    INTENSITY + 1
                );
                slot.port.change(|feed| feed.give_up(&why));
            }
        }
    }

    fn restart_hub<F: Kept>(&mut self, key: &F::Key, ctx: &mut Context<Self>) {
        let Some(slot) = F::slots(&mut self.hubs).get(key) else {
            return;
        };
        let port = slot.port.clone();
        let (addr, link) = self.start_hub(&port, key.clone(), ctx);
        if let Some(slot) = F::slots(&mut self.hubs).get_mut(key) {
            slot.addr = addr;
            slot.link = Some(link);
        }
    }

    /// Pings every hub; one that does not answer is killed, and then restarted like any that died.
    pub(super) fn check_hubs(&mut self, ctx: &mut Context<Self>) {
        self.check::<LogFeed>(ctx);
        self.check::<ExecutionFeed>(ctx);
        self.check::<JobFeed>(ctx);
    }

    fn check<F: Kept>(&mut self, ctx: &mut Context<Self>) {
        let slots: Vec<_> = F::slots(&mut self.hubs)
            .iter()
            .map(|(k, s)| (k.clone(), s.addr.clone()))
            .collect();
        for (key, addr) in slots {
            let pinged = addr.clone();
            let answered = async move { tokio::time::timeout(SILENCE, pinged.send(Ping)).await.is_ok() };
            ctx.spawn(
                answered
                    .into_actor(self)
                    .map(move |answered, root: &mut Self, _| {
                        let slot = F::slots(&mut root.hubs)
                            .get_mut(&key)
                            .filter(|slot| slot.addr == addr);
                        if let Some(slot) = slot.filter(|_| !answered) {
                            slot.link = None; // dropping it kills the actor; its exit brings the restart
                        }
                    }),
            );
        }
    }
}
