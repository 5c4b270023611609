//! The actor half of a watcher: a mailbox between a hub and a supervisor.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix::prelude::*;

use super::Watch;
use super::chaos::Failing;
use crate::core::signal::Signal;
use crate::hub::actor::Ping;

/// What a watcher tells its supervisor.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Report<W: Watch> {
    /// What it learnt.
    pub signals: Vec<Signal>,
    /// Where a successor resumes.
    pub cursor: W::Cursor,
}

/// Delivered by the hub.
#[derive(Debug, Message)]
#[rtype(result = "()")]
struct Delivered<D: 'static>(D);

/// End of its own accord.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Stop;

/// Whether a watcher has read its mailbox since it was asked. A flag and no answer by message: an answer that is awaited
/// needs a timer and a task of its own.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<AtomicBool>);

impl Pulse {
    /// Whether it was felt since this was last asked.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn beat(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One watcher of one launch.
pub struct Watcher<W: Watch> {
    watch: W,
    supervisor: Recipient<Report<W>>,
    pulse: Pulse,
    failing: Option<Failing>,
}

impl<W: Watch> std::fmt::Debug for Watcher<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", W::NAME)
    }
}

impl<W: Watch> Watcher<W> {
    /// A watcher that reports to `supervisor`; its pulse beats for every [`Ping`].
    pub fn new(watch: W, supervisor: Recipient<Report<W>>, pulse: Pulse, failing: Option<Failing>) -> Self {
        Self {
            watch,
            supervisor,
            pulse,
            failing,
        }
    }

    #[expect(
        clippy::panic,
        reason = "chaos: the failure that supervision is rehearsed with"
    )]
    fn fail_if_told(&self, ctx: &mut Context<Self>) {
        match self.failing {
            Some(Failing::Panic | Failing::PanicOnce) => panic!("{} fails on purpose", W::NAME),
            Some(Failing::Hang) => ctx.wait(pending().into_actor(self)),
            None => {}
        }
    }
}

impl<W: Watch> Actor for Watcher<W> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let mailbox = ctx.address();
        self.watch
            .subscribe(Box::new(move |delivery| mailbox.do_send(Delivered(delivery))));
    }
}

impl<W: Watch> Handler<Delivered<W::Delivery>> for Watcher<W> {
    type Result = ();

    fn handle(&mut self, delivered: Delivered<W::Delivery>, ctx: &mut Self::Context) {
        self.fail_if_told(ctx);
        let signals = self.watch.on_delivery(delivered.0);
        // The cursor moves with every delivery, also with one that says nothing.
        self.supervisor.do_send(Report {
            signals,
            cursor: self.watch.cursor(),
        });
    }
}

impl<W: Watch> Handler<Ping> for Watcher<W> {
    type Result = ();

    fn handle(&mut self, _: Ping, _: &mut Self::Context) {
        self.pulse.beat();
    }
}

impl<W: Watch> Handler<Stop> for Watcher<W> {
    type Result = ();

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
