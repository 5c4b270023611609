//! Signals become facts. Whatever is foreign, stale or repeated stops here.

use std::sync::Arc;

use tokio::time::Instant;

use super::facts::{ExecutionFacts, FatalFact, JobFact, Trace};
use super::{LaunchState, Ruling};
use crate::core::Moment;
use crate::core::entry::LogEntry;
use crate::core::event::{EventKind, LogLine, PhaseReached, SourceChanged};
use crate::core::execution::{ExecutionState, ExecutionView};
use crate::core::finding::{ContainerExit, Finding, Label, Phase};
use crate::core::job::{JobState, JobView};
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

/// Fatal findings and notable lines kept: enough for a diagnosis, bounded for a log that screams.
const KEPT: usize = 50;

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

    fn learn_start(&mut self, now: Moment, view: Arc<ExecutionView>, watched: bool, out: &mut Vec<Effect>) {
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

    fn learn_execution(&mut self, now: Moment, view: Arc<ExecutionView>, out: &mut Vec<Effect>) {
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

    fn learn_gone(&mut self, now: Moment, out: &mut Vec<Effect>) {
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

    fn learn_log(&mut self, now: Moment, findings: Vec<Finding>, out: &mut Vec<Effect>) {
        for finding in findings {
            self.learn_finding(now, finding, out);
        }
    }

    fn learn_finding(&mut self, now: Moment, finding: Finding, out: &mut Vec<Effect>) {
        self.log.last_attempt = self.log.last_attempt.max(finding.attempt);
        if let Some(phase) = finding.phase {
            self.reach(phase, finding.at, Some(&finding.line), out);
        }
        if matches!(finding.label, Label::Progress | Label::Success) {
            self.log.progress.insert(finding.attempt, now.mono);
        }
        if finding.weak_success && self.log.claimed.is_none() {
            self.log.claimed = Some(now.mono);
        }
        if let Some(item) = &finding.queue_item
            && !self.log.queue_items.contains(item)
        {
            self.log.queue_items.push(item.clone());
            out.push(Effect::ExpectItem(item.clone()));
        }
        if let Some(exit) = finding.exit {
            return self.learn_exit(now, exit, finding, out);
        }
        match finding.label {
            Label::Success => self.learn_proof(now, &finding, out),
            Label::Fatal => self.learn_fatal(now, finding, out),
            Label::Transient => self.note(now, &finding, false, out),
            Label::Benign | Label::Progress | Label::Info => {}
        }
    }

    fn learn_exit(&mut self, now: Moment, exit: ContainerExit, finding: Finding, out: &mut Vec<Effect>) {
        // Never decides; but the execution's own word on it is there to be read.
        out.push(Effect::ReadExecution);
        if exit != ContainerExit::Code(0) && self.log.exits.len() < KEPT {
            self.note(now, &finding, false, out);
            self.log.exits.push(finding);
        }
    }

    fn learn_proof(&mut self, now: Moment, finding: &Finding, out: &mut Vec<Effect>) {
        let proof = (finding.job.clone(), finding.at);
        let known = finding.job.as_ref().is_some_and(|job| self.log.proves(job));
        if known || self.log.proofs.contains(&proof) || self.log.proofs.len() >= KEPT {
            return;
        }
        self.log.proofs.push(proof);
        let what = format!("the runner's log proves the submission: {}", finding.line);
        self.evidence
            .add(now, Source::Log, Some(finding.at), true, &what, out);
    }

    fn learn_fatal(&mut self, now: Moment, finding: Finding, out: &mut Vec<Effect>) {
        let same = |fact: &FatalFact| {
            let known = &fact.finding;
            known.pattern == finding.pattern && known.attempt == finding.attempt && known.at == finding.at
        };
        if self.log.fatal.iter().any(same) || self.log.fatal.len() >= KEPT {
            return;
        }
        self.note(now, &finding, true, out);
        out.push(Effect::ConfirmLog);
        self.log.fatal.push(FatalFact {
            finding,
            seen: now.mono,
        });
    }

    fn note(&mut self, now: Moment, finding: &Finding, definite: bool, out: &mut Vec<Effect>) {
        if self.log.notable.len() < KEPT {
            self.log.notable.push(finding.line.clone());
            let what = format!("{}: {}", finding.category, finding.line);
            self.evidence
                .add(now, Source::Log, Some(finding.at), definite, &what, out);
        }
    }

    /// Enters a phase; the first sign of each counts.
    pub(super) fn reach(
        &mut self,
        phase: Phase,
        at: jiff::Timestamp,
        line: Option<&str>,
        out: &mut Vec<Effect>,
    ) {
        if self.log.phases.insert(phase) {
            let line = line.map(|line| line.chars().take(KEPT * 10).collect());
            let reached = PhaseReached {
                phase,
                occurred_at: at,
                line,
            };
            out.push(Effect::Emit(Box::new(EventKind::Phase(reached))));
        }
    }

    fn learn_job(&mut self, now: Moment, view: JobView, out: &mut Vec<Effect>) {
        if !self.in_window(&view) {
            return;
        }
        let name = view.name.clone();
        let Some(fact) = self.jobs.known.get_mut(&name) else {
            let fact = JobFact {
                view,
                first_seen: now.mono,
                trace: Trace::Unread,
            };
            self.jobs.known.insert(name.clone(), Box::new(fact));
            return self.tell_job(now, &name, out);
        };
        let known = &fact.view;
        let older = matches!((view.update_time, known.update_time), (Some(new), Some(old)) if new < old);
        if older || known.state.is_end() {
            return;
        }
        let changed = known.state != view.state;
        fact.view = JobView {
            trace_id: known.trace_id.clone(),
            ..view
        };
        if changed {
            self.tell_job(now, &name, out);
        }
    }

    /// Tells the state of a job that is known to be ours; candidates are told by the ownership rule.
    pub(super) fn tell_job(
        &mut self,
        now: Moment,
        name: &crate::core::ids::CustomJobName,
        out: &mut Vec<Effect>,
    ) {
        if self.jobs.pinned.as_ref() != Some(name) {
            return;
        }
        let Some(fact) = self.jobs.known.get(name) else {
            return;
        };
        let state = &fact.view.state;
        let at = if state.is_end() {
            fact.view.end_time
        } else {
            fact.view.update_time
        };
        let note = match state {
            JobState::Paused => "; it can be resumed",
            JobState::Other(_) => ", a state that this version of Liftoff does not know; taken as not an end",
            _ => "",
        };
        let what = format!("{name} is {state}{note}");
        self.evidence.add(now, Source::Vertex, at, true, &what, out);
    }

    fn learn_detail(&mut self, now: Moment, view: JobView, out: &mut Vec<Effect>) {
        let trace = view.trace_id.clone();
        let name = view.name.clone();
        self.learn_job(now, view, out);
        if let Some(fact) = self.jobs.known.get_mut(&name) {
            fact.trace = Trace::Known(trace);
        }
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
