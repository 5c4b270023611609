//! Whether anything can still be learnt: lost sources and the deadline.

use std::time::Duration;

use super::{LaunchState, Ruling};
use crate::core::Moment;
use crate::core::finding::Phase;
use crate::core::source::Source;
use crate::core::spec::Goal;
use crate::core::verdict::{Outcome, Path};

/// At the deadline, an answer this recent means that the launch was seen to the end.
const SIGHT: Duration = Duration::from_mins(1);

impl LaunchState {
    /// The verdict by what can no longer be seen, or by the clock.
    pub(super) fn sight_rule(&self, now: Moment) -> Option<Ruling> {
        if !self.is_reachable() {
            return Some(self.sight_lost());
        }
        let deadline = self.deadline()?;
        (now.mono >= deadline).then(|| {
            if self.sources.sighted_within(SIGHT, now.mono) {
                self.timed_out()
            } else {
                self.sight_lost()
            }
        })
    }

    /// Whether a live source can still show that the goal was reached.
    fn is_reachable(&self) -> bool {
        let live = |source| self.sources.is_live(source);
        let submitted = self.spec.until == Goal::Submitted;
        if self.jobs.pinned.is_some() || !submitted {
            return live(Source::Vertex);
        }
        live(Source::Vertex) || live(Source::Log) || (self.spec.accept_unconfirmed && live(Source::Execution))
    }

    pub(super) fn sight_lost(&self) -> Ruling {
        let lost = self.sources.lost();
        let reasons: Vec<String> = lost
            .iter()
            .map(|(source, why)| format!("{}: {why}", source.service()))
            .collect();
        let summary = if reasons.is_empty() {
            "No source has answered for a minute, and the deadline has passed".to_owned()
        } else {
            format!(
                "Nothing that could show the goal answers any more ({})",
                reasons.join("; ")
            )
        };
        let hint = self.execution.as_ref().map(|execution| {
            format!(
                "The launch itself may be well. When the cause is mended: liftoff watch {}",
                execution.view.name
            )
        });
        let ruling = Ruling::new(Outcome::Undetermined, Path::SourcesLost, summary).category("sources-lost");
        Ruling { hint, ..ruling }
    }

    fn timed_out(&self) -> Ruling {
        let waited = self.spec.timeout.unwrap_or_default();
        let reached = self.log.phases.last();
        let so_far = match (self.jobs.pinned_view(), reached) {
            (Some(job), _) => format!("{} is {}", job.name, job.state),
            (None, Some(Phase::AgentPolling)) => {
                "the agent polls its queue and has received no job".to_owned()
            }
            (None, Some(Phase::ContainerStarted)) => {
                "the container has started and no agent has polled".to_owned()
            }
            (None, Some(_)) => "the agent received a job and has not submitted it".to_owned(),
            (None, None) => "the container has not started".to_owned(),
        };
        let summary = format!("No {} after {}: {so_far}", self.goal_noun(), in_words(waited));
        Ruling::new(Outcome::Timeout, Path::Timeout, summary).category("timeout")
    }

    fn goal_noun(&self) -> &'static str {
        match self.spec.until {
            Goal::Submitted => "submission",
            Goal::Running => "running job",
            Goal::Succeeded => "end of the job",
        }
    }
}

/// A duration as people write it.
fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}
