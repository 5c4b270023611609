//! Events for the reporters' tests, one of each kind and one for each ending.
//!
//! A sample is `"plain"`, or has another text wherever the cloud has a word. One more kind of event is a function here and its
//! line in [`every_kind`].

mod endings;
mod verdict;

use jiff::Timestamp;
use serde_json::Map;

use crate::core::checkup::{Check, Checked, Standing};
use crate::core::entry::{Severity, Stream};
use crate::core::event::{
    Event, EventKind, LaunchStarted, LogLine, PhaseReached, Planned, Requested, SCHEMA, SourceChanged,
};
use crate::core::finding::Phase;
use crate::core::source::{Health, Source};
use crate::core::spec::Goal;
use crate::core::verdict::{Final, NotStarted, ProcessError, Retry, Started, Summary, Verdict};

use verdict::execution;

pub(crate) use endings::endings;
pub(crate) use verdict::{diagnosis, evidence, failure, job, links, said_by_cloud, success};

/// A key that must never be shown.
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef01234567";

/// What a hostile program may make the cloud say.
pub(crate) const HOSTILE: &str = "x\u{1b}]0;own\u{7}\u{9b}2J\u{202e}y\u{200b}\u{e0041}\rz\u{0}\u{8} WANDB_API_KEY=0123456789abcdef\u{1b}[0m0123456789abcdef01234567 w";

fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

/// `plain` in a plain sample, and what the cloud says in any other.
fn either(text: &str, plain: &str) -> String {
    let said = if text == "plain" { plain } else { text };
    said.to_owned()
}

/// An event of the launch `train-1a2b`, so many seconds after it was asked for.
pub(crate) fn event(seconds: u64, kind: EventKind) -> Event {
    Event {
        schema: SCHEMA,
        seq: 1,
        launch: Some("train-1a2b".into()),
        batch: None,
        name: None,
        attempt: Some(1),
        at: now(),
        elapsed_ms: Some(seconds * 1000 + 250),
        kind,
    }
}

/// The same event as one of a launch called `name` in a batch.
pub(crate) fn named(mut event: Event, name: &str) -> Event {
    event.launch = Some(format!("launch-of-{name}"));
    event.batch = Some("nightly".into());
    event.name = Some(name.into());
    event
}

pub(crate) fn requested(text: &str) -> Event {
    let job = format!("projects/p/locations/us-central1/jobs/{}", either(text, "train"));
    let place = |plain: &str| either(text, plain);
    event(
        0,
        EventKind::LaunchRequested(Requested {
            job,
            region: place("us-central1"),
            vertex_project: place("p"),
            vertex_region: place("us-central1"),
            until: Goal::Submitted,
            timeout_s: Some(900),
            attach: false,
        }),
    )
}

pub(crate) fn started(text: &str) -> Event {
    event(
        1,
        EventKind::LaunchStarted(LaunchStarted {
            execution: execution(text),
            attached: false,
            links: links(text),
            notes: if text == "plain" {
                vec![]
            } else {
                vec![text.into()]
            },
        }),
    )
}

pub(crate) fn phase(phase: Phase, seconds: u64) -> Event {
    event(
        seconds,
        EventKind::Phase(PhaseReached {
            phase,
            occurred_at: now(),
            line: Some("wandb: launch: agent".into()),
        }),
    )
}

pub(crate) fn log(text: &str) -> Event {
    event(
        5,
        EventKind::Log(LogLine {
            occurred_at: now(),
            stream: Stream::Stderr,
            severity: Severity::Default,
            task: 0,
            task_attempt: 0,
            text: text.into(),
        }),
    )
}

pub(crate) fn source(health: Health, seconds: u64) -> Event {
    event(
        seconds,
        EventKind::Source(SourceChanged {
            source: Source::Log,
            health,
        }),
    )
}

pub(crate) fn verdict(verdict: Verdict) -> Event {
    event(12, EventKind::Verdict(Box::new(verdict)))
}

pub(crate) fn summary(launches: Vec<Verdict>, exit_code: u8, retry: Retry) -> Event {
    let launches = launches.into_iter().enumerate().map(|(at, verdict)| Final {
        launch: if at == 0 {
            "train-1a2b".into()
        } else {
            format!("train-{at}")
        },
        name: (at > 0).then(|| format!("run-{at}")),
        elapsed_ms: Some(12_250),
        verdict,
    });
    let summary = Summary {
        exit_code,
        started: Started::Yes,
        retry,
        error: None,
        launches: launches.collect(),
        not_started: Vec::new(),
        counts: Map::new(),
    };
    Event {
        launch: None,
        attempt: None,
        ..event(14, EventKind::Summary(Box::new(summary)))
    }
}

/// A process that ended before any launch.
pub(crate) fn process_failed() -> Event {
    let error = ProcessError {
        kind: "no-credentials".into(),
        message: "no Google credentials were found".into(),
        hint: Some("Run `gcloud auth application-default login`.".into()),
        details: Vec::new(),
    };
    let mut event = summary(vec![], 4, Retry::Safe);
    event.elapsed_ms = None;
    if let EventKind::Summary(summary) = &mut event.kind {
        summary.started = Started::No;
        summary.error = Some(error);
    }
    event
}

/// Why a launch was not started.
pub(crate) fn refusal(text: &str) -> ProcessError {
    let of = |plain: &str| either(text, plain);
    ProcessError {
        kind: of("no-such-job"),
        message: of("there is no job projects/p/locations/us-central1/jobs/train"),
        hint: Some(of("Create it, or correct its name or region.")),
        details: Vec::new(),
    }
}

/// One event of each kind, in the order of a launch, with `text` wherever the cloud has a word.
pub(crate) fn every_kind(text: &str) -> Vec<Event> {
    let mut reached = phase(Phase::JobReceived, 4);
    if let EventKind::Phase(reached) = &mut reached.kind {
        reached.line = Some(text.into());
    }
    let failed = if text == "plain" {
        failure()
    } else {
        said_by_cloud(text, failure())
    };
    vec![
        requested(text),
        started(text),
        reached,
        log(text),
        event(6, EventKind::Evidence(evidence(text))),
        source(Health::Lost(text.into()), 7),
        verdict(failed.clone()),
        event(13, EventKind::Diagnosis(Box::new(diagnosis(text)))),
        planned(text),
        event(14, EventKind::NotStarted(refusal(text))),
        checked(Check::CloudLogging, Standing::Failed, text),
        full_summary(text, failed),
    ]
}

/// A summary in which everything is said that one can say.
fn full_summary(text: &str, failed: Verdict) -> Event {
    let mut end = summary(vec![failed], 1, Retry::Pointless);
    if let EventKind::Summary(summary) = &mut end.kind {
        let error = |kind: &str| ProcessError {
            kind: kind.into(),
            message: text.into(),
            hint: Some(text.into()),
            details: Vec::new(),
        };
        summary.error = (text != "plain").then(|| error(text));
        summary.counts.insert(text.into(), 3.into());
        summary.not_started.push(NotStarted {
            launch: "late-1".into(),
            name: Some(text.into()),
            exit_code: 2,
            started: Started::No,
            error: refusal(text),
        });
    }
    end
}

/// A thing that was looked at, with `text` wherever the cloud has a word.
pub(crate) fn checked(check: Check, standing: Standing, text: &str) -> Event {
    let wanting = matches!(standing, Standing::Warning | Standing::Failed);
    let checked = Checked {
        check,
        standing,
        found: text.to_owned(),
        hint: wanting.then(|| format!("enable the API: gcloud services enable {text}")),
    };
    let mut event = event(1, EventKind::Checked(checked));
    (event.launch, event.attempt) = (None, None);
    event
}

/// A launch that would be, with `text` wherever the file or the cloud has a word.
pub(crate) fn planned(text: &str) -> Event {
    let planned = Planned {
        line: 7,
        job: "projects/my-project/locations/us-central1/jobs/train".to_owned(),
        region: "us-central1".to_owned(),
        vertex_project: "my-project".to_owned(),
        vertex_region: "us-central1".to_owned(),
        until: Goal::Submitted,
        timeout_s: Some(900),
        args: Some(vec!["--lr".to_owned(), "1e-4".to_owned(), text.to_owned()]),
        env: vec![format!("NOTE={text}")],
        labels: [("team".to_owned(), text.to_owned())].into(),
        queue_item: None,
        run_id: Some("r1".to_owned()),
        run_name: Some(text.to_owned()),
        refused: Some(text.to_owned()).filter(|text| text != "plain"),
    };
    event(0, EventKind::LaunchPlanned(Box::new(planned)))
}
