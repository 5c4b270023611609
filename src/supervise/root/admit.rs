//! Performs admission: lets launches begin, hears of their ends, and keeps an eye on runners that outlive them.

use actix::prelude::*;

use super::{News, Root};
use crate::core::batch::{Ended, Fate, Turn};
use crate::core::ids::ExecutionName;
use crate::supervise::launch::Alone;
use crate::supervise::outcome::LaunchEnd;

impl Root {
    /// Begins every launch whose turn it is, and sets the timer for the next.
    pub(super) fn admit(&mut self, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        let now = self.world.gcp.moment().mono;
        while let Some(turn) = self.admission.next(now) {
            self.begin(turn, ctx);
        }
        if let Some(due) = self.admission.due(now) {
            let wait = due.saturating_duration_since(now) + std::time::Duration::from_millis(1);
            self.timer = Some(ctx.run_later(wait, |root, ctx| {
                root.timer = None;
                root.admit(ctx);
            }));
        }
        if !self.minds_runners() {
            self.forget_lingering(); // nobody waits for their slots any more
        }
        self.tell_alone();
        self.finish_if_done(ctx);
    }

    /// A try is over: it stands, or another one follows.
    pub(super) fn ended(&mut self, turn: Turn, end: LaunchEnd, ctx: &mut Context<Self>) {
        self.launches.remove(&turn);
        let now = self.world.gcp.moment().mono;
        let runner = end.runner.clone();
        let how = Ended {
            exit_code: end.exit_code(),
            category: end
                .verdict
                .as_ref()
                .and_then(|verdict| verdict.category.as_deref()),
            alive: runner.is_some(),
            crowded: end.is_crowded_out(),
        };
        if self.admission.ended(now, turn, &how) == Fate::Final {
            self.ends.push(end);
        }
        self.without_runner.remove(&turn);
        if let Some(runner) = runner
            && self.minds_runners()
        {
            self.linger(turn, runner, ctx);
        }
        self.admit(ctx);
    }

    /// Whether it matters to anyone that a runner is alive: its slot is wanted, or it may take an item that is waited for.
    fn minds_runners(&self) -> bool {
        self.admission.is_wanting() || self.minds_others
    }

    /// Tells the launches that wait for other launches' runners once none is alive or to come.
    pub(super) fn tell_alone(&self) {
        let ended = self
            .launches
            .keys()
            .all(|turn| self.without_runner.contains(turn));
        if ended && !self.admission.is_wanting() && !self.admission.has_lingering() {
            for running in self.launches.values() {
                running.addr.do_send(Alone);
            }
        }
    }

    /// Watches a runner that outlives its launch: its slot is free once it is gone.
    fn linger(&mut self, turn: Turn, runner: ExecutionName, ctx: &mut Context<Self>) {
        let root = ctx.address();
        let gone = Box::new(move || root.do_send(News::RunnerGone(turn)));
        let port = self.execution_port(&runner.job.scope, ctx);
        port.ask(|feed| feed.linger(runner, gone));
    }
}
