//! The end of several launches: how they came out, why some failed, which were slow, and how to go on.
//!
//! A page that is read at 2 a.m.: the causes come first, each once, with what to do about it, however many launches it hit.

use std::collections::BTreeMap;

use super::page::Page;
use super::words;
use crate::core::source::Source;
use crate::core::text::safe_line;
use crate::core::verdict::{Final, NotStarted, Outcome, Summary};
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
    let unjudged = unjudged(summary);
    page.say(2, Role::Heading, &outcomes(summary, unjudged));
    let causes = causes(launches);
    if !causes.is_empty() || !summary.not_started.is_empty() {
        page.heading("Causes");
    }
    refusals(page, summary);
    for cause in &causes {
        why(page, cause);
    }
    if launches.len() > LISTED {
        slowest(page, launches);
    }
    next(page, summary, batch, unjudged);
}

/// Launches of the batch whose turn never came, or that were left alone.
fn unjudged(summary: &Summary) -> usize {
    let all = summary.counts.get("launches").and_then(serde_json::Value::as_u64);
    let all = all.and_then(|all| usize::try_from(all).ok()).unwrap_or_default();
    all.saturating_sub(summary.launches.len() + summary.not_started.len())
}

fn outcomes(summary: &Summary, unjudged: usize) -> String {
    let mut tally = Tally::default();
    for launch in &summary.launches {
        tally.add(launch.verdict.outcome, None);
    }
    for _ in &summary.not_started {
        tally.add(None, None);
    }
    let rest = (unjudged > 0).then(|| format!("{unjudged} without a verdict"));
    let told = Some(tally.to_string()).filter(|text| !text.is_empty());
    let parts: Vec<_> = told.into_iter().chain(rest).collect();
    format!("{} launches: {}", tally.all() + unjudged, parts.join(", "))
}

/// What kept launches from being started, each kind once.
fn refusals(page: &mut Page, summary: &Summary) {
    let mut kinds: BTreeMap<&str, Vec<&NotStarted>> = BTreeMap::new();
    for launch in &summary.not_started {
        kinds.entry(&launch.error.kind).or_default().push(launch);
    }
    for (kind, launches) in kinds {
        let title = format!("{} {}: {kind}", launches.len(), words::NOT_STARTED);
        page.mark(2, Role::Bad, words::sign(None), &title);
        if let Some(first) = launches.first() {
            page.say(4, Role::Plain, &first.error.message);
            if let Some(hint) = &first.error.hint {
                page.say(4, Role::Plain, &format!("Hint: {hint}"));
            }
        }
        let names = launches
            .iter()
            .map(|launch| launch.name.as_deref().unwrap_or(&launch.launch));
        list(page, names.collect());
    }
}

/// The first names, and how many more there are.
fn list(page: &mut Page, names: Vec<&str>) {
    let more = match names.len().saturating_sub(NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first: Vec<_> = names.into_iter().take(NAMES).collect();
    page.say(4, Role::Dim, &format!("{}{more}", first.join(", ")));
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
    // How to go on with one that was interrupted is no hint for all: the batch is resumed.
    let hint = cause.hint().filter(|_| cause.outcome != Outcome::Interrupted);
    if let Some(hint) = hint {
        page.say(4, Role::Plain, &format!("Hint: {hint}"));
    }
    list(
        page,
        cause.launches.iter().map(|launch| title_of(launch)).collect(),
    );
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

fn next(page: &mut Page, summary: &Summary, batch: Option<&str>, unjudged: usize) {
    let unfinished = summary
        .launches
        .iter()
        .filter(|launch| launch.verdict.outcome == Outcome::Interrupted)
        .count()
        + unjudged;
    let requests: Vec<_> = Source::ALL
        .into_iter()
        .filter_map(|source| spent(source, summary))
        .collect();
    if unfinished == 0 && requests.is_empty() {
        return;
    }
    page.gap();
    if let Some(batch) = batch.filter(|_| unfinished > 0) {
        page.field("Resume", &format!("liftoff resume {}", words::shell(batch)));
    }
    for (at, spent) in requests.iter().enumerate() {
        page.field(if at == 0 { "Requests" } else { "" }, spent);
    }
}

/// What was asked of one API, and how much of its quota that took.
fn spent(source: Source, summary: &Summary) -> Option<String> {
    let of = |key: String| summary.counts.get(&key)?.as_f64();
    let key = requests(source);
    let (count, api) = (summary.counts.get(key)?.as_u64()?, key.strip_prefix("requests_")?);
    let share = of(format!("a_minute_{api}")).zip(of(format!("quota_{api}")));
    let share = share.map(|(used, quota)| format!(" ({used:.0} a minute of {quota:.0})"));
    Some(format!(
        "{} {count}{}",
        source.service(),
        share.unwrap_or_default()
    ))
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
