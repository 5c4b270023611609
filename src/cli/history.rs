//! `liftoff history` and `liftoff show`: what the journal has of past launches.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use serde_json::{Map, Value};

use super::args::{HistoryArgs, ShowArgs};
use super::failure::Failure;
use super::journal;
use super::output::style;
use super::session::Session;
use crate::config;
use crate::core::event::{Event, EventKind, SCHEMA};
use crate::core::verdict::exit;
use crate::journal::{Archive, Filter, Found, Launch};
use crate::report::Reporter as _;
use crate::report::human::{self, Human, Past, past_launches, standing};
use crate::report::style::Style;

pub(super) fn history(args: &HistoryArgs) -> u8 {
    let session = match Session::open(&args.flags()) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let filter = filter(&session, args);
    match found(&session, &filter) {
        Ok(found) if found.is_empty() && !is_json(&session) && is_narrow(&filter) => {
            say("No recorded launch matches.\n")
        }
        Ok(found) => told(session, &found),
        Err(failure) => session.output.finish_with(&failure),
    }
}

fn filter(session: &Session, args: &HistoryArgs) -> Filter {
    let since = args
        .since
        .and_then(|since| session.clock.now().checked_sub(since).ok());
    Filter {
        launch: None,
        batch: args.batch.clone(),
        since,
        outcome: args.outcome.clone(),
        category: args.category.clone(),
        project: args.project.clone(),
        labels: args.label.clone(),
        limit: Some(args.limit),
    }
}

/// Whether it keeps launches out for what they are.
fn is_narrow(filter: &Filter) -> bool {
    let limit = filter.limit;
    *filter
        != Filter {
            limit,
            ..Filter::default()
        }
}

fn found(session: &Session, filter: &Filter) -> Result<Vec<Found>, Failure> {
    match journal::archive(session)? {
        Some(archive) => Ok(archive.history(filter)?),
        None => Ok(Vec::new()),
    }
}

fn told(session: Session, found: &[Found]) -> u8 {
    if is_json(&session) {
        for launch in found {
            session.output.relay(&event(&session, launch));
        }
        return session.output.finish_dry(None, counts(found));
    }
    let rows: Vec<Past<'_>> = found.iter().map(past).collect();
    let style = style(&session.settings.reporting);
    // Elsewhere than at a terminal nothing is cut: people search it.
    let width = if style.terminal { style.width } else { usize::MAX };
    say(&past_launches(&rows, session.clock.now(), width))
}

/// How many launches, and of each outcome; `unended` are those without one.
fn counts(found: &[Found]) -> Map<String, Value> {
    let mut counts = BTreeMap::from([("launches", found.len())]);
    for past in found {
        let outcome = past.recorded.outcome.as_deref().unwrap_or("unended");
        *counts.entry(outcome).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|(word, count)| (word.to_owned(), count.into()))
        .collect()
}

fn past(found: &Found) -> Past<'_> {
    Past {
        id: &found.launch,
        name: found.name.as_deref(),
        elapsed_ms: found.elapsed_ms,
        recorded: &found.recorded,
    }
}

fn event(session: &Session, found: &Found) -> Event {
    Event {
        schema: SCHEMA,
        seq: 0,
        launch: Some(found.launch.clone()),
        batch: found.batch.clone(),
        name: found.name.clone(),
        attempt: Some(found.attempt),
        at: session.clock.now(),
        elapsed_ms: found.elapsed_ms,
        kind: EventKind::Recorded(Box::new(found.recorded.clone())),
    }
}

/// What an id stands for.
enum Shown {
    /// A launch: what was told of it, and how it stands.
    Launch(Vec<Event>, Option<Box<Found>>),
    /// A batch: its launches.
    Batch(Vec<Found>),
}

pub(super) fn show(args: &ShowArgs) -> u8 {
    let session = match Session::open(&args.flags()) {
        Ok(session) => session,
        Err(code) => return code,
    };
    match look_up(&session, &args.id) {
        Ok(Shown::Launch(events, found)) => replayed(session, &events, found.as_deref()),
        Ok(Shown::Batch(launches)) => told(session, &launches),
        Err(failure) => session.output.finish_with(&failure),
    }
}

fn look_up(session: &Session, id: &str) -> Result<Shown, Failure> {
    let Some(archive) = journal::archive(session)? else {
        return Err(unknown(None, id));
    };
    if let Some(launch) = archive.launch(id)? {
        let filter = Filter {
            launch: Some(launch.id.to_string()),
            ..Filter::default()
        };
        let found = archive.history(&filter)?.pop().map(Box::new);
        return Ok(Shown::Launch(events(&archive, &launch)?, found));
    }
    if archive.batch(id)?.is_none() {
        return Err(unknown(Some(&archive), id));
    }
    let filter = Filter {
        batch: Some(id.to_owned()),
        ..Filter::default()
    };
    Ok(Shown::Batch(archive.history(&filter)?))
}

/// The events of every attempt of a launch, in order.
fn events(archive: &Archive, launch: &Launch) -> Result<Vec<Event>, Failure> {
    let mut all = Vec::new();
    for attempt in &launch.attempts {
        all.extend(archive.events(launch, &attempt.runner)?);
    }
    Ok(all)
}

fn unknown(archive: Option<&Archive>, id: &str) -> Failure {
    let near = archive
        .and_then(|archive| archive.near(id).ok())
        .unwrap_or_default();
    let hint = if near.is_empty() {
        "See what was launched: liftoff history".to_owned()
    } else {
        format!("The journal knows {}", near.join(", "))
    };
    Failure::usage(
        "no-such-launch",
        format!("the journal knows no launch {id}"),
        Some(hint),
    )
}

/// The launch as it was told when it happened, with everything that was noticed, and how it stands.
fn replayed(session: Session, events: &[Event], found: Option<&Found>) -> u8 {
    if is_json(&session) {
        for event in events {
            session.output.relay(event);
        }
        if let Some(found) = found {
            session.output.relay(&event(&session, found));
        }
        let counts = found.map(|found| counts(std::slice::from_ref(found)));
        return session.output.finish_dry(None, counts.unwrap_or_default());
    }
    let style = style(&session.settings.reporting);
    let _ = retell(style, events, found); // nobody reads on
    exit::SUCCESS
}

fn retell(style: Style, events: &[Event], found: Option<&Found>) -> io::Result<()> {
    let reporter = || Human::new(io::stdout(), style, human::Verbosity::Verbose, None);
    let mut human = reporter();
    for event in events {
        // Each try, and each process that watched one, has a verdict of its own; a reporter tells one of a launch.
        if matches!(event.kind, EventKind::LaunchRequested(_)) {
            human = reporter();
        }
        human.event(event)?;
    }
    if let Some(text) = found.and_then(|found| standing(&past(found))) {
        human.note(&text)?;
    }
    human.finish()
}

fn is_json(session: &Session) -> bool {
    session.settings.reporting.output.value == config::Output::Json
}

fn say(text: &str) -> u8 {
    let _ = io::stdout().write_all(text.as_bytes());
    exit::SUCCESS
}
