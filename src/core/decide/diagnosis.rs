//! After a failure: what more can be found out about its cause, for a bounded time.

use std::time::Duration;

use tokio::time::Instant;

use super::LaunchState;
use crate::core::Moment;
use crate::core::event::EventKind;
use crate::core::execution::{ExecutionState, TaskView};
use crate::core::finding::Finding;
use crate::core::signal::Effect;
use crate::core::source::Source;
use crate::core::verdict::{ApiStatus, Diagnosis, Path};

/// With a specific cause in hand.
const SPECIFIC: Duration = Duration::from_secs(3);
/// Without one: until the log is drained, at most this long.
const VAGUE: Duration = Duration::from_secs(20);
/// Once the cause has turned up: the rest of its block.
const REST_OF_BLOCK: Duration = Duration::from_secs(1);
/// Last lines quoted.
const LINES: usize = 10;

/// A diagnosis in progress.
pub(super) struct Diagnosing {
    until: Instant,
    specific: bool,
    tasks_wanted: bool,
}

impl LaunchState {
    pub(super) fn begin_diagnosis(&mut self, now: Moment, specific: bool, out: &mut Vec<Effect>) {
        let ended = self.execution.as_ref().map(|execution| &execution.view.state);
        let tasks_wanted =
            matches!(ended, Some(ExecutionState::Failed)) && self.sources.is_live(Source::Execution);
        if tasks_wanted {
            out.push(Effect::ReadTasks);
        }
        if !specific {
            out.push(Effect::ConfirmLog);
        }
        let wait = if specific { SPECIFIC } else { VAGUE };
        self.diagnosing = Some(Diagnosing {
            until: now.mono + wait,
            specific,
            tasks_wanted,
        });
    }

    /// Goes on with the diagnosis after a signal; ends it when there is nothing more to wait for.
    pub(super) fn diagnose(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let found = self.log.best_fatal().is_some_and(|cause| !cause.vague);
        let drained = self.is_drained(now);
        let tasks = self
            .execution
            .as_ref()
            .is_some_and(|execution| execution.tasks.is_some());
        let Some(state) = &mut self.diagnosing else { return };
        if found && !state.specific {
            state.specific = true;
            state.until = state.until.min(now.mono + REST_OF_BLOCK);
        }
        let nothing_to_wait_for = !state.tasks_wanted || tasks;
        let by_job = self
            .verdict
            .as_ref()
            .is_some_and(|verdict| verdict.path == Path::JobFailed);
        let done = (drained || by_job || (state.specific && tasks)) && nothing_to_wait_for;
        let until = state.until;
        if done || now.mono >= until {
            return self.end_diagnosis(out);
        }
        self.ask_at_the_end(now, out);
        self.wake_at(Some(until), out);
    }

    fn end_diagnosis(&mut self, out: &mut Vec<Effect>) {
        self.diagnosing = None;
        let diagnosis = self.write_diagnosis();
        if let Some(verdict) = &mut self.verdict {
            verdict.refine(&diagnosis);
        }
        out.push(Effect::Emit(Box::new(EventKind::Diagnosis(Box::new(diagnosis)))));
        self.finish(out);
    }

    fn write_diagnosis(&self) -> Diagnosis {
        let verdict = self.verdict.as_deref();
        let task = self.failed_task();
        let cause = self.better_cause(task);
        let kept = |f: fn(&crate::core::verdict::Verdict) -> Option<String>| verdict.and_then(f);
        let doc = self
            .log
            .best_fatal()
            .and_then(|cause| cause.doc.as_deref().map(str::to_owned));
        Diagnosis {
            category: cause
                .as_ref()
                .map(|c| c.category.to_string())
                .or_else(|| kept(|v| v.category.clone())),
            summary: cause
                .as_ref()
                .map(|cause| cause.summary.clone())
                .or_else(|| kept(|v| Some(v.summary.clone())))
                .unwrap_or_default(),
            hint: cause
                .and_then(|cause| cause.hint)
                .or_else(|| kept(|v| v.hint.clone())),
            doc,
            task_exit_code: task.and_then(|task| task.exit_code),
            task_signal: task.and_then(|task| task.term_signal),
            last_lines: self.log.notable.iter().rev().take(LINES).rev().cloned().collect(),
            error: verdict
                .and_then(|v| v.error.clone())
                .or_else(|| Self::task_error(task)),
            notes: self
                .sources
                .lost()
                .iter()
                .map(|(s, why)| format!("{} was lost: {why}", s.service()))
                .collect(),
        }
    }

    /// A cause that says more than the verdict does: a vague one never replaces a specific one.
    fn better_cause(&self, task: Option<&TaskView>) -> Option<Finding> {
        let verdict = self.verdict.as_deref()?;
        let vague = matches!(
            verdict.category.as_deref(),
            None | Some("container-exit-nonzero" | "submit-failed")
        );
        let by_log = self
            .log
            .best_fatal()
            .filter(|cause| !cause.vague && self.is_current(cause.at))
            .cloned();
        let by_task = || (self.classify)(task?.message.as_deref()?).filter(|cause| !cause.vague);
        if vague { by_log.or_else(by_task) } else { None }
    }

    fn failed_task(&self) -> Option<&TaskView> {
        let tasks = self.execution.as_ref()?.tasks.as_ref()?;
        let failed =
            |task: &&TaskView| task.exit_code.is_some_and(|code| code != 0) || task.term_signal.is_some();
        tasks.iter().find(failed).or_else(|| tasks.first())
    }

    fn task_error(task: Option<&TaskView>) -> Option<ApiStatus> {
        let message = task?.message.clone()?;
        Some(ApiStatus { code: 2, message })
    }
}
