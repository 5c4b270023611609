//! One launch as a test case.

use std::time::Duration;

use jiff::SignedDuration;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestRerun};

use super::{status_of, text};
use crate::core::event::micros;
use crate::core::verdict::{Diagnosis, Final, Outcome, Summary, Verdict, exit};
use crate::report::ledger::{Attempt, Record};
use crate::report::words;

/// A length of time; none where a clock was set back.
pub(super) fn time(length: SignedDuration) -> Duration {
    Duration::try_from(length).unwrap_or_default()
}

/// The test case of a launch.
pub(super) fn case(record: &Record, summary: &Summary) -> TestCase {
    let mut status = match &record.end {
        Some(end) => judged(end, record.diagnosis()),
        None => unjudged(record, summary),
    };
    let earlier = record
        .attempts
        .split_last()
        .map_or(&[][..], |(_, earlier)| earlier);
    status.add_reruns(earlier.iter().filter_map(rerun));
    let mut case = TestCase::new(text(record.title()), status);
    case.set_classname(text(&class(&record.job)));
    case.timestamp = record
        .attempts
        .first()
        .and_then(|first| micros(first.begun).parse().ok());
    case.time = record
        .end
        .as_ref()
        .and_then(|end| end.elapsed_ms)
        .map(Duration::from_millis);
    for (name, value) in properties(record) {
        case.add_property((text(name), text(&value)));
    }
    case
}

/// `PROJECT.REGION.JOB`: Jenkins and others group by what stands before the last dot.
fn class(job: &str) -> String {
    match job.split('/').collect::<Vec<_>>()[..] {
        ["projects", project, "locations", region, "jobs", job] => format!("{project}.{region}.{job}"),
        _ if job.is_empty() => "liftoff".to_owned(),
        _ => job.to_owned(),
    }
}

fn judged(end: &Final, diagnosis: Option<&Diagnosis>) -> TestCaseStatus {
    let verdict = &end.verdict;
    let mut status = match verdict.outcome {
        Outcome::Success => return TestCaseStatus::success(),
        Outcome::Failure | Outcome::Timeout => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Undetermined | Outcome::Interrupted => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Cancelled => TestCaseStatus::skipped(),
    };
    let category = verdict.category.as_deref();
    status
        .set_type(text(category.unwrap_or(words::outcome(verdict.outcome))))
        .set_message(text(&verdict.summary))
        .set_description(text(&description(verdict, diagnosis)));
    status
}

/// A launch without a verdict: it was left alone, it was refused, or the process ended before its turn came.
fn unjudged(record: &Record, summary: &Summary) -> TestCaseStatus {
    if let Some(error) = &record.not_started {
        return status_of(error);
    }
    if record.was_started() && summary.exit_code == exit::SUCCESS {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::skipped();
    status.set_message(if record.was_started() {
        "started, and not judged"
    } else {
        "not started"
    });
    status
}

fn rerun(attempt: &Attempt) -> Option<TestRerun> {
    let (at, judged) = attempt.verdict.as_ref()?;
    let mut rerun = TestRerun::new(match judged.outcome {
        Outcome::Undetermined | Outcome::Interrupted => NonSuccessKind::Error,
        _ => NonSuccessKind::Failure,
    });
    rerun.set_message(text(&judged.summary));
    if let Some(category) = &judged.category {
        rerun.set_type(text(category));
    }
    rerun.timestamp = micros(attempt.begun).parse().ok();
    rerun.set_time(time(at.duration_since(attempt.begun)));
    Some(rerun)
}

fn description(verdict: &Verdict, diagnosis: Option<&Diagnosis>) -> String {
    let mut lines = vec![verdict.summary.clone()];
    lines.extend(words::meaning(verdict).map(str::to_owned));
    lines.extend(verdict.hint.as_ref().map(|hint| format!("Hint: {hint}")));
    let doc = diagnosis.and_then(|found| found.doc.as_ref());
    lines.extend(doc.map(|doc| format!("Read: {doc}")));
    if let Some(error) = &verdict.error {
        lines.push(format!("The API says: {} (code {})", error.message, error.code));
    }
    lines.push(format!(
        "\nEvidence ({} of {}):",
        verdict.evidence.len(),
        verdict.evidence_total
    ));
    lines.extend(verdict.evidence.iter().map(|fact| {
        let (at, service) = (micros(fact.occurred_at), fact.source.service());
        format!("- {at} {service}: {}", fact.what)
    }));
    if let Some(found) = diagnosis.filter(|found| !found.last_lines.is_empty()) {
        lines.push("\nLast lines of the runner:".to_owned());
        lines.extend(found.last_lines.iter().map(|line| format!("| {line}")));
    }
    lines.join("\n")
}

fn properties(record: &Record) -> Vec<(&'static str, String)> {
    let mut all = vec![("launch", record.launch.clone())];
    let links = record.links();
    if let Some(Final { verdict, .. }) = &record.end {
        all.push(("outcome", words::json(verdict.outcome)));
        all.push(("path", words::json(verdict.path)));
        let optional = [
            ("confirmed", verdict.confirmed.map(|sure| sure.to_string())),
            ("category", verdict.category.clone()),
            ("execution", verdict.execution.as_ref().map(ToString::to_string)),
            ("custom_job", verdict.custom_job.as_ref().map(ToString::to_string)),
            ("job_state", verdict.job_state.as_ref().map(ToString::to_string)),
        ];
        all.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    }
    let links = [
        ("link.execution", links.execution),
        ("link.logs", links.logs),
        ("link.custom_job", links.custom_job),
        ("link.wandb", links.wandb),
    ];
    all.extend(links.into_iter().filter_map(|(name, value)| Some((name, value?))));
    all
}
