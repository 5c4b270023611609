//! What is known of one launch, for who wants to know why.

use jiff::Timestamp;
use maud::{Markup, html};

use super::{Said, link};
use crate::core::event::micros;
use crate::core::text::safe;
use crate::core::verdict::{Diagnosis, Final, Verdict};
use crate::report::ledger::{Attempt, Record};
use crate::report::words;

/// How much of a launch is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth {
    /// Pieces of evidence, the deciding one among them.
    evidence: usize,
    /// Of the runner's last lines.
    lines: usize,
    /// Characters of each text.
    pub(super) characters: usize,
    /// Whether phases and links are told.
    context: bool,
}

impl Depth {
    /// Bytes that a launch takes at this depth, at least.
    pub(super) fn least_bytes(&self, record: &Record) -> usize {
        let shown = |text: &str| text.len().min(self.characters);
        let end = record.end.as_ref();
        let evidence = end.map(|end| end.verdict.evidence.iter().rev().take(self.evidence));
        let evidence = evidence.into_iter().flatten().map(|fact| shown(&fact.what));
        let lines = record
            .diagnosis()
            .map(|found| found.last_lines.iter().rev().take(self.lines));
        let lines = lines.into_iter().flatten().map(|line| shown(line));
        evidence.chain(lines).sum()
    }

    /// Text from outside, not more of it than this depth has room for.
    pub(super) fn said<'a>(&self, text: &'a str) -> Said<'a> {
        Said(text, self.characters)
    }
}

/// From all to next to nothing.
pub(super) const DEPTHS: [Depth; 5] = [
    depth(20, 60, 2_000, true),
    depth(8, 20, 400, true),
    depth(3, 8, 200, true),
    depth(1, 3, 120, true),
    depth(1, 1, 100, false),
];

const fn depth(evidence: usize, lines: usize, characters: usize, context: bool) -> Depth {
    Depth {
        evidence,
        lines,
        characters,
        context,
    }
}

/// All that is told of a launch, at this depth.
pub(super) fn details(record: &Record, depth: &Depth) -> Markup {
    html! {
        div.details {
            @if let Some(end) = &record.end { (verdict(&end.verdict, record.diagnosis(), depth)) }
            @if let Some(hint) = record.not_started.as_ref().and_then(|error| error.hint.as_ref()) {
                p.hint { strong { "What to do: " } (depth.said(hint)) }
            }
            @if depth.context { (links(record)) }
            @for (nth, attempt) in record.attempts.iter().enumerate() {
                @if record.attempts.len() > 1 { h4 { "Attempt " (attempt.number.map_or(nth + 1, |number| number as usize)) } }
                (attempted(attempt, record.attempts.len() > 1, depth))
            }
            @if let Some(end) = &record.end { (evidence(end, depth)) }
            @if let Some(found) = record.diagnosis() { (last_lines(found, depth)) }
            p.id { "Launch id " code { (Said(&record.launch, 80)) } }
        }
    }
}

fn verdict(verdict: &Verdict, diagnosis: Option<&Diagnosis>, depth: &Depth) -> Markup {
    html! {
        @if let Some(meaning) = words::meaning(verdict) { p { (meaning) } }
        @if verdict.confirmed == Some(false) { p { (words::not_confirmed(verdict.path)) } }
        @if let Some(hint) = &verdict.hint { p.hint { strong { "What to do: " } (depth.said(hint)) } }
        @if let Some(doc) = diagnosis.and_then(|found| found.doc.as_deref()) { p { (link("Documentation", doc)) } }
        @if let Some(error) = &verdict.error {
            p { "The API says: " (depth.said(&error.message)) " (code " (error.code) ")" }
        }
        dl {
            @if let Some(execution) = &verdict.execution { dt { "Execution" } dd { code { (depth.said(&execution.to_string())) } } }
            @if let Some(job) = &verdict.custom_job {
                dt { "Custom job" }
                dd {
                    code { (depth.said(&job.to_string())) }
                    @if let Some(state) = &verdict.job_state { " " (depth.said(&state.to_string())) }
                }
            }
            @if let Some(code) = diagnosis.and_then(|found| found.task_exit_code) { dt { "Exit code" } dd { (code) " (the runner's task)" } }
            @if let Some(signal) = diagnosis.and_then(|found| found.task_signal) { dt { "Signal" } dd { (signal) " (ended the runner's task)" } }
        }
        @for note in diagnosis.map(|found| found.notes.as_slice()).unwrap_or_default() { p.note { (depth.said(note)) } }
    }
}

fn links(record: &Record) -> Markup {
    let links = record.links();
    let all = [
        ("Custom job in Vertex AI", links.custom_job),
        ("Run in W&B", links.wandb),
        ("Execution in Cloud Run", links.execution),
        ("Its log", links.logs),
    ];
    html! {
        p.links {
            @for (label, address) in all {
                @if let Some(address) = address { (link(label, &address)) " " }
            }
        }
    }
}

fn attempted(attempt: &Attempt, of_several: bool, depth: &Depth) -> Markup {
    let since = |at: Timestamp| {
        let ms = at.duration_since(attempt.begun).as_millis();
        words::elapsed(u64::try_from(ms).unwrap_or_default())
    };
    html! {
        @if let Some((_, judged)) = attempt.verdict.as_ref().filter(|_| of_several) {
            p {
                (words::outcome(judged.outcome))
                @if let Some(category) = &judged.category { ": " (Said(category, 80)) }
                ": " (depth.said(&judged.summary))
            }
        }
        @if depth.context && !attempt.phases.is_empty() {
            table.phases {
                thead { tr { th scope="col" { "Phase" } th scope="col" { "Happened" } th.number scope="col" { "Known after" } } }
                tbody {
                    @for (learned, reached) in &attempt.phases {
                        tr {
                            td { (words::phase(reached.phase)) }
                            td { (seconds(reached.occurred_at)) }
                            td.number { (since(*learned)) }
                        }
                    }
                }
            }
        }
    }
}

/// The last pieces, because the deciding one stands last.
fn evidence(end: &Final, depth: &Depth) -> Markup {
    let all = &end.verdict.evidence;
    let shown = &all[all.len().saturating_sub(depth.evidence)..];
    html! {
        @if !shown.is_empty() {
            h4 { "Evidence" @if shown.len() < end.verdict.evidence_total { " (the last " (shown.len()) " of " (end.verdict.evidence_total) ")" } }
            ul.evidence {
                @for fact in shown {
                    li {
                        time { (seconds(fact.occurred_at)) } " " (fact.source.service()) ": " (depth.said(&fact.what))
                        @if !fact.definite { " (a sign)" }
                    }
                }
            }
        }
    }
}

fn last_lines(found: &Diagnosis, depth: &Depth) -> Markup {
    // Made safe together, because a secret may span lines.
    let text = safe(&found.last_lines.join("\n"));
    let lines: Vec<&str> = text.lines().collect();
    let shown = &lines[lines.len().saturating_sub(depth.lines)..];
    html! {
        @if !shown.is_empty() {
            h4 { "Last lines of the runner" }
            pre tabindex="0" { @for line in shown { (depth.said(line)) "\n" } }
        }
    }
}

/// A server's time, UTC, to the second.
fn seconds(at: Timestamp) -> String {
    micros(at).replace('T', " ").chars().take(19).collect()
}
