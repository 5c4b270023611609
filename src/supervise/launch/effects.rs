//! Performs the judge's effects.

use actix::prelude::*;

use super::LaunchSupervisor;
use crate::core::event::EventKind;
use crate::core::ids::CustomJobName;
use crate::core::signal::{Effect, Signal};

impl LaunchSupervisor {
    pub(super) fn perform(&mut self, effect: Effect, ctx: &mut Context<Self>) {
        let now = self.now().mono;
        let id = self.spec.id.clone();
        let execution = self.runner.as_ref().map(|runner| runner.name.clone());
        match (effect, execution) {
            (Effect::Emit(kind), _) => self.emit(*kind),
            (Effect::WakeAt(at), _) => self.wake_at(at, ctx),
            (Effect::Finish, _) => self.end(ctx),
            (Effect::ConfirmLog, _) => self.ports.log.ask(|feed| feed.confirm(now)),
            (Effect::ListJobs { not_before }, _) => self.ports.job.ask(|feed| feed.list(&id, not_before)),
            (Effect::ExpectJob(expecting), _) => self.ports.job.ask(|feed| feed.expect(&id, expecting)),
            (Effect::ExpectItem(item), _) => self.ports.job.ask(|feed| feed.expect_item(&id, &item)),
            (Effect::Follow(name), _) => self.ports.job.change(|feed| feed.follow(&id, &name)),
            (Effect::FetchJob(name), _) => self.ports.job.ask(|feed| feed.fetch(&id, name)),
            (Effect::ReadExecution, Some(name)) => self.ports.execution.ask(|feed| feed.read_now(&name)),
            (Effect::ReadTasks, Some(name)) => self.ports.execution.ask(|feed| feed.read_tasks(&name)),
            (Effect::SweepLog { not_before }, Some(name)) => {
                self.ports.log.ask(|feed| feed.sweep(name.short(), not_before));
            }
            (Effect::Cancel { job }, _) => self.cancel(job, ctx),
            (Effect::ReadExecution | Effect::ReadTasks | Effect::SweepLog { .. }, None) => {}
        }
    }

    fn emit(&mut self, kind: EventKind) {
        if matches!(kind, EventKind::Verdict(_)) {
            self.ending.verdict_at = Some(self.now().mono);
        }
        self.tell(kind);
    }

    fn wake_at(&mut self, at: tokio::time::Instant, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        // A timer may fire a moment early by its own rounding; the rules compare with `>=`.
        let wait = at.saturating_duration_since(self.now().mono) + std::time::Duration::from_millis(1);
        self.timer = Some(ctx.run_later(wait, |supervisor, ctx| {
            supervisor.timer = None;
            supervisor.signal(Signal::Tick, ctx);
        }));
    }

    /// Cancels the execution, and the job if one is pinned: what was asked for on the command line.
    fn cancel(&mut self, job: Option<CustomJobName>, ctx: &mut Context<Self>) {
        let Some(runner) = &self.runner else { return };
        let (gcp, name, ended) = (self.world.gcp.clone(), runner.name.clone(), runner.ended);
        self.ending.cancels += 1;
        let both = async move {
            if !ended && let Err(error) = gcp.cancel_execution(&name).await {
                log::warn!("{error}");
            }
            if let Some(job) = job
                && let Err(error) = gcp.cancel_custom_job(&job).await
            {
                log::warn!("{error}");
            }
        };
        ctx.spawn(both.into_actor(self).map(|(), supervisor: &mut Self, ctx| {
            supervisor.ending.cancels -= 1;
            supervisor.finish_if_alone(ctx);
        }));
    }
}
