//! The end of several launches: how they came out, why some failed, which were slow, and how to go on.
//!
//! A page that is read at 2 a.m.: the causes come first, each once, with what to do about it, however many launches it hit.

use super::page::Page;
use super::words;
use crate::core::source::Source;
use crate::core::text::safe_line;
use crate::core::verdict::{Final, Outcome, Summary};
use crate::report::batch::Tally;
use crate::report::causes::{Cause, causes};
use crate::report::columns::{padded, shortened};
use crate::report::style::Role;

/// So many launches are listed one by one; of more, nobody reads the list, and `--report` has it.
const LISTED: usize = 20;

/// Names told of each cause.
const NAMES: usize = 8;

/// Slow launches told, where not all are listed.
const SLOWEST: usize = 5;

/// All of it, but the last line.
pub(super) fn page(page: &mut Page, summary: &Summary, batch: Option<&str>) {
    let launches = &summary.launches;
    page.heading("Launches");
    if launches.len() <= LISTED {
        for launch in launches {
            row(page, launch);
        }
    }
    let not_started = not_started(summary);
    page.say(2, Role::Heading, &outcomes(launches, not_started));
    let causes = causes(launches);
    if !causes.is_empty() {
        page.heading("Causes");
    }
    for cause in &causes {
        why(page, cause);
    }
    if launches.len() > LISTED {
        slowest(page, launches);
    }
    next(page, summary, batch, not_started);
}

/// Launches of the batch whose turn never came, or that were left without a verdict.
fn not_started(summary: &Summary) -> usize {
    let all = summary.counts.get("launches").and_then(serde_json::Value::as_u64);
    let all = all.and_then(|all| usize::try_from(all).ok()).unwrap_or_default();
    all.saturating_sub(summary.launches.len())
}

fn outcomes(launches: &[Final], not_started: usize) -> String {
    let mut tally = Tally::default();
    for launch in launches {
        tally.add(launch.verdict.outcome, None);
    }
    let unjudged = (not_started > 0).then(|| format!("{not_started} without a verdict"));
    let judged = Some(tally.to_string()).filter(|text| !text.is_empty());
    let parts: Vec<_> = judged.into_iter().chain(unjudged).collect();
    format!("{} launches: {}", tally.all() + not_started, parts.join(", "))
}

fn why(page: &mut Page, cause: &Cause<'_>) {
    let title = format!(
        "{} {}",
        cause.launches.len(),
        cause.title(words::outcome(cause.outcome))
    );
    page.mark(2, role(cause.outcome), words::sign(cause.outcome), &title);
    let example = if cause.is_one_text() { "" } else { "For example: " };
    page.say(4, Role::Plain, &format!("{example}{}", cause.summary()));
    if let Some(hint) = cause.hint() {
        page.say(4, Role::Plain, &format!("Hint: {hint}"));
    }
    let names: Vec<_> = cause
        .launches
        .iter()
        .take(NAMES)
        .map(|launch| title_of(launch))
        .collect();
    let more = match cause.launches.len().saturating_sub(NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    page.say(4, Role::Dim, &format!("{}{more}", names.join(", ")));
}

fn slowest(page: &mut Page, launches: &[Final]) {
    let mut slow: Vec<&Final> = launches
        .iter()
        .filter(|launch| launch.elapsed_ms.is_some())
        .collect();
    slow.sort_by_key(|launch| u64::MAX - launch.elapsed_ms.unwrap_or_default());
    page.heading("Slowest");
    for launch in slow.into_iter().take(SLOWEST) {
        row(page, launch);
    }
}

fn next(page: &mut Page, summary: &Summary, batch: Option<&str>, not_started: usize) {
    let unfinished = summary
        .launches
        .iter()
        .filter(|launch| launch.verdict.outcome == Outcome::Interrupted)
        .count()
        + not_started;
    let requests: Vec<_> = Source::ALL
        .into_iter()
        .filter_map(|source| Some((source, summary.counts.get(requests(source))?.as_u64()?)))
        .map(|(source, count)| format!("{} {count}", source.service()))
        .collect();
    if unfinished == 0 && requests.is_empty() {
        return;
    }
    page.gap();
    if let Some(batch) = batch.filter(|_| unfinished > 0) {
        page.field("Resume", &format!("liftoff resume {}", words::shell(batch)));
    }
    if !requests.is_empty() {
        page.field("Requests", &requests.join(", "));
    }
}

/// The key of the number of requests in the summary's counts.
fn requests(source: Source) -> &'static str {
    match source {
        Source::Log => "requests_logging",
        Source::Execution => "requests_run",
        Source::Vertex => "requests_vertex",
    }
}

/// One launch.
fn row(page: &mut Page, launch: &Final) {
    let verdict = &launch.verdict;
    let unsure = verdict.confirmed == Some(false);
    let sign = if unsure { "?" } else { words::sign(verdict.outcome) };
    let role = if unsure {
        Role::Warning
    } else {
        role(verdict.outcome)
    };
    let time = launch.elapsed_ms.map(words::elapsed).unwrap_or_default();
    let what = verdict.category.as_deref().unwrap_or(&verdict.summary);
    let row = format!(
        "{sign} {} {time:>8}  {}: {}",
        padded(&safe_line(title_of(launch)), 24),
        words::outcome(verdict.outcome),
        safe_line(what)
    );
    let style = page.style();
    let row = if style.terminal {
        shortened(&row, style.width.saturating_sub(2))
    } else {
        row
    };
    page.raw(2, role, &row);
}

fn title_of(launch: &Final) -> &str {
    launch.name.as_deref().unwrap_or(&launch.launch)
}

fn role(outcome: Outcome) -> Role {
    match outcome {
        Outcome::Success => Role::Good,
        Outcome::Failure => Role::Bad,
        _ => Role::Warning,
    }
}
