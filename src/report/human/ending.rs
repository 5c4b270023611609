//! Every other end: the cause in a box, what is known about it, and the next command.

use super::page::{Page, shortened};
use super::seen::Seen;
use super::words;
use crate::core::text::safe_line;
use crate::core::verdict::{ApiStatus, Diagnosis, Outcome, Started, Summary, Verdict};
use crate::report::style::Role;

/// A verdict that is no success.
pub(super) fn verdict(page: &mut Page, seen: &Seen, verdict: &Verdict, launch: &str) {
    let mut paragraphs = vec![verdict.summary.clone()];
    paragraphs.extend(words::meaning(verdict).map(str::to_owned));
    paragraphs.extend(verdict.hint.as_ref().map(|hint| format!("Hint: {hint}")));
    page.boxed(role(verdict.outcome), &words::title(verdict), &paragraphs);
    error(page, verdict.error.as_ref());
    if let Some(job) = &verdict.custom_job {
        let state = verdict
            .job_state
            .as_ref()
            .map(|state| format!(" {state}"))
            .unwrap_or_default();
        page.field("Custom job", &format!("{job}{state}"));
    }
    let links = &verdict.links;
    for (label, link) in [
        ("Vertex AI", &links.custom_job),
        ("W&B", &links.wandb),
        ("Execution", &links.execution),
        ("Logs", &links.logs),
    ] {
        if let Some(link) = link {
            page.field(label, link);
        }
    }
    commands(page, seen, verdict, launch);
}

fn commands(page: &mut Page, seen: &Seen, verdict: &Verdict, launch: &str) {
    if let Some(job) = &verdict.custom_job {
        page.field(
            "Job's log",
            &words::job_command("stream-logs", job, seen.vertex_project()),
        );
    } else if let Some(execution) = &verdict.execution {
        page.field("Describe", &words::execution_command(execution));
    }
    let verb = match verdict.outcome {
        Outcome::Timeout | Outcome::Undetermined | Outcome::Interrupted => "watch",
        Outcome::Success | Outcome::Failure | Outcome::Cancelled => "show",
    };
    page.field("Next", &format!("liftoff {verb} {}", words::shell(launch)));
}

fn role(outcome: Outcome) -> Role {
    if outcome == Outcome::Failure {
        Role::Bad
    } else {
        Role::Warning
    }
}

fn error(page: &mut Page, error: Option<&ApiStatus>) {
    if let Some(error) = error {
        page.say(
            2,
            Role::Plain,
            &format!("The API says: {} (code {})", error.message, error.code),
        );
    }
}

/// What was found out after the verdict: only what is news.
pub(super) fn diagnosis(page: &mut Page, told: Option<&Verdict>, found: &Diagnosis) {
    let news = told.is_none_or(|told| {
        (&told.category, &told.summary, &told.hint) != (&found.category, &found.summary, &found.hint)
    });
    if news {
        let title = found
            .category
            .as_ref()
            .map_or_else(|| "Cause".to_owned(), |category| format!("Cause: {category}"));
        let hint = found.hint.as_ref().map(|hint| format!("Hint: {hint}"));
        let paragraphs: Vec<_> = [Some(found.summary.clone()), hint]
            .into_iter()
            .flatten()
            .collect();
        page.boxed(Role::Bad, &title, &paragraphs);
    }
    if told.is_none_or(|told| told.error.is_none()) {
        error(page, found.error.as_ref());
    }
    if let Some(code) = found.task_exit_code {
        page.field("Exit code", &format!("{code} (the runner's task)"));
    }
    if let Some(signal) = found.task_signal {
        page.field("Signal", &format!("{signal} (ended the runner's task)"));
    }
    if let Some(doc) = &found.doc {
        page.field("Read", doc);
    }
    if !found.last_lines.is_empty() {
        page.heading("Last lines of the runner");
        found
            .last_lines
            .iter()
            .for_each(|line| page.raw(2, Role::Plain, &format!("| {line}")));
    }
    found
        .notes
        .iter()
        .for_each(|note| page.mark(2, Role::Warning, "!", note));
}

/// The last words of the process.
pub(super) fn summary(page: &mut Page, summary: &Summary, ms: Option<u64>, verbose: bool) {
    if let Some(error) = &summary.error {
        let hint = error.hint.as_ref().map(|hint| format!("Hint: {hint}"));
        let paragraphs: Vec<_> = [Some(error.message.clone()), hint]
            .into_iter()
            .flatten()
            .collect();
        page.boxed(Role::Bad, &format!("Error: {}", error.kind), &paragraphs);
    }
    if summary.launches.len() > 1 {
        table(page, summary);
    }
    if verbose {
        let counts = summary
            .counts
            .iter()
            .map(|(name, count)| format!("{name} {count}"));
        page.say(0, Role::Dim, &counts.collect::<Vec<_>>().join(", "));
    }
    let lone = summary.launches.as_slice();
    let ms = if let [only] = lone {
        only.elapsed_ms.or(ms)
    } else {
        ms
    };
    page.gap();
    let after = ms
        .map(|ms| format!(" after {}", words::elapsed(ms)))
        .unwrap_or_default();
    let unsupervised = summary.started == Started::Yes && lone.is_empty() && summary.error.is_none();
    let what = if unsupervised {
        "The runner was started and is not supervised. "
    } else {
        ""
    };
    let again = words::again(summary.retry, summary.exit_code)
        .map(|again| format!(" {again}"))
        .unwrap_or_default();
    page.say(
        0,
        Role::Plain,
        &format!("{what}Exit code {}{after}.{again}", summary.exit_code),
    );
}

/// One row a launch.
fn table(page: &mut Page, summary: &Summary) {
    page.heading("Launches");
    let width = page.style().width;
    for launch in &summary.launches {
        let verdict = &launch.verdict;
        let (sign, role) = match verdict.outcome {
            Outcome::Success if verdict.confirmed == Some(false) => ("?", Role::Warning),
            Outcome::Success => ("✓", Role::Good),
            Outcome::Failure => ("✗", Role::Bad),
            _ => ("!", Role::Warning),
        };
        let time = launch.elapsed_ms.map(words::elapsed).unwrap_or_default();
        let name = safe_line(launch.name.as_deref().unwrap_or(&launch.launch));
        let what = verdict.category.as_deref().unwrap_or(&verdict.summary);
        let row = format!(
            "{sign} {name:<24} {:>8}  {}: {}",
            time,
            words::outcome(verdict.outcome),
            safe_line(what)
        );
        let row = if page.style().terminal {
            shortened(&row, width.saturating_sub(2))
        } else {
            row
        };
        page.raw(2, role, &row);
    }
}
