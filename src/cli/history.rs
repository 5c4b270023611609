//! `liftoff history` and `liftoff show`: what the journal has of past launches.

use std::io::{self, Write as _};

use super::args::{HistoryArgs, ShowArgs};
use super::failure::Failure;
use super::journal;
use super::output::style;
use super::session::Session;
use crate::config;
use crate::core::event::{Event, EventKind, SCHEMA};
use crate::core::verdict::exit;
use crate::gcp::Requests;
use crate::journal::{Archive, Filter, Found, Launch};
use crate::report::Reporter as _;
use crate::report::human::{self, Human, Past, past_launches};

pub(super) fn history(args: &HistoryArgs) -> u8 {
    let session = match Session::open(&args.flags()) {
        Ok(session) => session,
        Err(code) => return code,
    };
    match found(&session, args) {
        Ok(found) => told(session, &found),
        Err(failure) => session.output.finish_with(&failure),
    }
}

fn found(session: &Session, args: &HistoryArgs) -> Result<Vec<Found>, Failure> {
    let since = args
        .since
        .and_then(|since| session.clock.now().checked_sub(since).ok());
    let filter = Filter {
        batch: args.batch.clone(),
        since,
        outcome: args.outcome.clone(),
        category: args.category.clone(),
        project: args.project.clone(),
        labels: args.label.clone(),
        limit: Some(args.limit),
    };
    match journal::archive(session)? {
        Some(archive) => Ok(archive.history(&filter)?),
        None => Ok(Vec::new()),
    }
}

fn told(session: Session, found: &[Found]) -> u8 {
    if is_json(&session) {
        for launch in found {
            session.output.relay(&event(&session, launch));
        }
        return session
            .output
            .finish(&[], Requests::default(), Some(exit::SUCCESS));
    }
    let rows: Vec<Past<'_>> = found.iter().map(past).collect();
    let width = style(&session.settings.reporting).width;
    say(&past_launches(&rows, session.clock.now(), width))
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

pub(super) fn show(args: &ShowArgs) -> u8 {
    let session = match Session::open(&args.flags()) {
        Ok(session) => session,
        Err(code) => return code,
    };
    match recorded(&session, &args.id) {
        Ok(events) => replayed(session, &events),
        Err(failure) => session.output.finish_with(&failure),
    }
}

/// The events of every attempt of a launch, in order.
fn recorded(session: &Session, id: &str) -> Result<Vec<Event>, Failure> {
    let archive = journal::archive(session)?;
    let launch = match &archive {
        Some(archive) => archive.launch(id)?,
        None => None,
    };
    let (Some(archive), Some(launch)) = (&archive, launch) else {
        return Err(unknown(archive.as_ref(), id));
    };
    events(archive, &launch)
}

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

/// The launch as it was told when it happened, with everything that was noticed.
fn replayed(session: Session, events: &[Event]) -> u8 {
    if is_json(&session) {
        for event in events {
            session.output.relay(event);
        }
        return session
            .output
            .finish(&[], Requests::default(), Some(exit::SUCCESS));
    }
    let style = style(&session.settings.reporting);
    let mut human = Human::new(io::stdout(), style, human::Verbosity::Verbose, None);
    for event in events {
        if human.event(event).is_err() {
            return exit::SUCCESS; // nobody reads on
        }
    }
    let _ = human.finish();
    exit::SUCCESS
}

fn is_json(session: &Session) -> bool {
    session.settings.reporting.output.value == config::Output::Json
}

fn say(text: &str) -> u8 {
    let _ = io::stdout().write_all(text.as_bytes());
    exit::SUCCESS
}
