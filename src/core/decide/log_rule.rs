//! What the runner's log says, as long as no job is known to be ours.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::facts::FatalFact;
use super::{LaunchState, Ruling};
use crate::core::Moment;
use crate::core::finding::FatalScope;
use crate::core::source::Source;
use crate::core::spec::Goal;
use crate::core::verdict::{Outcome, Path};

/// An attempt that said something fatal and then moved no more for this long is over.
const STALL: Duration = Duration::from_secs(30);
/// How long the wrapper's claim must stand uncontradicted before `--accept-unconfirmed` takes it.
const CLAIM_WAIT: Duration = Duration::from_secs(20);

impl LaunchState {
    /// The verdict by the log: the proof, the item's end, the attempt's end, or the claim where that is accepted.
    pub(super) fn log_rule(&self, now: Moment) -> Option<Ruling> {
        self.proof_rule()
            .or_else(|| self.fatal_fact(now).map(|fact| Ruling::log_fatal(&fact.finding)))
            .or_else(|| self.claim_rule(now))
    }

    /// What was said before `watch` came is history: the runner may have gone on to another item since. Once the runner
    /// has ended there is no other item.
    pub(super) fn is_current(&self, at: Timestamp) -> bool {
        self.execution.as_ref().is_none_or(|execution| {
            execution.end_seen.is_some() || execution.watched_from.is_none_or(|from| at >= from)
        })
    }

    fn proof_rule(&self) -> Option<Ruling> {
        let (job, _) = self.log.proofs.iter().find(|(_, at)| self.is_current(*at))?;
        if self.spec.until != Goal::Submitted {
            return None; // the job's own state decides; `ask` has it read
        }
        let told = job
            .as_ref()
            .map_or("a custom job".to_owned(), ToString::to_string);
        let ruling = Ruling::new(
            Outcome::Success,
            Path::LogSubmitted,
            format!("The runner submitted {told}"),
        )
        .job(job.clone());
        match (
            self.spec.identity.is_given(),
            self.sources.is_live(Source::Vertex),
        ) {
            (false, _) => Some(ruling),
            // Whether it is the one that the user named can only be read from the job itself.
            (true, true) => None,
            (true, false) => Some(ruling.unconfirmed()),
        }
    }

    /// The fatal finding that decides now.
    fn fatal_fact(&self, now: Moment) -> Option<&FatalFact> {
        let decides = |fact: &&FatalFact| match fact.finding.scope {
            FatalScope::Item => true,
            FatalScope::Attempt => self.attempt_is_over(fact, now.mono),
        };
        let current = |fact: &&FatalFact| self.is_current(fact.finding.at);
        if self.took_anothers_item() {
            return None;
        }
        let mut deciding = self.log.fatal.iter().filter(current).filter(decides);
        let first = deciding.next()?;
        // Of what is known at this moment, a cause beats a bare marker.
        let specific = std::iter::once(first)
            .chain(deciding)
            .find(|fact| !fact.finding.vague);
        Some(specific.unwrap_or(first))
    }

    fn attempt_is_over(&self, fact: &FatalFact, now: Instant) -> bool {
        let Some(execution) = &self.execution else {
            return false;
        };
        let attempt = fact.finding.attempt;
        let newer_runs = self.log.last_attempt > attempt || execution.view.retried > attempt;
        attempt >= execution.view.max_retries || (!newer_runs && now >= self.stalls_at(fact))
    }

    fn stalls_at(&self, fact: &FatalFact) -> Instant {
        let moved = self.log.progress.get(&fact.finding.attempt).copied();
        moved.map_or(fact.seen, |moved| moved.max(fact.seen)) + STALL
    }

    fn claim_rule(&self, now: Moment) -> Option<Ruling> {
        let due = self.claim_due()?;
        (now.mono >= due && self.spec.until == Goal::Submitted).then(|| {
            let summary = "The runner says that it submitted; 20 s later nothing speaks against it";
            Ruling::new(Outcome::Success, Path::LogSubmitted, summary).unconfirmed()
        })
    }

    fn claim_due(&self) -> Option<Instant> {
        let claimed = self
            .log
            .claimed
            .filter(|_| self.spec.accept_unconfirmed && self.log.fatal.is_empty())?;
        Some(claimed + CLAIM_WAIT)
    }

    /// When the log's rules may speak next without anything new.
    pub(super) fn log_due(&self) -> impl Iterator<Item = Instant> {
        let stalls = self.log.fatal.iter().map(|fact| self.stalls_at(fact));
        stalls.chain(self.claim_due())
    }
}
