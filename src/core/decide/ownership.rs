//! Whose job is it?
//!
//! Only jobs created after this execution come into question. What the user said about identity outranks every mark;
//! then, in this order: the proof line of this execution's log, the labels, the queue item that this execution's agent
//! received. Being the only new job names a candidate and no more, unless `--attribution window` was given.

use std::time::Duration;

use super::facts::{JobFact, Trace};
use super::{LaunchState, Ruling};
use crate::core::Moment;
use crate::core::finding::Phase;
use crate::core::ids::CustomJobName;
use crate::core::job::{CLOCK_SLACK, JobView};
use crate::core::signal::Effect;
use crate::core::source::Source;
use crate::core::spec::{Attribution, Target};

/// How long the only new job must have been visible before `--attribution window` takes it.
const WINDOW_WAIT: Duration = Duration::from_secs(5);

/// What the user's word on identity says about one job.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    /// The user said nothing, or nothing that this job shows.
    Unsaid,
    /// It is the one.
    Yes(String),
    /// It is another one: what was wanted and what it has.
    No(String),
    /// It must be read whole to tell.
    Unread,
}

/// What a job's own marks say.
enum Mark {
    Ours(String),
    Foreign,
    None,
    /// It must be read whole to tell.
    Unread,
}

impl LaunchState {
    /// Whether the job may belong to this launch at all.
    pub(super) fn in_window(&self, job: &JobView) -> bool {
        if self.spec.identity.job.as_ref() == Some(&job.name) {
            return true;
        }
        let Some(execution) = &self.execution else {
            return false;
        };
        let created = execution.view.create_time;
        let after = created.is_none_or(|created| job.create_time >= created - CLOCK_SLACK);
        // `watch`: a job that had ended before we came is history, unless the runner ended too and will send no other.
        let current = match execution.watched_from {
            Some(from) if execution.end_seen.is_none() => job.create_time >= from || !job.state.is_end(),
            _ => true,
        };
        after && (current || self.jobs.known.contains_key(&job.name))
    }

    /// Pins the job that is ours, if that can be told now; rules if it turns out to be another's.
    pub(super) fn settle_ownership(&mut self, now: Moment, out: &mut Vec<Effect>) -> Option<Ruling> {
        if self.jobs.pinned.is_some() {
            return None;
        }
        if let Some((job, contradiction)) = self.contradicted() {
            if !self.has_siblings() {
                return Some(Ruling::other_run(&job, &contradiction));
            }
            self.note_contradiction(now, &job, &contradiction, out);
        }
        if let Some((name, how)) = self.owned(now) {
            self.pin(now, &name, &how, out);
        } else {
            self.show_candidates(now, out);
        }
        None
    }

    /// In a batch, a job of this runner that is somebody else's is a note: another runner may submit ours.
    fn note_contradiction(&mut self, now: Moment, job: &CustomJobName, why: &str, out: &mut Vec<Effect>) {
        if self.jobs.shown.insert(job.clone()) {
            let what = format!(
                "{job} comes from this runner, but {why}; another runner may have this launch's item"
            );
            self.evidence.add(now, Source::Vertex, None, false, &what, out);
        }
    }

    /// The execution that submitted the pinned job, where its mark names another than this launch's.
    pub(super) fn submitted_by(&self) -> Option<String> {
        let job = self.jobs.pinned_view()?;
        let by = job
            .labels
            .get("cloud-run-execution")
            .filter(|by| !by.contains('$'))?;
        let ours = self
            .execution
            .as_ref()
            .map(|execution| execution.view.name.short());
        (ours != Some(by.as_str())).then(|| by.clone())
    }

    fn pin(&mut self, now: Moment, name: &CustomJobName, how: &str, out: &mut Vec<Effect>) {
        self.jobs.pinned = Some(name.clone());
        out.push(Effect::Follow(name.clone()));
        let at = self.jobs.known.get(name).map(|fact| fact.view.create_time);
        let what = format!("{name} is ours: {how}");
        self.evidence.add(now, Source::Vertex, at, true, &what, out);
        self.tell_job(now, name, out);
        self.reach(Phase::Submitted, at.unwrap_or(now.wall), None, out);
    }

    /// The job that is ours, and why. Of several marked ones the first created is the launch's, later ones are notes;
    /// `watch` prefers the newest.
    fn owned(&self, now: Moment) -> Option<(CustomJobName, String)> {
        let named: Vec<_> = self.matching(|fact| match self.named(fact) {
            Named::Yes(how) => Some(how),
            Named::No(_) | Named::Unsaid | Named::Unread => None,
        });
        match named.as_slice() {
            [(name, how)] => return Some((name.clone(), how.clone())),
            [] => {}
            _ => return self.marked(&named),
        }
        let marked = self.matching(|fact| match (self.named(fact), self.mark(fact)) {
            (Named::Unsaid, Mark::Ours(how)) => Some(how),
            _ => None,
        });
        self.pick(marked).or_else(|| self.only_one(now))
    }

    /// Of several jobs that the user's word fits, the one that is also marked.
    fn marked(&self, named: &[(CustomJobName, String)]) -> Option<(CustomJobName, String)> {
        let is_marked = |name: &CustomJobName| {
            self.jobs
                .known
                .get(name)
                .is_some_and(|fact| matches!(self.mark(fact), Mark::Ours(_)))
        };
        let mut both = named.iter().filter(|(name, _)| is_marked(name));
        let first = both.next()?;
        both.next().is_none().then(|| first.clone())
    }

    fn pick(&self, mut jobs: Vec<(CustomJobName, String)>) -> Option<(CustomJobName, String)> {
        let watched = self
            .execution
            .as_ref()
            .is_some_and(|execution| execution.watched_from.is_some());
        if watched {
            jobs.pop()
        } else {
            jobs.into_iter().next()
        }
    }

    /// The jobs that `test` accepts, oldest first.
    fn matching(&self, test: impl Fn(&JobFact) -> Option<String>) -> Vec<(CustomJobName, String)> {
        let mut found: Vec<_> = self
            .jobs
            .known
            .values()
            .filter_map(|fact| Some((fact.view.create_time, fact.view.name.clone(), test(fact)?)))
            .collect();
        found.sort_by(|a, b| (a.0, a.1.id()).cmp(&(b.0, b.1.id())));
        found.into_iter().map(|(_, name, how)| (name, how)).collect()
    }

    /// A job that is marked as ours and is not the one that the user named.
    fn contradicted(&self) -> Option<(CustomJobName, String)> {
        let wrong = self.matching(|fact| match (self.mark(fact), self.named(fact)) {
            (Mark::Ours(_), Named::No(why)) => Some(why),
            _ => None,
        });
        wrong.into_iter().next()
    }

    fn named(&self, fact: &JobFact) -> Named {
        let identity = &self.spec.identity;
        let mut answer = Named::Unsaid;
        let run_id = fact.view.labels.get("wandb-run-id").map(String::as_str);
        let trace = match (&identity.queue_item, &fact.trace) {
            (Some(_), Trace::Unread | Trace::Asked) => return Named::Unread,
            (_, Trace::Known(trace)) => trace.as_deref(),
            (None, _) => None,
        };
        let name = fact.view.name.to_string();
        let wanted_job = identity.job.as_ref().map(ToString::to_string);
        let same_job = identity.job.as_ref() == Some(&fact.view.name);
        let job_has = if same_job {
            wanted_job.as_deref()
        } else {
            Some(name.as_str())
        };
        let said = [
            ("job", wanted_job.as_deref(), job_has),
            ("queue item", identity.queue_item.as_deref(), trace),
            ("run id", identity.run_id.as_deref(), run_id),
            (
                "run name",
                identity.run_name.as_deref(),
                Some(fact.view.display_name.as_str()),
            ),
        ];
        for (what, wanted, has) in said {
            match (wanted, has) {
                (Some(wanted), Some(has)) if wanted == has => {
                    answer = Named::Yes(format!("its {what} is {has}"));
                }
                (Some(wanted), Some(has)) => {
                    return Named::No(format!("its {what} is {has}, and {wanted} was asked for"));
                }
                _ => {}
            }
        }
        answer
    }

    fn mark(&self, fact: &JobFact) -> Mark {
        let Some(execution) = &self.execution else {
            return Mark::None;
        };
        if self.log.proves(&fact.view.name) {
            return Mark::Ours("the runner's log names it".into());
        }
        let labels = [
            ("cloud-run-execution", Some(execution.view.name.short())),
            ("liftoff-launch", self.runner_id()),
        ];
        let mut foreign = false;
        for (label, ours) in labels {
            match fact.view.labels.get(label) {
                Some(value) if Some(value.as_str()) == ours => {
                    return Mark::Ours(format!("its label {label} is {value}"));
                }
                // An unset macro stays literal (`${CLOUD_RUN_EXECUTION}`): that says nothing.
                Some(value) if !value.contains('$') => foreign = true,
                _ => {}
            }
        }
        if foreign {
            Mark::Foreign
        } else {
            self.mark_by_item(fact)
        }
    }

    /// The launch id that this execution's runner has in its environment, as far as it is known.
    pub fn runner_id(&self) -> Option<&str> {
        match &self.spec.target {
            Target::Attach(_) => self.execution.as_ref()?.view.launch_id.as_deref(),
            Target::Start { .. } | Target::Find(_) => Some(self.runner.as_str()),
        }
    }

    fn mark_by_item(&self, fact: &JobFact) -> Mark {
        if self.log.queue_items.is_empty() {
            return Mark::None;
        }
        match &fact.trace {
            Trace::Unread | Trace::Asked => Mark::Unread,
            Trace::Known(Some(trace)) if self.log.queue_items.contains(trace) => Mark::Ours(format!(
                "it comes from queue item {trace}, which this runner received"
            )),
            Trace::Known(Some(_)) => Mark::Foreign,
            Trace::Known(None) => Mark::None,
        }
    }

    /// The only unmarked job of the window, where the user lets it decide.
    fn only_one(&self, now: Moment) -> Option<(CustomJobName, String)> {
        if self.spec.attribution != Attribution::Window || !self.log.received() {
            return None;
        }
        let [name] = <[CustomJobName; 1]>::try_from(self.candidates()).ok()?;
        let seen = self.jobs.known.get(&name)?.first_seen;
        let long_enough = now.mono.saturating_duration_since(seen) >= WINDOW_WAIT;
        long_enough.then(|| (name, "it is the only new job of the time window".into()))
    }

    /// When the window rule may speak next.
    pub(super) fn window_due(&self) -> Option<tokio::time::Instant> {
        let waiting = self.spec.attribution == Attribution::Window && self.jobs.pinned.is_none();
        let newest = self.jobs.known.values().map(|fact| fact.first_seen).max()?;
        waiting.then(|| newest + WINDOW_WAIT)
    }

    /// Unmarked jobs that may be ours, oldest first. A runner that has ended creates none.
    pub(super) fn candidates(&self) -> Vec<CustomJobName> {
        let ended = self
            .execution
            .as_ref()
            .and_then(|execution| execution.view.completion_time);
        let after = |created| ended.is_some_and(|ended| created > ended + CLOCK_SLACK);
        let open = |fact: &JobFact| {
            let possible = !matches!(self.named(fact), Named::No(_)) && !after(fact.view.create_time);
            (possible && matches!(self.mark(fact), Mark::None | Mark::Unread)).then(String::new)
        };
        self.matching(open).into_iter().map(|(name, _)| name).collect()
    }

    /// The jobs that must be read whole before it can be told whose they are.
    pub(super) fn unread(&self) -> Vec<CustomJobName> {
        let wanted = |fact: &JobFact| {
            let needed = self.named(fact) == Named::Unread || matches!(self.mark(fact), Mark::Unread);
            (needed && fact.trace == Trace::Unread).then(String::new)
        };
        self.matching(wanted).into_iter().map(|(name, _)| name).collect()
    }

    fn show_candidates(&mut self, now: Moment, out: &mut Vec<Effect>) {
        for name in self.candidates() {
            if self.jobs.shown.contains(&name) {
                continue;
            }
            let Some(fact) = self.jobs.known.get(&name) else {
                continue;
            };
            let (state, at) = (&fact.view.state, fact.view.create_time);
            let what = format!(
                "{name} ({}) is {state}; nothing says yet whose it is",
                fact.view.display_name
            );
            self.evidence
                .add(now, Source::Vertex, Some(at), false, &what, out);
            self.jobs.shown.insert(name);
        }
    }
}
