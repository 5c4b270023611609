//! A launch on its way: what was asked, what happens, what the runner prints.

use super::page::Page;
use super::seen::Seen;
use super::{Verbosity, words};
use crate::core::entry::Severity;
use crate::core::event::{LaunchStarted, LogLine, PhaseReached, Requested, SourceChanged, micros};
use crate::core::evidence::Evidence;
use crate::core::finding::Phase;
use crate::core::source::Health;
use crate::core::text::{safe, without_colours};
use crate::report::style::Role;

/// What was asked for, and where the job is expected, which may be a default that the user did not think of.
pub(super) fn requested(page: &mut Page, asked: &Requested, launch: &str) {
    let job = asked.job.rsplit('/').next().unwrap_or(&asked.job);
    let verb = if asked.attach { "Watching" } else { "Launching" };
    let limit = asked.timeout_s.map_or_else(
        || "without a deadline".to_owned(),
        |seconds| format!("at most {}", words::elapsed(seconds.saturating_mul(1000))),
    );
    let goal = asked.until.word();
    page.say(
        0,
        Role::Heading,
        &format!("{verb} {job} in {}: until {goal}, {limit}", asked.region),
    );
    let place = format!(
        "The custom job is expected in project {}, region {}.",
        asked.vertex_project, asked.vertex_region
    );
    page.say(2, Role::Dim, &place);
    page.field("Launch", launch);
}

/// The execution exists.
pub(super) fn started(page: &mut Page, started: &LaunchStarted, ms: Option<u64>) {
    let what = if started.attached {
        "Attached to"
    } else {
        "Runner started:"
    };
    page.mark(
        0,
        Role::Good,
        "✓",
        &format!("{what} {}{}", started.execution.short(), after(ms)),
    );
    if let Some(link) = &started.links.execution {
        page.field("Execution", link);
    }
    for note in &started.notes {
        page.mark(2, Role::Warning, "!", note);
    }
}

/// A phase, as it is learned of.
pub(super) fn phase(page: &mut Page, reached: &PhaseReached, ms: Option<u64>, verbosity: Verbosity) {
    let (role, sign) = match reached.phase {
        Phase::Building => (Role::Warning, "◇"),
        Phase::Submitting => (Role::Warning, "⚡"),
        _ => (Role::Good, "✓"),
    };
    let note = words::phase_note(reached.phase)
        .map(|note| format!(": {note}"))
        .unwrap_or_default();
    page.mark(
        0,
        role,
        sign,
        &format!("{}{}{note}", words::phase(reached.phase), after(ms)),
    );
    if verbosity == Verbosity::Verbose {
        let line = reached
            .line
            .as_deref()
            .unwrap_or("(said by a state, not by a line)");
        page.say(4, Role::Dim, &format!("{} {line}", micros(reached.occurred_at)));
    }
}

fn after(ms: Option<u64>) -> String {
    ms.map(|ms| format!(" (+{})", words::elapsed(ms)))
        .unwrap_or_default()
}

/// A line of the runner's log; W&B's in cyan.
pub(super) fn log(page: &mut Page, seen: &mut Seen, line: &LogLine) {
    if !seen.logs && !page.is_prefixed() {
        seen.logs = true;
        let title = if page.style().terminal {
            "◇ Runner Logs (Live) ━━━━━━━━━"
        } else {
            "Runner logs (live):"
        };
        page.raw(0, Role::Heading, title);
    }
    // Made safe as a whole, because a secret may span lines.
    let text = safe(&without_colours(&line.text));
    for row in text.trim_end_matches('\n').split('\n') {
        let role = match row {
            _ if line.severity >= Severity::Error || row.contains("wandb: ERROR") => Role::Bad,
            _ if row.contains("wandb:") => Role::Wandb,
            _ => Role::Plain,
        };
        page.raw(2, role, &format!("| {row}"));
    }
}

/// A fact, for who wants to know why.
pub(super) fn evidence(page: &mut Page, fact: &Evidence) {
    let weight = if fact.definite { "definite" } else { "a sign" };
    page.mark(
        2,
        Role::Dim,
        "·",
        &format!("{}: {} ({weight})", fact.source.service(), fact.what),
    );
}

/// A source that fails is news for `-v`; one that is lost, or is back, is news for everyone.
pub(super) fn source(page: &mut Page, seen: &mut Seen, changed: &SourceChanged, verbosity: Verbosity) {
    let service = changed.source.service();
    match &changed.health {
        Health::Failing(detail) if verbosity == Verbosity::Verbose => {
            seen.failing.insert(changed.source);
            page.mark(
                2,
                Role::Dim,
                "!",
                &format!("{service} does not answer well: {detail}"),
            );
        }
        Health::Lost(detail) => {
            seen.failing.insert(changed.source);
            let text = format!("{service} is lost: {detail}. The launch goes on with the other sources.");
            page.mark(0, Role::Warning, "!", &text);
        }
        Health::Answering if seen.failing.remove(&changed.source) => {
            page.mark(0, Role::Good, "✓", &format!("{service} answers again"));
        }
        Health::Failing(_) | Health::Answering => {}
    }
}
