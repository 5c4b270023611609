//! The actor half of a hub: performs its feed's calls.

use std::time::Duration;

use actix::prelude::*;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

use super::{Feed, Next, Port};
use crate::core::Moment;
use crate::gcp::Gcp;

/// Performs the calls of one feed. Holds nothing worth keeping.
///
/// Calls in flight are one stream: an actor looks at each future that it has spawned whenever it wakes, and most calls are
/// long polls, a hundred at once.
pub struct HubActor<F: Feed> {
    port: Port<F>,
    gcp: Gcp,
    /// Where calls go that are to be performed.
    calls: mpsc::UnboundedSender<F::Call>,
    /// The other end, until the actor starts.
    asked: Option<mpsc::UnboundedReceiver<F::Call>>,
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
        let (calls, asked) = mpsc::unbounded_channel();
        Self {
            port,
            gcp,
            calls,
            asked: Some(asked),
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
                // The other end lives as long as the actor.
                Next::Call(call) => drop(self.calls.send(call)),
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

    /// Performs what is asked, all at once: the feed's budget is what bounds it.
    fn perform(&mut self, ctx: &mut Context<Self>) {
        let Some(mut asked) = self.asked.take() else {
            return;
        };
        let gcp = self.gcp.clone();
        let calls = stream::poll_fn(move |cx| asked.poll_recv(cx));
        let replies = calls.map(move |call| F::perform(gcp.clone(), call));
        ctx.add_stream(replies.buffer_unordered(usize::MAX));
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
        self.perform(ctx);
        self.listen(ctx);
        self.pump(ctx);
    }
}

impl<F: Feed> StreamHandler<F::Reply> for HubActor<F> {
    fn handle(&mut self, reply: F::Reply, ctx: &mut Self::Context) {
        let now = self.moment();
        self.port.change(|feed| feed.on_reply(now, reply));
        self.pump(ctx);
    }
}

impl<F: Feed> Handler<Ping> for HubActor<F> {
    type Result = ();

    fn handle(&mut self, _: Ping, _: &mut Self::Context) {}
}
