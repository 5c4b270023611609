//! How a launch ends: children stopped and seen to be gone, then its end reported, once.

use std::time::Duration;

use actix::prelude::*;
use tokio::time::Instant;

use super::{LaunchSupervisor, Runner, Told};
use crate::core::ids::ExecutionName;
use crate::supervise::outcome::LaunchEnd;

/// Children get this long to stop of their own accord.
const GRACE: Duration = Duration::from_secs(2);

/// The end of a launch, before and while it happens.
pub(super) struct Ending {
    begun: bool,
    told: bool,
    /// Cancels that were asked for and are under way.
    pub(super) cancels: usize,
    pub(super) verdict_at: Option<Instant>,
}

impl Ending {
    pub(super) fn new() -> Self {
        Self {
            begun: false,
            told: false,
            cancels: 0,
            verdict_at: None,
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }
}

impl LaunchSupervisor {
    /// Begins the end: nothing is read for this launch any more.
    pub(super) fn end(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.ending.begun, true) {
            return;
        }
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        self.unsubscribe();
        self.children.stop();
        ctx.run_later(GRACE, |supervisor, _| supervisor.children.kill());
        self.finish_if_alone(ctx);
    }

    fn unsubscribe(&self) {
        let now = self.now().mono;
        if let Some(Runner { name, .. }) = &self.runner {
            self.ports.log.ask(|feed| feed.unsubscribe(now, name.short()));
            self.ports.execution.ask(|feed| feed.unsubscribe(now, name));
        }
        self.ports.job.ask(|feed| feed.unsubscribe(now, &self.spec.id));
    }

    /// Reports the end once every child is gone and every cancel is answered.
    pub(super) fn finish_if_alone(&mut self, ctx: &mut Context<Self>) {
        if !self.ending.begun || self.ending.cancels > 0 || !self.children.are_gone() {
            return;
        }
        if std::mem::replace(&mut self.ending.told, true) {
            return;
        }
        let at = self.ending.verdict_at.unwrap_or_else(|| self.now().mono);
        let elapsed = at.saturating_duration_since(self.who.begun);
        let end = LaunchEnd {
            launch: self.spec.id.to_string(),
            name: self.spec.name.clone(),
            attempt: self.spec.attempt,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            verdict: self.state.verdict().cloned(),
            failure: self.failure.as_deref().cloned(),
            started: self.started,
            runner: self.living_runner(),
        };
        self.record(&end);
        (self.ear)(Told::Ended(Box::new(end)));
        ctx.stop();
    }

    /// Records the end. A launch that Cloud Run had no room for is still to be launched.
    fn record(&self, end: &LaunchEnd) {
        let (journal, runner) = (&self.world.journal, self.spec.runner_id());
        if end.is_crowded_out() {
            journal.withdrawn(&runner);
        } else {
            journal.ended(&runner, end.record(self.now().wall));
        }
    }

    /// The execution, unless it is known to have ended.
    fn living_runner(&self) -> Option<ExecutionName> {
        let runner = self.runner.as_ref()?;
        let ended = runner.ended || self.state.runner_has_ended();
        (!ended).then(|| runner.name.clone())
    }
}
