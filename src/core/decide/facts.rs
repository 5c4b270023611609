//! What is known, sorted by source. Facts only ever grow or move forward: an older reading never moves a state back.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::core::execution::{ExecutionView, TaskView};
use crate::core::finding::{FatalScope, Finding, Phase};
use crate::core::ids::CustomJobName;
use crate::core::job::JobView;
use crate::core::source::{Health, Source};

/// How late a line may become readable without the project having shown otherwise.
pub(super) const USUAL_LAG: Duration = Duration::from_secs(20);
/// The longest lateness that a verdict waits for.
pub(super) const LONGEST_LAG: Duration = Duration::from_mins(2);

/// The execution, as known.
pub(super) struct ExecutionFacts {
    /// The last reading; the hub keeps the same one.
    pub(super) view: Arc<ExecutionView>,
    /// Attached to by `watch`, at this server time: jobs that ended before are history.
    pub(super) watched_from: Option<Timestamp>,
    /// When it was learnt that its container runs.
    pub(super) running_seen: Option<Instant>,
    /// When its end was learnt.
    pub(super) end_seen: Option<Instant>,
    /// When it ended, on our clock: fixed once, because the estimate of the servers' clock goes on moving.
    pub(super) ended: Option<Instant>,
    pub(super) tasks: Option<Vec<TaskView>>,
}

/// What is known of a candidate's `WANDB_LAUNCH_TRACE_ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// Not read.
    Unread,
    /// Being read.
    Asked,
    /// Read: its value, or that it has none, or that it cannot be read.
    Known(Option<String>),
}

/// One job of the time window.
pub(super) struct JobFact {
    pub(super) view: JobView,
    pub(super) first_seen: Instant,
    pub(super) trace: Trace,
}

/// The jobs, as known.
#[derive(Default)]
pub(super) struct JobFacts {
    /// Boxed: a table has four places for the one job of most launches.
    pub(super) known: HashMap<CustomJobName, Box<JobFact>>,
    /// The job that was found to be ours, for good.
    pub(super) pinned: Option<CustomJobName>,
    /// When the last complete list began.
    pub(super) listed: Option<Instant>,
    /// Shown as a candidate already.
    pub(super) shown: HashSet<CustomJobName>,
}

impl JobFacts {
    /// The pinned job's last reading.
    pub(super) fn pinned_view(&self) -> Option<&JobView> {
        self.known.get(self.pinned.as_ref()?).map(|fact| &fact.view)
    }
}

/// A fatal finding and when it was learnt.
pub(super) struct FatalFact {
    pub(super) finding: Finding,
    pub(super) seen: Instant,
}

/// What the log has said.
#[derive(Default)]
pub(super) struct LogFacts {
    pub(super) phases: BTreeSet<Phase>,
    /// Fatal findings that may decide (no exit lines), oldest first; bounded.
    pub(super) fatal: Vec<FatalFact>,
    /// Exit lines with a non-zero code or a signal: vague causes for the diagnosis.
    pub(super) exits: Vec<Finding>,
    /// The SDK's own proof lines: the job that each names, where it names one, and when it was printed. In order.
    pub(super) proofs: Vec<(Option<CustomJobName>, Timestamp)>,
    /// Queue items that this execution's agent received.
    pub(super) queue_items: Vec<String>,
    /// When the wrapper's claim was learnt.
    pub(super) claimed: Option<Instant>,
    /// When something last moved forward, by attempt.
    pub(super) progress: HashMap<u32, Instant>,
    /// The highest attempt that printed anything notable.
    pub(super) last_attempt: u32,
    /// The last notable lines, for the diagnosis; bounded.
    pub(super) notable: Vec<String>,
    /// When the last complete sweep began.
    pub(super) swept: Option<Instant>,
    /// The lag that this project shows.
    pub(super) lag: Duration,
}

impl LogFacts {
    /// Whether the agent took a job: from here on one may be submitted.
    pub(super) fn received(&self) -> bool {
        self.phases.iter().any(|phase| *phase >= Phase::JobReceived)
    }

    /// Whether a proof line names this job.
    pub(super) fn proves(&self, job: &CustomJobName) -> bool {
        self.proofs.iter().any(|(named, _)| named.as_ref() == Some(job))
    }

    /// How long after an end the log must be read before it is called complete.
    pub(super) fn allowance(&self) -> Duration {
        self.lag.clamp(USUAL_LAG, LONGEST_LAG)
    }

    /// The best cause known: the item's before the attempt's, a specific one before a vague one, the last attempt's
    /// before an earlier one's, the first said before the later.
    pub(super) fn best_fatal(&self) -> Option<&Finding> {
        let rank = |f: &&Finding| (!f.vague, f.scope == FatalScope::Item, f.attempt);
        // `max_by_key` keeps the last of equals; reversed, that is the first said.
        self.fatal.iter().map(|fact| &fact.finding).rev().max_by_key(rank)
    }
}

/// How one source does.
struct SourceFact {
    health: Health,
    last_good: Option<Instant>,
}

/// How the sources do, in the order of [`Source::ALL`].
pub(super) struct Sources {
    facts: [SourceFact; Source::ALL.len()],
    begun: Instant,
}

impl Sources {
    pub(super) fn new(begun: Instant) -> Self {
        let fresh = |_| SourceFact {
            health: Health::Answering,
            last_good: None,
        };
        Self {
            facts: Source::ALL.map(fresh),
            begun,
        }
    }

    pub(super) fn health(&self, source: Source) -> &Health {
        &self.facts[source as usize].health
    }

    /// Takes a new health; true where that is news. A lost source stays lost.
    pub(super) fn set(&mut self, source: Source, health: Health) -> bool {
        let fact = &mut self.facts[source as usize];
        if matches!(fact.health, Health::Lost(_)) || fact.health == health {
            return false;
        }
        fact.health = health;
        true
    }

    pub(super) fn answered(&mut self, source: Source, at: Instant) {
        let fact = &mut self.facts[source as usize];
        fact.last_good = fact.last_good.max(Some(at));
    }

    /// Not given up.
    pub(super) fn is_live(&self, source: Source) -> bool {
        !matches!(self.health(source), Health::Lost(_))
    }

    /// Whether any source answered within this time (a launch younger than it counts as sighted).
    pub(super) fn sighted_within(&self, window: Duration, now: Instant) -> bool {
        let recent = |at: Instant| now.saturating_duration_since(at) <= window;
        recent(self.begun) || self.facts.iter().filter_map(|fact| fact.last_good).any(recent)
    }

    /// The lost ones, with why.
    pub(super) fn lost(&self) -> Vec<(Source, String)> {
        let why = |source| match self.health(source) {
            Health::Lost(why) => Some((source, why.clone())),
            Health::Answering | Health::Failing(_) => None,
        };
        Source::ALL.into_iter().filter_map(why).collect()
    }
}
