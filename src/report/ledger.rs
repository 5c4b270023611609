//! What the reports on whole launches ([`junit`](super::junit), [`html`](super::html)) keep of the events until the end.
//!
//! A launch may take several attempts: a verdict is the launch's own only if no event of a later attempt follows it.
//! What is kept of a launch is bounded, whatever its runner prints: phases, one verdict and one diagnosis an attempt.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::core::event::{Event, EventKind, LaunchStarted, PhaseReached};
use crate::core::verdict::{Diagnosis, Final, Links, Outcome, ProcessError, Summary, Verdict};
use crate::report::words;

/// The launches of one process.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The batch, if it is one.
    pub(super) batch: Option<String>,
    /// When the first event came, by the local clock.
    pub(super) begun: Option<Timestamp>,
    /// When the last one came.
    pub(super) ended: Option<Timestamp>,
    /// In the order in which they were asked for.
    pub(super) launches: Vec<Record>,
    places: HashMap<String, usize>,
}

/// One launch.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Its id.
    pub(super) launch: String,
    /// Its name in the batch.
    pub(super) name: Option<String>,
    /// The Cloud Run job: `projects/P/locations/R/jobs/J`; empty if it was never asked for.
    pub(super) job: String,
    /// Its attempts; one at least, unless the launch is only known from the summary.
    pub(super) attempts: Vec<Attempt>,
    /// The final word, once the summary gave it.
    pub(super) end: Option<Final>,
    /// Why there is none.
    pub(super) not_started: Option<ProcessError>,
}

/// One run of a launch's runner.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// Which `jobs.run` it was, once one was sent.
    pub(super) number: Option<u32>,
    /// When its first event came.
    pub(super) begun: Timestamp,
    /// When the execution was known to exist, and what was said of it.
    pub(super) started: Option<(Timestamp, LaunchStarted)>,
    /// The phases, in the order in which they were learned of, each with the time of that.
    pub(super) phases: Vec<(Timestamp, PhaseReached)>,
    /// When it was judged, and how.
    pub(super) verdict: Option<(Timestamp, Judged)>,
    /// What was found out after a failure.
    pub(super) diagnosis: Option<Diagnosis>,
}

/// A verdict on an attempt, without what the summary repeats.
#[derive(Debug)]
pub(super) struct Judged {
    /// How it came out.
    pub(super) outcome: Outcome,
    /// The cause.
    pub(super) category: Option<String>,
    /// One line.
    pub(super) summary: String,
}

impl From<&Verdict> for Judged {
    fn from(verdict: &Verdict) -> Self {
        Self {
            outcome: verdict.outcome,
            category: verdict.category.clone(),
            summary: verdict.summary.clone(),
        }
    }
}

impl Record {
    /// What people call it.
    pub(super) fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.launch)
    }

    /// The last attempt's diagnosis.
    pub(super) fn diagnosis(&self) -> Option<&Diagnosis> {
        self.attempts.last().and_then(|last| last.diagnosis.as_ref())
    }

    /// Where it has no verdict: the class of that in a report, and the word for it.
    pub(super) fn unjudged(&self) -> (String, &'static str) {
        match self.not_started {
            Some(_) => (words::json(Outcome::Failure), words::NOT_STARTED),
            None => ("none".to_owned(), "no verdict"),
        }
    }

    /// Whether its runner was started.
    pub(super) fn was_started(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.started.is_some())
    }

    /// Where to look: what the verdict says, else what was known at the start.
    pub(super) fn links(&self) -> Links {
        let of_verdict = self.end.as_ref().map(|end| end.verdict.links.clone());
        let last = self.attempts.last().and_then(|last| last.started.as_ref());
        of_verdict
            .or_else(|| last.map(|(_, started)| started.links.clone()))
            .unwrap_or_default()
    }

    /// The attempt that an event belongs to. A higher number after a verdict is the next one.
    fn attempt(&mut self, event: &Event) -> &mut Attempt {
        let is_next = self.attempts.last().is_none_or(|last| {
            let judged = last.verdict.is_some();
            judged && event.attempt > last.number
        });
        if is_next {
            self.attempts.push(Attempt {
                begun: event.at,
                ..Attempt::default()
            });
        }
        let last = self.attempts.len() - 1;
        let attempt = &mut self.attempts[last];
        attempt.number = event.attempt.or(attempt.number);
        attempt
    }
}

impl Ledger {
    /// Takes what is kept of an event. `Some` at the end: the ledger is complete then.
    pub(super) fn take<'a>(&mut self, event: &'a Event) -> Option<&'a Summary> {
        self.begun.get_or_insert(event.at);
        self.ended = Some(event.at);
        if self.batch.is_none() {
            self.batch.clone_from(&event.batch);
        }
        if let EventKind::Summary(summary) = &event.kind {
            for end in &summary.launches {
                let record = self.record(&end.launch, end.name.as_deref());
                (record.end, record.not_started) = (Some(end.clone()), None);
            }
            for launch in &summary.not_started {
                let record = self.record(&launch.launch, launch.name.as_deref());
                record.not_started = Some(launch.error.clone());
            }
            return Some(summary);
        }
        if let Some(launch) = &event.launch {
            let record = self.record(launch, event.name.as_deref());
            note(record, event);
        }
        None
    }

    fn record(&mut self, launch: &str, name: Option<&str>) -> &mut Record {
        let place = self.places.get(launch).copied().unwrap_or_else(|| {
            self.launches.push(Record {
                launch: launch.to_owned(),
                name: name.map(str::to_owned),
                ..Record::default()
            });
            self.places.insert(launch.to_owned(), self.launches.len() - 1);
            self.launches.len() - 1
        });
        &mut self.launches[place]
    }
}

fn note(record: &mut Record, event: &Event) {
    let attempt = record.attempt(event);
    match &event.kind {
        EventKind::LaunchRequested(asked) => record.job.clone_from(&asked.job),
        EventKind::LaunchStarted(started) => attempt.started = Some((event.at, started.clone())),
        EventKind::Phase(reached) => {
            if attempt
                .phases
                .iter()
                .all(|(_, known)| known.phase != reached.phase)
            {
                attempt.phases.push((event.at, reached.clone()));
            }
        }
        EventKind::Verdict(verdict) => attempt.verdict = Some((event.at, Judged::from(&**verdict))),
        EventKind::Diagnosis(found) => attempt.diagnosis = Some((**found).clone()),
        EventKind::NotStarted(error) => record.not_started = Some(error.clone()),
        EventKind::LaunchPlanned(_)
        | EventKind::Checked(_)
        | EventKind::Log(_)
        | EventKind::Evidence(_)
        | EventKind::Source(_)
        | EventKind::Recorded(_)
        | EventKind::Summary(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::finding::Phase;
    use crate::core::verdict::Retry;
    use crate::report::sample;

    fn at_attempt(mut event: Event, attempt: u32) -> Event {
        event.attempt = Some(attempt);
        event
    }

    #[test]
    fn a_verdict_is_final_only_until_a_later_attempt_is_heard_of() {
        let mut ledger = Ledger::default();
        for event in [
            sample::requested("plain"),
            at_attempt(sample::started("plain"), 1),
            at_attempt(sample::phase(Phase::AgentPolling, 3), 1),
            at_attempt(sample::verdict(sample::failure()), 1),
            at_attempt(
                sample::event(13, EventKind::Diagnosis(Box::new(sample::diagnosis("plain")))),
                1,
            ),
            at_attempt(sample::started("plain"), 2),
            at_attempt(sample::verdict(sample::success()), 2),
        ] {
            assert!(ledger.take(&event).is_none());
        }
        let end = sample::summary(vec![sample::success()], 0, Retry::Pointless);
        assert!(ledger.take(&end).is_some());

        let [record] = ledger.launches.as_slice() else {
            panic!("one launch, not {:?}", ledger.launches);
        };
        let outcomes = record.attempts.iter().map(|attempt| {
            let (_, judged) = attempt.verdict.as_ref().unwrap();
            (attempt.number, judged.outcome, attempt.phases.len())
        });
        assert_eq!(
            outcomes.collect::<Vec<_>>(),
            [(Some(1), Outcome::Failure, 1), (Some(2), Outcome::Success, 0)]
        );
        assert!(record.attempts[0].diagnosis.is_some() && record.diagnosis().is_none());
        assert_eq!(record.end.as_ref().unwrap().verdict.outcome, Outcome::Success);
    }

    #[test]
    fn a_start_that_was_sent_twice_is_one_attempt() {
        let mut ledger = Ledger::default();
        ledger.take(&at_attempt(sample::requested("plain"), 1));
        ledger.take(&at_attempt(sample::started("plain"), 2));
        assert_eq!(ledger.launches[0].attempts.len(), 1);
        assert_eq!(ledger.launches[0].attempts[0].number, Some(2));
    }
}
