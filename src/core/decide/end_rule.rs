//! What the execution's end says, as long as no job is known to be ours.

use std::time::Duration;

use tokio::time::Instant;

use super::facts::ExecutionFacts;
use super::{LaunchState, Ruling};
use crate::core::Moment;
use crate::core::execution::{ExecutionState, ExecutionView};
use crate::core::finding::FatalScope;
use crate::core::source::Source;
use crate::core::spec::Goal;
use crate::core::verdict::{ApiStatus, Outcome, Path};

/// After a bad end, how long one list of the jobs is waited for, where the log showed that a job was received.
const LIST_WAIT: Duration = Duration::from_secs(2);
/// Without a log to drain, how long after a clean end a job may still become visible.
const BLIND_WAIT: Duration = Duration::from_secs(5);

impl LaunchState {
    /// The verdict by the execution's end.
    pub(super) fn end_rule(&self, now: Moment) -> Option<Ruling> {
        let execution = self.execution.as_ref()?;
        let seen = execution.end_seen?;
        let proven = self.log.proofs.iter().any(|(_, at)| self.is_current(*at));
        if proven && self.sources.is_live(Source::Vertex) {
            return None; // there is a job, though no list shows it yet: its state decides, not the runner's
        }
        if self.waits_for_siblings() {
            return None;
        }
        match execution.view.state {
            ExecutionState::Succeeded => self.clean_end(now, execution, seen),
            ExecutionState::Failed => self.bad_end(now, execution, seen, Self::failed),
            ExecutionState::Cancelled | ExecutionState::Deleted => {
                self.bad_end(now, execution, seen, |_, view| Self::cancelled(view))
            }
            _ => None,
        }
    }

    /// When the log must have been swept to count as drained: the log's lag after the end, by the server's clock.
    pub(super) fn drain_from(&self) -> Option<Instant> {
        let ended = self.execution.as_ref()?.ended?;
        Some(ended + self.log.allowance())
    }

    /// Whether everything that the runner printed has been read (or can no longer be).
    pub(super) fn is_drained(&self, now: Moment) -> bool {
        if !self.sources.is_live(Source::Log) {
            let seen = self.execution.as_ref().and_then(|execution| execution.end_seen);
            return seen.is_some_and(|seen| now.mono >= seen + BLIND_WAIT);
        }
        self.is_swept_since(self.drain_from())
    }

    /// Whether a complete sweep of the log was begun at an instant, or later.
    pub(super) fn is_swept_since(&self, from: Option<Instant>) -> bool {
        matches!((self.log.swept, from), (Some(swept), Some(from)) if swept >= from)
    }

    /// How far the log has to be read for an end to be judged: to the end itself, or, where the runner failed and its log
    /// tells of no job received, to when the last job that may be its was first seen. A runner says that it received a job
    /// before it submits one.
    pub(super) fn read_from(&self) -> Option<Instant> {
        let drained = self.drain_from()?;
        if self.log.received() || self.has_ended_well() {
            return Some(drained);
        }
        let first_seen = |name| self.jobs.known.get(name).map(|fact| fact.first_seen);
        let newest = self.candidates().iter().filter_map(first_seen).max();
        Some(newest.map_or(drained, |seen| drained.min(seen + self.log.allowance())))
    }

    /// The log is read as far as that, and tells of no job received.
    fn candidates_are_foreign(&self) -> bool {
        self.is_swept_since(self.read_from()) && !self.log.received() && self.sources.is_live(Source::Log)
    }

    pub(super) fn has_ended_well(&self) -> bool {
        let state = self.execution.as_ref().map(|execution| &execution.view.state);
        state == Some(&ExecutionState::Succeeded)
    }

    fn bad_end(
        &self,
        now: Moment,
        execution: &ExecutionFacts,
        seen: Instant,
        ruling: impl Fn(&Self, &ExecutionView) -> Ruling,
    ) -> Option<Ruling> {
        let vertex = self.sources.is_live(Source::Vertex);
        let listed = self.jobs.listed.is_some_and(|listed| listed >= seen);
        if vertex && self.log.received() && !listed && now.mono < seen + LIST_WAIT {
            return None;
        }
        let open = vertex && !self.candidates().is_empty();
        if open && !self.is_drained(now) && !self.candidates_are_foreign() {
            return None; // a line that proves one of them ours may still come
        }
        if open && self.log.received() {
            return Some(self.ambiguous());
        }
        Some(ruling(self, &execution.view))
    }

    fn failed(&self, view: &ExecutionView) -> Ruling {
        if let Some(cause) = self.log.best_fatal().filter(|cause| !cause.vague) {
            return Ruling::log_fatal(cause);
        }
        let message = view.message.as_deref().unwrap_or("the execution failed");
        let cause = (self.classify)(message).or_else(|| self.log.exits.last().cloned());
        let category = match (&cause, view.reason.as_deref()) {
            (Some(cause), _) if !cause.vague => cause.category.to_string(),
            (_, Some("CONTAINER_IMAGE_UNAUTHORIZED" | "CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED")) => {
                "image-pull-denied".into()
            }
            (_, Some("CONTAINER_MISSING")) => "image-not-found".into(),
            (_, Some("CONTAINER_PERMISSION_DENIED" | "SECRETS_ACCESS_CHECK_FAILED")) => {
                "permission-denied".into()
            }
            (Some(cause), _) => cause.category.to_string(),
            (None, _) => "container-exit-nonzero".into(),
        };
        let hint = cause.as_ref().and_then(|cause| cause.hint.clone());
        let hint =
            hint.unwrap_or_else(|| "Read the runner's last lines below, or its log by the link".into());
        Ruling::new(
            Outcome::Failure,
            Path::ExecutionFailed,
            format!("The runner failed: {message}"),
        )
        .vague(category == "container-exit-nonzero")
        .category(&category)
        .hint(hint)
        .error(view.message.as_ref().map(|message| ApiStatus {
            code: 2,
            message: message.clone(),
        }))
    }

    fn cancelled(view: &ExecutionView) -> Ruling {
        let (what, category) = match view.state {
            ExecutionState::Deleted => ("deleted", "deleted"),
            _ => ("cancelled", "cancelled"),
        };
        let summary = format!(
            "Execution {} was {what} by someone before a job of it was seen",
            view.name.short()
        );
        Ruling::new(Outcome::Cancelled, Path::ExecutionCancelled, summary).category(category)
    }

    fn clean_end(&self, now: Moment, execution: &ExecutionFacts, seen: Instant) -> Option<Ruling> {
        if !self.is_drained(now) {
            return None;
        }
        let last = self.log.last_attempt.max(execution.view.retried);
        let swallowed = self.log.best_fatal().filter(|cause| {
            self.is_current(cause.at) && (cause.scope == FatalScope::Item || cause.attempt >= last)
        });
        if let Some(cause) = swallowed {
            return Some(Ruling::log_fatal(cause));
        }
        if !self.sources.is_live(Source::Vertex) {
            return Some(self.ended_unseen());
        }
        let asked_after = self
            .log
            .swept
            .filter(|_| self.sources.is_live(Source::Log))
            .unwrap_or(seen + BLIND_WAIT);
        if self.jobs.listed.is_none_or(|listed| listed < asked_after) {
            return None;
        }
        if self.spec.accept_unconfirmed && self.spec.until == Goal::Submitted {
            return Some(Self::ended_well(
                "and --accept-unconfirmed takes that for success",
            ));
        }
        let silent = self.sources.is_live(Source::Log) && !self.log.received();
        if self.candidates().is_empty() || silent {
            self.queue_empty().or_else(|| Some(self.no_job()))
        } else {
            Some(self.ambiguous())
        }
    }

    /// A clean end where Vertex AI could not be asked.
    fn ended_unseen(&self) -> Ruling {
        let log = self.sources.is_live(Source::Log);
        let positive = (log && self.log.received()) || self.spec.accept_unconfirmed;
        if positive && self.spec.until == Goal::Submitted {
            return Self::ended_well("it says that it took a job; Vertex AI could not be asked");
        }
        self.sight_lost()
    }

    fn ended_well(why: &str) -> Ruling {
        let summary =
            format!("The runner ended well and nothing in its log speaks against it; not confirmed: {why}");
        Ruling::new(Outcome::Success, Path::ExecutionCompleted, summary).unconfirmed()
    }

    fn no_job(&self) -> Ruling {
        let region = &self.spec.vertex.region;
        let summary =
            format!("The runner ended well; no job of this launch in {region}; is that the region?");
        Ruling::new(Outcome::Undetermined, Path::Unverified, summary).hint(format!(
            "Look in other regions: gcloud ai custom-jobs list --project={} --region=REGION; then watch again with --vertex-region",
            self.spec.vertex.project
        ))
    }

    fn ambiguous(&self) -> Ruling {
        let names: Vec<String> = self.candidates().iter().map(ToString::to_string).collect();
        let summary = match names.as_slice() {
            [one] => format!("{one} may be this launch's, but nothing says so"),
            many => format!(
                "Any of these jobs may be this launch's, and nothing says which: {}",
                many.join(", ")
            ),
        };
        Ruling::new(Outcome::Undetermined, Path::Ambiguous, summary).hint(
            "Give --queue-item, --run-id or --run-name; or mark the jobs: in the queue's config, spec.labels: \
             {\"cloud-run-execution\": \"${CLOUD_RUN_EXECUTION}\"}, if all its agents run on Cloud Run",
        )
    }

    /// When the end's rules may speak next without anything new.
    pub(super) fn end_due(&self) -> impl Iterator<Item = Instant> {
        let seen = self.execution.as_ref().and_then(|execution| execution.end_seen);
        seen.into_iter()
            .flat_map(|seen| [seen + LIST_WAIT, seen + BLIND_WAIT])
    }
}
