//! What has been said about a launch, so that it is said once.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::event::{EventKind, Requested};
use crate::core::finding::Phase;
use crate::core::source::Source;
use crate::core::verdict::{Outcome, Verdict};

/// One launch, as far as it was shown.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What was asked for.
    pub(super) requested: Option<Requested>,
    /// The runner was started, or is attached to.
    pub(super) started: bool,
    /// The phases reached, with the launch's age at which each was learned of, in ms.
    pub(super) phases: BTreeMap<Phase, Option<u64>>,
    /// Whether lines of its log were shown.
    pub(super) logs: bool,
    /// The sources that were said to fail.
    pub(super) failing: BTreeSet<Source>,
    /// The verdict.
    pub(super) verdict: Option<Verdict>,
}

impl Seen {
    /// Takes what later lines need, also where nothing is said of it now.
    pub(super) fn remember(&mut self, kind: &EventKind) {
        match kind {
            EventKind::LaunchRequested(asked) => self.requested = Some(asked.clone()),
            EventKind::LaunchStarted(_) => self.started = true,
            _ => {}
        }
    }

    /// Whether this is a launch, and not the process itself.
    pub(super) fn is_launch(&self) -> bool {
        self.requested.is_some() || self.started || self.verdict.is_some()
    }

    /// What is waited for now.
    pub(super) fn waiting(&self) -> &'static str {
        if let Some(verdict) = &self.verdict {
            let good = verdict.outcome == Outcome::Success;
            return if good {
                "stopping to watch"
            } else {
                "looking for the cause"
            };
        }
        match self.phases.keys().next_back() {
            None if !self.started => "starting the runner",
            None => "waiting for the container",
            Some(Phase::ContainerStarted) => "waiting for the agent",
            Some(Phase::AgentPolling) => "waiting for a job from the queue",
            Some(Phase::JobReceived | Phase::CodeFetched) => "waiting for the submission to Vertex AI",
            Some(Phase::Building) => "building the image",
            Some(Phase::Submitting) => "submitting to Vertex AI",
            Some(Phase::Submitted) => "waiting for the custom job",
        }
    }

    /// The project where the custom job is expected, as the user writes it.
    pub(super) fn vertex_project(&self) -> Option<&str> {
        self.requested
            .as_ref()
            .map(|requested| requested.vertex_project.as_str())
    }
}
