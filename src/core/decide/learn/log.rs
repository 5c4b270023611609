//! What is learnt of the log.

use crate::core::Moment;
use crate::core::decide::LaunchState;
use crate::core::decide::facts::FatalFact;
use crate::core::event::{EventKind, PhaseReached};
use crate::core::finding::{ContainerExit, Finding, Label, Phase};
use crate::core::signal::Effect;
use crate::core::source::Source;

/// Fatal findings and notable lines kept: enough for a diagnosis, bounded for a log that screams.
const KEPT: usize = 50;

impl LaunchState {
    pub(super) fn learn_log(&mut self, now: Moment, findings: Vec<Finding>, out: &mut Vec<Effect>) {
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
    pub(in crate::core::decide) fn reach(
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
}
