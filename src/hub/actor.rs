//! The actor half of a hub: performs its feed's calls.

use std::time::Duration;

use actix::prelude::*;

use super::{Feed, Next, Port};
use crate::core::Moment;
use crate::gcp::Gcp;

/// Performs the calls of one feed. Holds nothing worth keeping.
pub struct HubActor<F: Feed> {
    port: Port<F>,
    gcp: Gcp,
    timer: Option<SpawnHandle>,
}

impl<F: Feed> std::fmt::Debug for HubActor<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HubActor({:?})", F::SOURCE)
    }
}

/// Answered as soon as the mailbox is read: the heartbeat.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Ping;

impl<F: Feed> HubActor<F> {
    /// An actor for this feed.
    pub fn new(port: Port<F>, gcp: Gcp) -> Self {
        Self {
            port,
            gcp,
            timer: None,
        }
    }

    fn moment(&self) -> Moment {
        self.gcp.moment()
    }

    /// Performs every call that is due and sets the timer for the next.
    fn pump(&mut self, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        loop {
            let now = self.moment();
            match self.port.change(|feed| feed.next(now)) {
                Next::Call(call) => self.perform(call, ctx),
                Next::At(at) => {
                    let wait = at
                        .saturating_duration_since(now.mono)
                        .max(Duration::from_millis(1));
                    self.timer = Some(ctx.run_later(wait, |hub, ctx| {
                        hub.timer = None;
                        hub.pump(ctx);
                    }));
                    return;
                }
                Next::Idle => return,
            }
        }
    }

    fn perform(&self, call: F::Call, ctx: &mut Context<Self>) {
        let request = F::perform(self.gcp.clone(), call).into_actor(self);
        ctx.spawn(request.map(|reply, hub: &mut Self, ctx| {
            let now = hub.moment();
            hub.port.change(|feed| feed.on_reply(now, reply));
            hub.pump(ctx);
        }));
    }

    fn listen(&self, ctx: &mut Context<Self>) {
        let port = self.port.clone();
        let asked = async move { port.asked().await }.into_actor(self);
        ctx.spawn(asked.map(|(), hub: &mut Self, ctx| {
            hub.listen(ctx);
            hub.pump(ctx);
        }));
    }
}

impl<F: Feed> Actor for HubActor<F> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.port.change(F::forget_in_flight);
        self.listen(ctx);
        self.pump(ctx);
    }
}

impl<F: Feed> Handler<Ping> for HubActor<F> {
    type Result = ();

    fn handle(&mut self, _: Ping, _: &mut Self::Context) {}
}
