//! Every other end: the cause in a box, what is known about it, and the next command.

use super::batch;
use super::page::Page;
use super::seen::Seen;
use super::words;
use crate::core::text::safe;
use crate::core::verdict::{ApiStatus, Diagnosis, Outcome, ProcessError, Started, Summary, Verdict};
use crate::report::style::Role;

/// A verdict that is no success.
pub(super) fn verdict(page: &mut Page, seen: &Seen, verdict: &Verdict) {
    let mut paragraphs = with_hint(&verdict.summary, verdict.hint.as_ref());
    if let Some(meaning) = words::meaning(verdict) {
        paragraphs.insert(1, meaning.to_owned());
    }
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
    commands(page, seen, verdict);
}

fn commands(page: &mut Page, seen: &Seen, verdict: &Verdict) {
    if let Some(job) = &verdict.custom_job {
        page.field(
            "Job's log",
            &words::job_command("stream-logs", job, seen.vertex_project()),
        );
    } else if let Some(execution) = &verdict.execution {
        page.field("Describe", &words::execution_command(execution));
    } else if let Some(list) = seen
        .requested
        .as_ref()
        .and_then(|asked| words::executions_command(&asked.job))
    {
        page.field("Check", &list);
    }
    next(page, verdict);
}

/// How to go on, where there is something to go on with and the hint does not say it already.
fn next(page: &mut Page, verdict: &Verdict) {
    let open = matches!(
        verdict.outcome,
        Outcome::Timeout | Outcome::Undetermined | Outcome::Interrupted
    );
    let said = verdict
        .hint
        .as_ref()
        .is_some_and(|hint| hint.contains("liftoff watch"));
    if let Some(execution) = verdict.execution.as_ref().filter(|_| open && !said) {
        page.field("Next", &format!("liftoff watch {execution}"));
    }
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

/// Category, summary and hint.
type Cause<'a> = (&'a Option<String>, &'a String, &'a Option<String>);

/// The cause, where it is news.
pub(super) fn cause(page: &mut Page, told: Option<&Verdict>, now: Cause<'_>) {
    if told.is_some_and(|told| (&told.category, &told.summary, &told.hint) == now) {
        return;
    }
    let (category, summary, hint) = now;
    let title = category
        .as_ref()
        .map_or_else(|| "Cause".to_owned(), |category| format!("Cause: {category}"));
    page.boxed(Role::Bad, &title, &with_hint(summary, hint.as_ref()));
}

fn with_hint(text: &str, hint: Option<&String>) -> Vec<String> {
    let hint = hint.map(|hint| format!("Hint: {hint}"));
    [Some(text.to_owned()), hint].into_iter().flatten().collect()
}

/// What was found out after the verdict: only what is news.
pub(super) fn diagnosis(page: &mut Page, told: Option<&Verdict>, found: &Diagnosis) {
    cause(page, told, (&found.category, &found.summary, &found.hint));
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
    last_lines(page, &found.last_lines);
    for note in &found.notes {
        page.mark(2, Role::Warning, "!", note);
    }
}

fn last_lines(page: &mut Page, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.heading("Last lines of the runner");
    // Made safe together, because a secret may span lines.
    for line in safe(&lines.join("\n")).split('\n') {
        page.raw(2, Role::Plain, &format!("| {line}"));
    }
}

/// What went wrong outside of any verdict.
pub(super) fn error_box(page: &mut Page, error: &ProcessError) {
    let title = format!("Error: {}", error.kind);
    page.boxed(Role::Bad, &title, &with_hint(&error.message, error.hint.as_ref()));
    for detail in &error.details {
        page.say(2, Role::Plain, &detail.to_string());
    }
}

/// The last words of the process.
pub(super) fn summary(
    page: &mut Page,
    summary: &Summary,
    batch_id: Option<&str>,
    ms: Option<u64>,
    verbose: bool,
) {
    let ended = summary.launches.len() + summary.not_started.len();
    let several = ended > 1 || (batch_id.is_some() && ended > 0);
    // Among the causes of several it is told already.
    let told = several && !summary.not_started.is_empty();
    if let Some(error) = summary.error.as_ref().filter(|_| !told) {
        error_box(page, error);
    }
    if several {
        batch::page(page, summary, batch_id);
    }
    if verbose && !summary.counts.is_empty() {
        let counts = summary
            .counts
            .iter()
            .map(|(name, count)| format!("{name} {count}"));
        page.say(0, Role::Dim, &counts.collect::<Vec<_>>().join(", "));
    }
    page.gap();
    page.say(0, Role::Plain, &last_line(summary, ms));
}

fn last_line(summary: &Summary, ms: Option<u64>) -> String {
    let ms = match summary.launches.as_slice() {
        [only] => only.elapsed_ms.or(ms),
        _ => ms,
    };
    let left_alone =
        summary.started == Started::Yes && summary.launches.is_empty() && summary.error.is_none();
    let what = if left_alone {
        "The runner was started and is not supervised. "
    } else {
        ""
    };
    let after = ms
        .map(|ms| format!(" after {}", words::elapsed(ms)))
        .unwrap_or_default();
    let again = words::again(summary.retry, summary.exit_code).map(|again| format!(" {again}"));
    format!(
        "{what}Exit code {}{after}.{}",
        summary.exit_code,
        again.unwrap_or_default()
    )
}
