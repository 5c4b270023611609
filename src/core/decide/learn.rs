//! Signals become facts. Whatever is foreign, stale or repeated stops here.
//!
//! The facts are [`LaunchState`]'s. What each source's signals change has a file of its own; one more signal is a line of
//! [`LaunchState::learn`] and its function in the file of its source.

mod execution;
mod job;
mod log;

use tokio::time::Instant;

use super::facts::Trace;
use super::{LaunchState, Ruling};
use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::core::event::{EventKind, LogLine, SourceChanged};
use crate::core::signal::{Effect, Signal};
use crate::core::source::{Health, Source};
use crate::core::verdict::Outcome;

fn line_of(entry: &LogEntry) -> LogLine {
    LogLine {
        occurred_at: entry.timestamp(),
        stream: entry.stream,
        severity: entry.severity,
        task: entry.task,
        task_attempt: entry.attempt,
        text: entry.text.clone(),
    }
}

impl LaunchState {
    /// Takes a signal in. An interrupt is the one signal that is a ruling by itself.
    pub(super) fn learn(&mut self, now: Moment, signal: Signal, out: &mut Vec<Effect>) -> Option<Ruling> {
        match signal {
            Signal::Started { execution, watched } => self.learn_start(now, execution, watched, out),
            Signal::Line(entry) => out.push(Effect::Emit(Box::new(EventKind::Log(line_of(&entry))))),
            Signal::Log(findings) => self.learn_log(now, findings, out),
            Signal::LogLag(lag) => self.log.lag = self.log.lag.max(lag),
            Signal::Execution(view) => self.learn_execution(now, view, out),
            Signal::ExecutionGone => self.learn_gone(now, out),
            Signal::Jobs(views) => views.into_iter().for_each(|view| self.learn_job(now, view, out)),
            Signal::JobDetail(view) => self.learn_detail(now, *view, out),
            Signal::JobDetailFailed(name) => {
                if let Some(fact) = self.jobs.known.get_mut(&name) {
                    fact.trace = Trace::Known(None);
                }
            }
            Signal::Tasks(tasks) => {
                if let Some(execution) = &mut self.execution {
                    execution.tasks = Some(tasks);
                }
            }
            Signal::ReadDone { source, begun, sweep } => self.learn_read(source, begun, sweep),
            Signal::Health(source, health) => self.learn_health(now, source, health, out),
            Signal::Alone => self.alone = self.alone.or(Some(now.mono)),
            Signal::Tick => {}
            Signal::Interrupt(signal) => {
                let cancels = self.cancels_after(Outcome::Interrupted);
                return Some(Ruling::interrupted(signal, cancels));
            }
        }
        None
    }

    fn learn_read(&mut self, source: Source, begun: Instant, sweep: bool) {
        match source {
            Source::Log if sweep => self.log.swept = self.log.swept.max(Some(begun)),
            Source::Vertex => self.jobs.listed = self.jobs.listed.max(Some(begun)),
            Source::Log | Source::Execution => {}
        }
    }

    fn learn_health(&mut self, now: Moment, source: Source, health: Health, out: &mut Vec<Effect>) {
        if health == Health::Answering {
            self.sources.answered(source, now.mono);
        }
        if self.sources.set(source, health.clone()) {
            out.push(Effect::Emit(Box::new(EventKind::Source(SourceChanged {
                source,
                health,
            }))));
        }
    }
}
