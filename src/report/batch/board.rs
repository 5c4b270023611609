//! Where every launch of a batch stands: what the table and the plain lines are made of.
//!
//! An event changes one launch and the sums, never looks at the others: 2,000 launches cost an event no more than two.
//! A finished launch is a few words; only the active ones keep what they last said.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use super::Batch;
use super::pace::Pace;
use super::tally::Tally;
use crate::core::event::{Event, EventKind};
use crate::core::finding::Phase;
use crate::core::source::Health;
use crate::core::text::{safe_line, without_colours};
use crate::core::verdict::{Diagnosis, Outcome};

/// Failures that are remembered for the table: more than the tallest terminal has lines.
const FAILURES: usize = 200;

/// Bytes of a line that may be kept as they came; only lines that are shown are made safe, a few times a second.
const RAW: usize = 8 * 1024;

/// The state of a batch.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) batch: Batch,
    /// When its first event came.
    pub(super) begun: Option<Timestamp>,
    /// The launches that are asked for and not judged, oldest first.
    pub(super) active: BTreeMap<u64, Active>,
    /// How the judged ones came out.
    pub(super) tally: Tally,
    /// Those that did not come out well, oldest first.
    pub(super) failures: VecDeque<Failure>,
    pub(super) pace: Pace,
    places: HashMap<String, Place>,
    next: u64,
}

/// Where a launch is.
#[derive(Debug)]
enum Place {
    Active(u64),
    Done(Done),
}

/// A launch that is under way.
#[derive(Debug)]
pub(super) struct Active {
    /// What people call it, made safe.
    pub(super) title: String,
    /// When this attempt was asked for.
    pub(super) begun: Timestamp,
    /// Its runner exists.
    pub(super) started: bool,
    /// The last phase.
    pub(super) phase: Option<Phase>,
    /// An earlier attempt has failed.
    pub(super) again: bool,
    attempt: Option<u32>,
    last: String,
}

impl Active {
    /// The last that was heard, made safe.
    pub(super) fn last(&self) -> String {
        safe_line(&without_colours(self.last.trim()))
    }

    fn say(&mut self, text: &str) {
        self.last = if text.len() > RAW {
            safe_line(&without_colours(text))
        } else {
            text.to_owned()
        };
    }
}

/// A launch that was judged.
#[derive(Clone, Debug)]
struct Done {
    title: String,
    attempt: Option<u32>,
    /// `None` if it was not started.
    outcome: Option<Outcome>,
    category: Option<String>,
}

/// A launch that did not come out well.
#[derive(Debug)]
pub(super) struct Failure {
    launch: String,
    /// What people call it, made safe.
    pub(super) title: String,
    /// How it came out; `None` if it was not started.
    pub(super) outcome: Option<Outcome>,
    /// The cause, made safe.
    pub(super) category: Option<String>,
    /// One line, made safe.
    pub(super) summary: String,
    /// When it was judged.
    pub(super) at: Timestamp,
}

impl Board {
    /// Before the first event.
    pub(super) fn new(batch: Batch) -> Self {
        Self {
            batch,
            begun: None,
            active: BTreeMap::new(),
            tally: Tally::default(),
            failures: VecDeque::new(),
            pace: Pace::default(),
            places: HashMap::new(),
            next: 0,
        }
    }

    /// Takes an event.
    pub(super) fn take(&mut self, event: &Event) {
        self.begun.get_or_insert(event.at);
        let Some(launch) = &event.launch else {
            return;
        };
        match &event.kind {
            EventKind::Summary(_) => {}
            EventKind::Verdict(verdict) => {
                let category = verdict.category.as_deref();
                self.over(launch, event, Some(verdict.outcome), category, &verdict.summary);
            }
            EventKind::NotStarted(error) => self.over(launch, event, None, Some(&error.kind), &error.message),
            EventKind::Diagnosis(found) => self.refine(launch, found),
            _ => {
                if let Some(active) = self.active_one(launch, event) {
                    learn(active, event);
                }
            }
        }
    }

    /// Launches that were not asked for yet.
    pub(super) fn waiting(&self) -> usize {
        self.batch.launches.saturating_sub(self.places.len())
    }

    /// All launches: as many as were announced, or more if more came.
    pub(super) fn launches(&self) -> usize {
        self.batch.launches.max(self.places.len())
    }

    /// How long it will take, once that can be told.
    pub(super) fn left(&self, now: Timestamp) -> Option<Duration> {
        let ages = self.active.values().map(|active| age(active.begun, now));
        self.pace.left(ages, self.waiting(), &self.batch)
    }

    /// The launch among the active ones. What comes late of a judged attempt is nobody's; a higher attempt makes the
    /// launch active again, as does another request for one that was not started, and what was counted for it is taken back.
    fn active_one(&mut self, launch: &str, event: &Event) -> Option<&mut Active> {
        let again = match self.places.get(launch) {
            Some(Place::Active(at)) => return self.active.get_mut(at),
            Some(Place::Done(done)) if !begins_again(done, event) => return None,
            Some(Place::Done(done)) => Some(done.clone()),
            None => None,
        };
        if let Some(done) = &again {
            self.tally.take_back(done.outcome, done.category.as_deref());
            self.failures.retain(|failure| failure.launch != launch);
        }
        let title = || safe_line(event.name.as_deref().unwrap_or(launch));
        let active = Active {
            begun: event.at,
            started: false,
            phase: None,
            again: again.is_some(),
            attempt: event.attempt,
            last: String::new(),
            title: again.map_or_else(title, |done| done.title),
        };
        self.next += 1;
        self.places.insert(launch.to_owned(), Place::Active(self.next));
        Some(self.active.entry(self.next).or_insert(active))
    }

    fn over(
        &mut self,
        launch: &str,
        event: &Event,
        outcome: Option<Outcome>,
        category: Option<&str>,
        summary: &str,
    ) {
        if self.active_one(launch, event).is_none() {
            return;
        }
        let Some(Place::Active(at)) = self.places.get(launch) else {
            return;
        };
        let Some(active) = self.active.remove(at) else {
            return;
        };
        let category = category.map(safe_line);
        self.tally.add(outcome, category.as_deref());
        if !matches!(outcome, Some(Outcome::Interrupted | Outcome::Cancelled) | None) {
            self.pace.took(age(active.begun, event.at));
        }
        if outcome != Some(Outcome::Success) {
            if self.failures.len() == FAILURES {
                self.failures.pop_front();
            }
            self.failures.push_back(Failure {
                launch: launch.to_owned(),
                title: active.title.clone(),
                outcome,
                category: category.clone(),
                summary: safe_line(summary),
                at: event.at,
            });
        }
        let done = Done {
            title: active.title,
            attempt: event.attempt.or(active.attempt),
            outcome,
            category,
        };
        self.places.insert(launch.to_owned(), Place::Done(done));
    }

    /// A diagnosis may name the cause more exactly.
    fn refine(&mut self, launch: &str, found: &Diagnosis) {
        let Some(Place::Done(done)) = self.places.get_mut(launch) else {
            return;
        };
        if matches!(done.outcome, Some(Outcome::Success) | None) {
            return;
        }
        self.tally.take_back(done.outcome, done.category.as_deref());
        done.category = found.category.as_deref().map(safe_line);
        self.tally.add(done.outcome, done.category.as_deref());
        // The one that is diagnosed was judged lately.
        let failure = self
            .failures
            .iter_mut()
            .rev()
            .find(|failure| failure.launch == launch);
        if let Some(failure) = failure {
            failure.category.clone_from(&done.category);
            failure.summary = safe_line(&found.summary);
        }
    }
}

/// How long it has been; zero where a clock was set back.
pub(super) fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

fn begins_again(done: &Done, event: &Event) -> bool {
    let asked_again = done.outcome.is_none() && matches!(event.kind, EventKind::LaunchRequested(_));
    asked_again || event.attempt > done.attempt
}

fn learn(active: &mut Active, event: &Event) {
    active.attempt = event.attempt.or(active.attempt);
    match &event.kind {
        EventKind::LaunchStarted(started) => {
            active.started = true;
            if let Some(note) = started.notes.first() {
                active.say(note);
            }
        }
        EventKind::Phase(reached) => {
            active.phase = active.phase.max(Some(reached.phase));
            if let Some(line) = &reached.line {
                active.say(line);
            }
        }
        EventKind::Log(line) => {
            let last = line.text.lines().rfind(|line| !line.trim().is_empty());
            active.say(last.unwrap_or_default());
        }
        EventKind::Evidence(fact) => active.say(&fact.what),
        EventKind::Source(changed) => match &changed.health {
            Health::Answering => {}
            Health::Failing(detail) | Health::Lost(detail) => {
                active.say(&format!("{}: {detail}", changed.source.service()));
            }
        },
        _ => {}
    }
}
