//! The judge: one pure fold from signals to effects and, once, a verdict.
//!
//! [`LaunchState::on`] is all of Liftoff's policy about a single launch. It reads no clock, sends nothing and knows no
//! actor; a launch is replayed by replaying its signals. Its parts:
//!
//! ```text
//!  on(now, signal) ── learn ──▶ facts: jobs, execution, log, sources      (learn, facts.rs)
//!                  └─ rules ──▶ whose job is it?                          (ownership.rs)
//!                            ├─ what does its state say?                  (job_rule.rs)
//!                            ├─ what does the log say?                    (log_rule.rs)
//!                            ├─ what does the execution's end say?        (end_rule.rs)
//!                            ├─ may another launch's runner have it?      (siblings.rs)
//!                            └─ can anything still be learnt? deadline    (sight_rule.rs)
//!                  └─ ask ────▶ what must be read for the rules to speak  (ask.rs)
//!                  └─ after the verdict: the diagnosis                    (diagnosis.rs)
//! ```
//!
//! The first rule that speaks decides, in that order: once a job is known to be ours, only its state counts.
//!
//! To add a rule: one function `fn(&LaunchState, Moment) -> Option<Ruling>` in its own file, one line in
//! [`LaunchState::judge`], and its table of tests in `tests.rs`.

mod ask;
mod diagnosis;
mod end_rule;
mod evidence;
mod facts;
mod job_rule;
mod learn;
mod log_rule;
mod ownership;
mod ruling;
mod siblings;
mod sight_rule;
#[cfg(test)]
mod tests;

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::Moment;
use super::event::EventKind;
use super::finding::Finding;
use super::ids::LaunchId;
use super::signal::{Effect, Signal};
use super::spec::{Afterwards, LaunchSpec};
use super::verdict::{Outcome, Verdict};

use diagnosis::Diagnosing;
use evidence::EvidenceLog;
use facts::{ExecutionFacts, JobFacts, LogFacts, Sources};
pub use ruling::{Ruling, execution_links};

/// Reads a text of an API (`CustomJob.error.message`, a condition's message) for its cause. The pattern set behind it is
/// the one that reads the log, so that a quota error is called the same wherever it shows.
pub type Classify = Rc<dyn Fn(&str) -> Option<Finding>>;

/// Everything that is known about one launch, and what follows from it.
///
/// Owned by its supervisor; changed by [`LaunchState::on`] alone.
pub struct LaunchState {
    spec: Rc<LaunchSpec>,
    /// What the runner is known by, where this process starts it.
    runner: LaunchId,
    classify: Classify,
    /// When supervision began: the deadline counts from here.
    begun: Moment,
    execution: Option<ExecutionFacts>,
    jobs: JobFacts,
    log: LogFacts,
    sources: Sources,
    /// Since when no other launch's runner can take this one's item.
    alone: Option<Instant>,
    evidence: EvidenceLog,
    verdict: Option<Box<Verdict>>,
    diagnosing: Option<Diagnosing>,
    asked: ask::Asked,
    finished: bool,
}

impl std::fmt::Debug for LaunchState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LaunchState")
            .field("id", &self.spec.id)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

impl LaunchState {
    /// A launch that begins now. Its deadline counts from `begun`.
    pub fn new(spec: impl Into<Rc<LaunchSpec>>, classify: Classify, begun: Moment) -> Self {
        let spec = spec.into();
        Self {
            runner: spec.runner_id(),
            spec,
            classify,
            begun,
            execution: None,
            jobs: JobFacts::default(),
            log: LogFacts::default(),
            sources: Sources::new(begun.mono),
            alone: None,
            evidence: EvidenceLog::default(),
            verdict: None,
            diagnosing: None,
            asked: ask::Asked::default(),
            finished: false,
        }
    }

    /// What was asked for.
    pub fn spec(&self) -> &LaunchSpec {
        &self.spec
    }

    /// The verdict, refined by the diagnosis as far as it has come.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_deref()
    }

    /// Whether [`Effect::Finish`] was given.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether the runner is known to have ended.
    pub fn runner_has_ended(&self) -> bool {
        self.execution
            .as_ref()
            .is_some_and(|execution| execution.end_seen.is_some())
    }

    /// When the launch times out.
    pub fn deadline(&self) -> Option<Instant> {
        self.spec
            .timeout
            .and_then(|timeout| self.begun.mono.checked_add(timeout))
    }

    /// Takes one signal and says what is to be done.
    pub fn on(&mut self, now: Moment, signal: Signal) -> Vec<Effect> {
        let mut out = Vec::new();
        if self.finished {
            return out;
        }
        if let Some(ruling) = self.learn(now, signal, &mut out) {
            self.pronounce(now, ruling, &mut out);
        } else if self.verdict.is_none()
            && let Some(ruling) = self.judge(now, &mut out)
        {
            self.pronounce(now, ruling, &mut out);
        }
        if self.verdict.is_some() {
            self.diagnose(now, &mut out);
        } else {
            self.ask(now, &mut out);
        }
        out
    }

    /// The rules, in order of precedence.
    fn judge(&mut self, now: Moment, out: &mut Vec<Effect>) -> Option<Ruling> {
        self.execution.as_ref()?;
        if let Some(ruling) = self.settle_ownership(now, out) {
            return Some(ruling);
        }
        if self.jobs.pinned.is_some() {
            return self.job_rule().or_else(|| self.sight_rule(now));
        }
        self.log_rule(now)
            .or_else(|| self.end_rule(now))
            .or_else(|| self.sight_rule(now))
    }

    /// Makes a ruling the verdict, tells it, and begins what follows it.
    fn pronounce(&mut self, now: Moment, ruling: Ruling, out: &mut Vec<Effect>) {
        if self.verdict.is_some() {
            return;
        }
        let outcome = ruling.outcome;
        let specific = ruling.category.is_some() && !ruling.vague;
        let verdict = Box::new(self.write_verdict(now, ruling));
        out.push(Effect::Emit(Box::new(EventKind::Verdict(verdict.clone()))));
        self.verdict = Some(verdict);
        if self.cancels_after(outcome) {
            out.push(Effect::Cancel {
                job: self.jobs.pinned.clone(),
            });
        }
        if outcome == Outcome::Failure {
            self.begin_diagnosis(now, specific, out);
        } else {
            self.finish(out);
        }
    }

    fn cancels_after(&self, outcome: Outcome) -> bool {
        let wish = match outcome {
            Outcome::Failure => self.spec.on_failure,
            Outcome::Timeout => self.spec.on_timeout,
            Outcome::Interrupted => self.spec.on_interrupt,
            Outcome::Success | Outcome::Cancelled | Outcome::Undetermined => Afterwards::Leave,
        };
        wish == Afterwards::Cancel && self.execution.is_some()
    }

    fn finish(&mut self, out: &mut Vec<Effect>) {
        self.finished = true;
        out.push(Effect::Finish);
    }

    /// The instant at which the server's clock shows `wall`, as far as it can be told from here.
    fn mono_of(now: Moment, wall: jiff::Timestamp) -> Instant {
        let ahead = wall.duration_since(now.wall);
        let distance = Duration::try_from(ahead.abs()).unwrap_or_default();
        let there = if ahead.is_negative() {
            now.mono.checked_sub(distance)
        } else {
            now.mono.checked_add(distance)
        };
        there.unwrap_or(now.mono)
    }
}
