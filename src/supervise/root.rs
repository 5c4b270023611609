//! The root: holds every hub and every launch of a process.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use actix::prelude::*;
use futures_util::{Stream, StreamExt};
use tokio::sync::oneshot;

use super::hubs::Hubs;
use super::launch::{Interrupted, LaunchSupervisor};
use super::link::{Exit, Link, spawn_monitored};
use super::outcome::LaunchEnd;
use super::world::World;
use crate::core::ids::LaunchId;
use crate::core::signal::Interrupt;
use crate::core::spec::LaunchSpec;
use crate::core::start::StartFailure;
use crate::core::verdict::{Started, exit};

/// How often the hubs' heartbeat is checked.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Signals to this process, as they come: the first stops every launch in good order, the second at once.
pub type Interrupts = std::pin::Pin<Box<dyn Stream<Item = Interrupt>>>;

/// The root actor.
pub(super) struct Root {
    pub(super) world: Rc<World>,
    pub(super) hubs: Hubs,
    launches: HashMap<LaunchId, Running>,
    ends: Vec<LaunchEnd>,
    interrupted: bool,
    on_done: Option<oneshot::Sender<Vec<LaunchEnd>>>,
}

struct Running {
    addr: Addr<LaunchSupervisor>,
    _link: Link,
}

/// Start these.
#[derive(Message)]
#[rtype(result = "()")]
struct Begin(Vec<LaunchSpec>);

/// A launch is over.
#[derive(Message)]
#[rtype(result = "()")]
struct Ended(LaunchId, LaunchEnd);

/// A launch's supervisor is gone.
#[derive(Message)]
#[rtype(result = "()")]
struct Down(LaunchId, Exit);

/// Supervises launches until each has ended, or until a second signal. Their ends come in the order in which they ended.
pub async fn supervise(world: Rc<World>, specs: Vec<LaunchSpec>, interrupts: Interrupts) -> Vec<LaunchEnd> {
    let (on_done, done) = oneshot::channel();
    let root = Root {
        world,
        hubs: Hubs::default(),
        launches: HashMap::new(),
        ends: Vec::new(),
        interrupted: false,
        on_done: Some(on_done),
    };
    let (addr, link) = spawn_monitored(root, |exit| {
        if exit != Exit::Normal {
            log::error!("the root went down: {exit}");
        }
    });
    addr.do_send(Begin(specs));
    let forward = async {
        let mut interrupts = interrupts;
        while let Some(interrupt) = interrupts.next().await {
            addr.do_send(Interrupted(interrupt));
        }
        std::future::pending::<()>().await;
    };
    let ends = tokio::select! {
        ends = done => ends.unwrap_or_default(),
        () = forward => Vec::new(),
    };
    drop(link);
    ends
}

impl Root {
    fn begin(&mut self, spec: LaunchSpec, ctx: &mut Context<Self>) {
        let ports = self.ports(&spec, ctx);
        let id = spec.id.clone();
        let (root, ended) = (ctx.address(), id.clone());
        let on_end = Box::new(move |end| root.do_send(Ended(ended, end)));
        let supervisor = LaunchSupervisor::new(Rc::clone(&self.world), ports, spec, on_end);
        let (root, down) = (ctx.address(), id.clone());
        let (addr, link) = spawn_monitored(supervisor, move |exit| root.do_send(Down(down, exit)));
        self.launches.insert(id, Running { addr, _link: link });
    }

    fn finish_if_done(&mut self, ctx: &mut Context<Self>) {
        if self.launches.is_empty()
            && let Some(on_done) = self.on_done.take()
        {
            self.hubs = Hubs::default(); // drops their links: no request in flight outlives the last launch
            let _ = on_done.send(std::mem::take(&mut self.ends));
            ctx.stop();
        }
    }

    /// A supervisor that died without an end is a bug of ours; the launch itself may be well.
    fn bug(id: &LaunchId, exit: &Exit) -> LaunchEnd {
        let message = format!("the supervisor of launch {id} failed: {exit}");
        let hint = "This is a bug in Liftoff; the runner may go on. Please report it with the output of -v";
        Self::cut_off(id, "bug", exit::BUG, message, hint)
    }

    /// The second signal cuts a launch off while it still ends.
    fn abandoned(id: &LaunchId, signal: Interrupt) -> LaunchEnd {
        let message = format!("launch {id} was abandoned at the second signal; the runner may go on");
        let hint =
            "Look for it: gcloud run jobs executions list --job=JOB --region=REGION; then liftoff watch";
        Self::cut_off(id, "interrupted", signal.exit_code(), message, hint)
    }

    /// The end of a launch whose supervisor cannot tell it.
    fn cut_off(id: &LaunchId, kind: &'static str, exit_code: u8, message: String, hint: &str) -> LaunchEnd {
        let started = Started::Unknown;
        let failure = StartFailure {
            kind,
            message,
            hint: Some(hint.to_owned()),
            exit_code,
            started,
        };
        LaunchEnd {
            launch: id.to_string(),
            name: None,
            elapsed_ms: 0,
            verdict: None,
            failure: Some(failure),
            started,
        }
    }
}

impl Actor for Root {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(HEARTBEAT, Self::check_hubs);
    }
}

impl Handler<Begin> for Root {
    type Result = ();

    fn handle(&mut self, begin: Begin, ctx: &mut Self::Context) {
        for spec in begin.0 {
            self.begin(spec, ctx);
        }
        self.finish_if_done(ctx);
    }
}

impl Handler<Ended> for Root {
    type Result = ();

    fn handle(&mut self, Ended(id, end): Ended, ctx: &mut Self::Context) {
        self.ends.push(end);
        self.launches.remove(&id);
        self.finish_if_done(ctx);
    }
}

impl Handler<Down> for Root {
    type Result = ();

    fn handle(&mut self, Down(id, exit): Down, ctx: &mut Self::Context) {
        if self.launches.remove(&id).is_some() {
            self.ends.push(Self::bug(&id, &exit));
            self.finish_if_done(ctx);
        }
    }
}

impl Handler<Interrupted> for Root {
    type Result = ();

    fn handle(&mut self, interrupted: Interrupted, ctx: &mut Self::Context) {
        if std::mem::replace(&mut self.interrupted, true) {
            // At once: dropping the links kills every supervisor, and with it its children.
            let cut: Vec<LaunchId> = self.launches.drain().map(|(id, _)| id).collect();
            self.ends
                .extend(cut.iter().map(|id| Self::abandoned(id, interrupted.0)));
            return self.finish_if_done(ctx);
        }
        for running in self.launches.values() {
            running.addr.do_send(interrupted);
        }
    }
}
