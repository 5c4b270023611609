//! What must be read for the rules to speak, and when they must be asked again.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::LaunchState;
use super::facts::Trace;
use crate::core::Moment;
use crate::core::ids::CustomJobName;
use crate::core::signal::Effect;
use crate::core::source::{Health, Source};

/// How long after its container's start a job is expected any moment: most runners submit within a quarter of that.
const FRESH: Duration = Duration::from_mins(1);

/// What was asked for already: asking twice would cost quota.
#[derive(Default)]
pub(super) struct Asked {
    expecting: bool,
    sweep: Option<Instant>,
    list: Option<Instant>,
    fetched: HashSet<CustomJobName>,
    wake: Option<Instant>,
}

impl LaunchState {
    /// Asks for whatever the rules lack.
    pub(super) fn ask(&mut self, now: Moment, out: &mut Vec<Effect>) {
        if self.execution.is_some() {
            self.ask_cadence(now, out);
            self.ask_jobs(out);
            self.ask_at_the_end(now, out);
        }
        self.ask_to_be_woken(now, out);
    }

    /// A job is expected for a while once the container runs (the log would tell of one received only seconds after it is
    /// there), from *received* on, and when the log cannot tell. A runner that idles longer is looked at less often.
    fn ask_cadence(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let blind = *self.sources.health(Source::Log) != Health::Answering;
        let fresh = self.fresh_until().is_some_and(|until| now.mono < until);
        // Once pinned, between submission and a later goal lie minutes: four reads a second would tell nothing sooner
        // that matters.
        let expecting = self.jobs.pinned.is_none() && (fresh || self.log.received() || blind);
        if expecting != self.asked.expecting {
            self.asked.expecting = expecting;
            out.push(Effect::ExpectJob(expecting));
        }
    }

    /// Until when a runner that has told nothing yet may submit any moment.
    fn fresh_until(&self) -> Option<Instant> {
        let execution = self.execution.as_ref()?;
        execution.running_seen.map(|seen| seen + FRESH)
    }

    fn ask_jobs(&mut self, out: &mut Vec<Effect>) {
        if !self.sources.is_live(Source::Vertex) || self.jobs.pinned.is_some() {
            return;
        }
        for name in self.unread() {
            if let Some(fact) = self.jobs.known.get_mut(&name) {
                fact.trace = Trace::Asked;
            }
            out.push(Effect::FetchJob(name));
        }
        let named: Vec<_> = self
            .log
            .proofs
            .iter()
            .filter_map(|(job, _)| job.clone())
            .collect();
        for name in named.into_iter().chain(self.spec.identity.job.clone()) {
            if !self.jobs.known.contains_key(&name) && self.asked.fetched.insert(name.clone()) {
                out.push(Effect::FetchJob(name));
            }
        }
    }

    /// After the end: one list of the jobs at once, a sweep of the log once it is complete, and one more list after that.
    pub(super) fn ask_at_the_end(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Some(seen) = self.execution.as_ref().and_then(|execution| execution.end_seen) else {
            return;
        };
        let read_from = self.read_from();
        let from = if self.is_swept_since(read_from) {
            self.drain_from()
        } else {
            read_from
        };
        if let Some(from) = from
            && self.sources.is_live(Source::Log)
            && self.asked.sweep.is_none_or(|asked| asked < from)
        {
            self.asked.sweep = Some(from);
            out.push(Effect::SweepLog {
                not_before: from.max(now.mono),
            });
        }
        let clean = self.has_ended_well();
        let list_from = self
            .log
            .swept
            .filter(|_| clean && self.is_drained(now))
            .unwrap_or(seen)
            .max(self.alone.unwrap_or(seen));
        if self.sources.is_live(Source::Vertex) && self.asked.list.is_none_or(|asked| asked < list_from) {
            self.asked.list = Some(list_from);
            out.push(Effect::ListJobs {
                not_before: list_from,
            });
        }
    }

    fn ask_to_be_woken(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let due = self
            .deadline()
            .into_iter()
            .chain(self.log_due())
            .chain(self.end_due())
            .chain(self.window_due())
            .chain(self.fresh_until());
        let next = due.filter(|at| *at > now.mono).min();
        self.wake_at(next, out);
    }

    /// Asks for a tick, once per instant.
    pub(super) fn wake_at(&mut self, at: Option<Instant>, out: &mut Vec<Effect>) {
        if let Some(at) = at
            && self.asked.wake != Some(at)
        {
            self.asked.wake = Some(at);
            out.push(Effect::WakeAt(at));
        }
    }
}
