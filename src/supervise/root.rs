//! The root: holds every hub and every launch of a process, and lets launches begin.

mod admit;
mod cut_off;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use actix::prelude::*;
use futures_util::{Stream, StreamExt};
use tokio::sync::oneshot;

use super::hubs::Hubs;
use super::launch::{Interrupted, LaunchSupervisor, Told};
use super::link::{Exit, Link, spawn_monitored};
use super::outcome::LaunchEnd;
use super::plan::{Ends, Plan};
use super::world::World;
use crate::core::batch::{Admission, Turn};
use crate::core::signal::Interrupt;
use crate::core::spec::LaunchSpec;

/// How often the hubs' heartbeat is checked.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Signals to this process, as they come: the first stops every launch in good order, the second at once.
pub type Interrupts = std::pin::Pin<Box<dyn Stream<Item = Interrupt>>>;

/// The root actor.
pub(super) struct Root {
    pub(super) world: Rc<World>,
    pub(super) hubs: Hubs,
    /// As they are begun; a later try has a spec of its own.
    specs: Box<[Rc<LaunchSpec>]>,
    /// One of several launches was told what its job is known by: another's runner may take the item that it waits for.
    minds_others: bool,
    admission: Admission,
    launches: HashMap<Turn, Running>,
    /// How many supervisors were begun.
    begun: u64,
    /// Running launches whose runners have ended.
    without_runner: HashSet<Turn>,
    /// Wakes admission when a start may be sent again.
    timer: Option<SpawnHandle>,
    ends: Vec<LaunchEnd>,
    interrupted: bool,
    on_done: Option<oneshot::Sender<Ends>>,
}

struct Running {
    /// Tells this supervisor from an earlier one of the same turn: a start that was refused is begun again.
    serial: u64,
    addr: Addr<LaunchSupervisor>,
    _link: Link,
}

/// What a launch, or somebody who watches it, tells the root.
#[derive(Message)]
#[rtype(result = "()")]
enum News {
    /// What its supervisor tells.
    Told(Turn, Told),
    /// Its supervisor is gone.
    Down(Turn, u64, Exit),
    /// Its runner, which had outlived it, is gone.
    RunnerGone(Turn),
}

/// Supervises launches, all at once, until each has ended, or until a second signal. Their ends come in the order in which
/// they ended.
pub async fn supervise(
    world: Rc<World>,
    launches: Vec<LaunchSpec>,
    interrupts: Interrupts,
) -> Vec<LaunchEnd> {
    supervise_plan(world, Plan::of(launches), interrupts)
        .await
        .launches
}

/// Supervises a plan's launches, as many at once as it allows, until each has ended, or until a second signal.
pub async fn supervise_plan(world: Rc<World>, plan: Plan, interrupts: Interrupts) -> Ends {
    let (on_done, done) = oneshot::channel();
    let launches = plan.launches.len();
    let in_batch = launches > 1;
    let minds_others = in_batch && plan.launches.iter().any(|spec| spec.identity.is_given());
    let in_plan = |spec| Rc::new(LaunchSpec { in_batch, ..spec });
    let admission = Admission::new(plan.limits, &plan.lanes(), world.gcp.moment().mono);
    let root = Root {
        world,
        hubs: Hubs::default(),
        specs: plan.launches.into_iter().map(in_plan).collect(),
        minds_others,
        admission,
        launches: HashMap::new(),
        begun: 0,
        without_runner: HashSet::new(),
        timer: None,
        ends: Vec::with_capacity(launches),
        interrupted: false,
        on_done: Some(on_done),
    };
    let (addr, link) = spawn_monitored(root, |exit| {
        if exit != Exit::Normal {
            log::error!("the root went down: {exit}");
        }
    });
    let forward = async {
        let mut interrupts = interrupts;
        while let Some(interrupt) = interrupts.next().await {
            addr.do_send(Interrupted(interrupt));
        }
        std::future::pending::<()>().await;
    };
    let ends = tokio::select! {
        ends = done => ends.unwrap_or_default(),
        () = forward => Ends::default(),
    };
    drop(link);
    ends
}

impl Root {
    fn begin(&mut self, turn: Turn, ctx: &mut Context<Self>) {
        let mut spec = Rc::clone(&self.specs[turn.launch]);
        if spec.attempt != turn.attempt {
            spec = Rc::new(spec.later_try(turn.attempt));
        }
        let ports = self.ports(&spec, ctx);
        let root = ctx.address();
        let ear = Box::new(move |told| root.do_send(News::Told(turn, told)));
        let supervisor = LaunchSupervisor::new(Rc::clone(&self.world), ports, spec, ear);
        let root = ctx.address();
        self.begun += 1;
        let serial = self.begun;
        let (addr, link) = spawn_monitored(supervisor, move |exit| {
            root.do_send(News::Down(turn, serial, exit));
        });
        let running = Running {
            serial,
            addr,
            _link: link,
        };
        self.launches.insert(turn, running);
    }

    fn told(&mut self, turn: Turn, told: Told, ctx: &mut Context<Self>) {
        match told {
            Told::Started => self.admission.started(turn),
            Told::Crowded => self.admission.crowded(self.world.gcp.moment().mono, turn),
            Told::RunnerEnded => {
                self.without_runner.insert(turn);
                self.tell_alone();
            }
            Told::Ended(end) => self.ended(turn, *end, ctx),
        }
    }

    fn finish_if_done(&mut self, ctx: &mut Context<Self>) {
        if self.admission.is_done()
            && let Some(on_done) = self.on_done.take()
        {
            self.hubs = Hubs::default(); // drops their links: no request in flight outlives the last launch
            let left_out = self.admission.left_out();
            let _ = on_done.send(Ends {
                launches: std::mem::take(&mut self.ends),
                left_out: left_out
                    .iter()
                    .map(|turn| self.specs[turn.launch].id.clone())
                    .collect(),
            });
            ctx.stop();
        }
    }
}

impl Actor for Root {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(HEARTBEAT, Self::check_hubs);
        self.admit(ctx);
    }
}

impl Handler<News> for Root {
    type Result = ();

    fn handle(&mut self, news: News, ctx: &mut Self::Context) {
        match news {
            News::Told(turn, told) => self.told(turn, told, ctx),
            News::Down(turn, serial, exit) => {
                if self
                    .launches
                    .get(&turn)
                    .is_some_and(|running| running.serial == serial)
                {
                    let end = cut_off::bug(&self.specs[turn.launch], turn.attempt, &exit);
                    self.ended(turn, end, ctx);
                }
            }
            News::RunnerGone(turn) => {
                self.admission.runner_gone(turn);
                self.admit(ctx);
            }
        }
    }
}

impl Handler<Interrupted> for Root {
    type Result = ();

    fn handle(&mut self, interrupted: Interrupted, ctx: &mut Self::Context) {
        self.admission.stop();
        if std::mem::replace(&mut self.interrupted, true) {
            // At once: dropping the links kills every supervisor, and with it its children.
            let cut: Vec<Turn> = self.launches.drain().map(|(turn, _)| turn).collect();
            for turn in cut {
                let end = cut_off::abandoned(&self.specs[turn.launch], turn.attempt, interrupted.0);
                self.ended(turn, end, ctx);
            }
        } else {
            for running in self.launches.values() {
                running.addr.do_send(interrupted);
            }
        }
        self.finish_if_done(ctx);
    }
}
