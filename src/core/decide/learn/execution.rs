//! What is learnt of the execution.

use std::sync::Arc;

use crate::core::Moment;
use crate::core::decide::LaunchState;
use crate::core::decide::facts::ExecutionFacts;
use crate::core::execution::{ExecutionState, ExecutionView};
use crate::core::finding::Phase;
use crate::core::signal::Effect;
use crate::core::source::Source;

impl LaunchState {
    pub(super) fn learn_start(
        &mut self,
        now: Moment,
        view: Arc<ExecutionView>,
        watched: bool,
        out: &mut Vec<Effect>,
    ) {
        if self.execution.is_some() {
            return self.learn_execution(now, view, out);
        }
        let watched_from = watched.then_some(now.wall);
        let idle = ExecutionView {
            state: ExecutionState::Pending,
            ..(*view).clone()
        };
        self.execution = Some(ExecutionFacts {
            view: Arc::new(idle),
            watched_from,
            running_seen: None,
            end_seen: None,
            ended: None,
            tasks: None,
        });
        self.learn_execution(now, view, out);
    }

    pub(super) fn learn_execution(&mut self, now: Moment, view: Arc<ExecutionView>, out: &mut Vec<Effect>) {
        self.sources.answered(Source::Execution, now.mono);
        let Some(facts) = &mut self.execution else { return };
        let known = &facts.view;
        if known.uid != view.uid && !known.uid.is_empty() {
            return self.learn_gone(now, out);
        }
        let older = matches!((view.update_time, known.update_time), (Some(new), Some(old)) if new < old);
        if known.state.is_end() || older {
            return;
        }
        let changed = known.state != view.state;
        facts.view = view;
        if !changed {
            return;
        }
        let state = &facts.view.state;
        if *state == ExecutionState::Running {
            facts.running_seen = facts.running_seen.or(Some(now.mono));
        }
        if state.is_end() {
            facts.end_seen = Some(now.mono);
            let ended = facts
                .view
                .completion_time
                .map(|wall| Self::mono_of(now, wall).min(now.mono));
            facts.ended = ended.or(facts.end_seen);
        }
        let view = Arc::clone(&facts.view);
        self.execution_changed(now, &view, out);
    }

    /// The execution's state is another one.
    fn execution_changed(&mut self, now: Moment, view: &ExecutionView, out: &mut Vec<Effect>) {
        let state = &view.state;
        let at = if state.is_end() {
            view.completion_time
        } else {
            view.start_time
        };
        let reason = view.reason.as_deref();
        let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
        let what = format!("execution {} is {}{reason}", view.name.short(), state.word());
        self.evidence
            .add(now, Source::Execution, at, state.is_end(), &what, out);
        if *state == ExecutionState::Running || *state == ExecutionState::Succeeded {
            self.reach(Phase::ContainerStarted, at.unwrap_or(now.wall), None, out);
        }
    }

    pub(super) fn learn_gone(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Some(facts) = &mut self.execution else { return };
        if facts.view.state.is_end() {
            return;
        }
        Arc::make_mut(&mut facts.view).state = ExecutionState::Deleted;
        facts.end_seen = Some(now.mono);
        facts.ended = facts.end_seen;
        let what = format!("execution {} was deleted", facts.view.name.short());
        self.evidence.add(now, Source::Execution, None, true, &what, out);
    }
}
