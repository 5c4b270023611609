//! The document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

use super::totals::{ORDER, Totals};
use super::{Said, causes, launches, picture};
use crate::core::event::micros;
use crate::core::verdict::{Outcome, Summary};
use crate::report::ledger::Ledger;
use crate::report::words;

/// The page's style.
const STYLE: &str = include_str!("assets/report.css");

/// What makes the table easier to use; the page is complete without it.
const SCRIPT: &str = include_str!("assets/report.js");

/// The whole page.
pub(super) fn page(ledger: &Ledger, summary: &Summary) -> Markup {
    let announced = summary.counts.get("launches").and_then(serde_json::Value::as_u64);
    let totals = Totals::of(
        ledger,
        announced
            .and_then(|all| usize::try_from(all).ok())
            .unwrap_or_default(),
    );
    let title = title(ledger);
    let top = html! {
        (header(ledger, summary, &totals, &title))
        @if let Some(error) = summary.error.as_ref().filter(|_| summary.not_started.is_empty()) { (causes::process_error(error)) }
        (causes::section(ledger))
        (picture::picture(ledger))
        (numbers(summary, &totals))
    };
    let used = top.0.len() + STYLE.len() + SCRIPT.len() + 4_096;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy" content=(policy());
                title { (Said(&title, 200)) " · Liftoff" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (top)
                    (launches::section(ledger, used))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// Nothing is loaded, and nothing runs but what this build put there.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn title(ledger: &Ledger) -> String {
    match (&ledger.batch, ledger.launches.as_slice()) {
        (Some(batch), _) => format!("Batch {batch}"),
        (None, [only]) => format!("Launch {}", only.title()),
        (None, launches) => format!("{} launches", launches.len()),
    }
}

fn header(ledger: &Ledger, summary: &Summary, totals: &Totals, title: &str) -> Markup {
    let times = ledger.begun.zip(ledger.ended);
    let took = times.map(|(begun, ended)| {
        let ms = ended.duration_since(begun).as_millis();
        words::elapsed(u64::try_from(ms).unwrap_or_default())
    });
    html! {
        header {
            p.brand { span aria-hidden="true" { "◇ " } "Liftoff" }
            h1 { (Said(title, 200)) }
            p.note {
                @if let Some((begun, _)) = times { "Begun " time datetime=(micros(begun)) { (&micros(begun).replace('T', " ")[..19]) " UTC" } }
                @if let Some(took) = took { ", took " (took) }
                ". Exit code " (summary.exit_code) "."
            }
            (share(totals))
            dl.tiles {
                div { dt { "launches" } dd { (totals.launches) } }
                @for (outcome, count) in &totals.outcomes {
                    div class=(format!("o-{}", words::json(*outcome))) { dt { (words::counted(*outcome)) } dd { (count) } }
                }
                @if totals.not_started > 0 { div.o-failure { dt { (words::NOT_STARTED) } dd { (totals.not_started) } } }
                @if totals.unjudged > 0 { div.o-none { dt { "no verdict" } dd { (totals.unjudged) } } }
                @for (label, hundredths) in [("median time", 50), ("90 % within", 90), ("99 % within", 99), ("slowest", 100)] {
                    @if let Some(ms) = totals.percentile(hundredths) { div.time { dt { (label) } dd { (words::elapsed(ms)) } } }
                }
            }
        }
    }
}

/// The outcomes in proportion.
fn share(totals: &Totals) -> Markup {
    let mut from = 0;
    let mut parts = Vec::new();
    let all = totals
        .outcomes
        .iter()
        .rev()
        .map(|(outcome, count)| (words::json(*outcome), *count));
    let others = [("failure", totals.not_started), ("none", totals.unjudged)];
    let others = others.map(|(class, count)| (class.to_owned(), count));
    for (class, count) in all.chain(others) {
        parts.push((class, from, count));
        from += count;
    }
    html! {
        svg.share viewBox=(format!("0 0 {} 1", from.max(1))) preserveAspectRatio="none" aria-hidden="true" {
            @for (class, from, count) in parts {
                rect class=(format!("f-{class}")) x=(from) y="0" width=(count) height="1" {}
            }
        }
    }
}

fn numbers(summary: &Summary, totals: &Totals) -> Markup {
    let requests = summary
        .counts
        .iter()
        .filter_map(|(key, count)| Some((key.strip_prefix("requests_")?, count)));
    let service = |key: &str| match key {
        "run" => "Cloud Run",
        "logging" => "Cloud Logging",
        "vertex" => "Vertex AI",
        _ => "other",
    };
    html! {
        section.columns {
            @if !totals.paths.is_empty() {
                div {
                    h2 { "Ways to the verdict" }
                    table {
                        thead { tr { th scope="col" { "Outcome" } th scope="col" { "Path" } th.number scope="col" { "Launches" } } }
                        tbody {
                            @for ((rank, path), count) in &totals.paths {
                                @let outcome = ORDER.get(*rank).copied().unwrap_or(Outcome::Success);
                                tr { td { span class=(format!("pill o-{}", words::json(outcome))) { (words::outcome(outcome)) } } td { code { (path) } } td.number { (count) } }
                            }
                        }
                    }
                }
            }
            @if summary.counts.keys().any(|key| key.starts_with("requests_")) {
                div {
                    h2 { "Requests" }
                    table {
                        thead { tr { th scope="col" { "API" } th.number scope="col" { "Requests" } } }
                        tbody { @for (key, count) in requests { tr { td { (service(key)) } td.number { (count.to_string()) } } } }
                    }
                }
            }
        }
    }
}
