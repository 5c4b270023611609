//! What failed, grouped by cause: the part of the report that somebody acts on.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Said, link, said};
use crate::core::verdict::{Outcome, ProcessError};
use crate::report::causes::{Cause, causes};
use crate::report::ledger::{Ledger, Record};
use crate::report::words;

/// Causes shown; more are a sign that categories are not what they should be.
const MOST: usize = 40;

/// Launches named of each cause.
const NAMES: usize = 60;

/// The causes; nothing where all went well.
pub(super) fn section(ledger: &Ledger) -> Markup {
    let ends: Vec<_> = ledger
        .launches
        .iter()
        .filter_map(|record| record.end.clone())
        .collect();
    let causes = causes(&ends);
    let refusals = refusals(ledger);
    if causes.is_empty() && refusals.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="causes" {
            h2 id="causes" { "Causes" }
            @for launches in refusals.values().take(MOST) { (refused(launches)) }
            @for cause in causes.iter().take(MOST) { (one(cause, ledger)) }
            @if let Some(more @ 1..) = causes.len().checked_sub(MOST) {
                p.note { "… and " (more) " more causes; each launch has its own below." }
            }
        }
    }
}

fn one(cause: &Cause<'_>, ledger: &Ledger) -> Markup {
    let class = words::json(cause.outcome);
    let numbers = ledger.launches.iter().enumerate().filter(|(_, record)| {
        let end = record.end.as_ref();
        end.is_some_and(|end| {
            end.verdict.outcome == cause.outcome && end.verdict.category.as_deref() == cause.category
        })
    });
    let launches: Launches<'_> = numbers.collect();
    let doc = launches
        .iter()
        .find_map(|(_, record)| record.diagnosis().and_then(|found| found.doc.as_deref()));
    let example = if cause.is_one_text() { "" } else { "For example: " };
    html! {
        article class=(format!("cause o-{class}")) {
            h3 {
                span.count { (launches.len()) }
                " " (Said(&cause.title(words::outcome(cause.outcome)), 120))
            }
            p { (example) (Said(cause.summary(), 600)) }
            @if let Some(hint) = cause.hint() {
                p.hint { strong { "What to do: " } (Said(hint, 600)) }
            }
            @if let Some(doc) = doc { p { (link("Documentation", doc)) } }
            (names(&launches))
        }
    }
}

/// Launches, each with its place in the ledger.
type Launches<'a> = Vec<(usize, &'a Record)>;

/// The launches that were not started, by what kept them from it.
fn refusals(ledger: &Ledger) -> BTreeMap<&str, Launches<'_>> {
    let mut kinds: BTreeMap<&str, Launches<'_>> = BTreeMap::new();
    for (number, record) in ledger.launches.iter().enumerate() {
        if let Some(error) = &record.not_started {
            kinds.entry(&error.kind).or_default().push((number, record));
        }
    }
    kinds
}

fn refused(launches: &Launches<'_>) -> Markup {
    let class = words::json(Outcome::Failure);
    let error = launches
        .first()
        .and_then(|(_, record)| record.not_started.as_ref());
    html! {
        @if let Some(error) = error {
            article class=(format!("cause o-{class}")) {
                h3 { span.count { (launches.len()) } " " (words::NOT_STARTED) ": " (Said(&error.kind, 80)) }
                p { (Said(&error.message, 600)) }
                @if let Some(hint) = &error.hint { p.hint { strong { "What to do: " } (Said(hint, 600)) } }
                (names(launches))
            }
        }
    }
}

/// The first of them, each a link to its row.
fn names(launches: &Launches<'_>) -> Markup {
    let more = launches.len().saturating_sub(NAMES);
    html! {
        p.names {
            @for (number, record) in launches.iter().take(NAMES) {
                a href=(format!("#l{number}")) { (Said(record.title(), 80)) } " "
            }
            @if more > 0 { "and " (more) " more" }
        }
    }
}

/// What a process says that came to no launch.
pub(super) fn process_error(error: &ProcessError) -> Markup {
    let class = words::json(Outcome::Failure);
    html! {
        article class=(format!("cause o-{class}")) {
            h3 { "Error: " (said(&error.kind)) }
            p { (said(&error.message)) }
            @if let Some(hint) = &error.hint { p.hint { strong { "What to do: " } (said(hint)) } }
        }
    }
}
