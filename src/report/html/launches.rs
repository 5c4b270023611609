//! The table of all launches. Details are given as far as the page may grow: all of them to few launches, the most telling
//! ones to many.

use maud::{Markup, html};

use super::details::{DEPTHS, Depth, details};
use super::{MOST_BYTES, Said};
use crate::report::ledger::{Ledger, Record};
use crate::report::words;

/// Characters of a summary where there is no room for more.
const LEAST: usize = 80;

/// The table. `used` bytes of the page are taken already.
pub(super) fn section(ledger: &Ledger, used: usize) -> Markup {
    if ledger.launches.is_empty() {
        return html! {};
    }
    let rows: Vec<Markup> = ledger.launches.iter().map(row).collect();
    let rows_bytes: usize = rows.iter().map(|row| row.0.len()).sum();
    let mut purse = Purse {
        left: MOST_BYTES.saturating_sub(used + rows_bytes),
        launches: ledger.launches.len(),
    };
    html! {
        section aria-labelledby="launches" {
            h2 id="launches" { "Launches" }
            form.tools hidden {
                label { "Show " input #filter type="search" placeholder="name, job, cause, text …" autocomplete="off"; }
                " " span #shown role="status" aria-live="polite" {}
            }
            div.scroll tabindex="0" role="region" aria-label="Launches" {
                table.launches {
                    thead {
                        tr {
                            th scope="col" data-sort="text" { "Launch" }
                            th scope="col" data-sort="text" { "Outcome" }
                            th scope="col" data-sort="text" { "Cause or path" }
                            th.number scope="col" data-sort="number" { "Time" }
                            th.number scope="col" data-sort="number" { "Attempts" }
                            th scope="col" data-sort="text" { "Job" }
                        }
                    }
                    @for ((number, record), row) in ledger.launches.iter().enumerate().zip(&rows) {
                        tbody id=(format!("l{number}")) { (row) (purse.spend(record)) }
                    }
                }
            }
        }
    }
}

fn row(record: &Record) -> Markup {
    let end = record.end.as_ref();
    let (class, word) = match end {
        Some(end) => (
            words::json(end.verdict.outcome),
            words::outcome(end.verdict.outcome),
        ),
        None => record.unjudged(),
    };
    let unsure = end.is_some_and(|end| end.verdict.confirmed == Some(false));
    let cause = end.map(|end| {
        let category = end.verdict.category.clone();
        category.unwrap_or_else(|| words::json(end.verdict.path))
    });
    let cause = cause.or_else(|| record.not_started.as_ref().map(|error| error.kind.clone()));
    let ms = end.and_then(|end| end.elapsed_ms);
    html! {
        tr {
            th scope="row" { (Said(record.title(), 120)) }
            td { span class=(format!("pill o-{class}")) { (word) @if unsure { " (not confirmed)" } } }
            td { (Said(&cause.unwrap_or_default(), 80)) }
            td.number data-value=[ms] { (ms.map(words::elapsed).unwrap_or_default()) }
            td.number { (record.attempts.len()) }
            td { (Said(record.job.rsplit('/').next().unwrap_or_default(), 80)) }
        }
    }
}

/// The bytes that are left for details. What one launch does not need is there for those after it.
struct Purse {
    left: usize,
    launches: usize,
}

impl Purse {
    fn spend(&mut self, record: &Record) -> Markup {
        let share = self.left / self.launches.max(1);
        // Making text safe is what costs: only what may fit is tried.
        let depths = DEPTHS.iter().filter(|depth| depth.least_bytes(record) <= share);
        let fitting = depths
            .map(|depth| opened(record, depth))
            .find(|told| told.0.len() <= share);
        let told = fitting.unwrap_or_else(|| closed(record));
        self.left = self.left.saturating_sub(told.0.len());
        self.launches = self.launches.saturating_sub(1);
        told
    }
}

/// The second row: one line that opens.
fn opened(record: &Record, depth: &Depth) -> Markup {
    html! {
        tr.more {
            td colspan="6" {
                details {
                    summary { (Said(summary(record), depth.characters.min(300))) }
                    (details(record, depth))
                }
            }
        }
    }
}

/// The second row where there is room for nothing else.
fn closed(record: &Record) -> Markup {
    html! { tr.more { td colspan="6" { (Said(summary(record), LEAST)) } } }
}

fn summary(record: &Record) -> &str {
    let judged = record.end.as_ref().map(|end| &end.verdict.summary);
    let refused = record.not_started.as_ref().map(|error| &error.message);
    judged.or(refused).map_or("no verdict was given", String::as_str)
}
