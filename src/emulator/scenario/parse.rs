//! Reading scenario files: TOML to [`Scenario`], every mistake with its line.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::{AttemptPlan, JobPlan, Lapse, LogPlan, RunnerPlan, Scenario, Truth};
use crate::emulator::fault::Fault;

/// A scenario file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("scenario {scenario}, line {line}: {message}")]
pub struct ScenarioError {
    /// The scenario's name.
    pub scenario: String,
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong, naming the key.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    summary: String,
    /// Cloud Logging's typical visibility delay.
    #[serde(default = "typical_lag")]
    lag: Lapse,
    runner: Spanned<RunnerPlan>,
    #[serde(default)]
    log: Vec<Spanned<LogPlan>>,
    #[serde(default)]
    job: Vec<Spanned<JobPlan>>,
    #[serde(default)]
    fault: Vec<Spanned<Fault>>,
    #[serde(default)]
    truth: Vec<Spanned<Truth>>,
}

pub(super) fn typical_lag() -> Lapse {
    Lapse(Duration::from_secs(6))
}

/// A rule that was broken: where and how.
type Broken = (Range<usize>, String);

/// Most entries that a scenario may print: a flood must not take the machine's memory.
const MAX_LINES: u64 = 200_000;

pub(super) fn parse(name: &str, toml: &str) -> Result<Scenario, ScenarioError> {
    let error = |(span, message): Broken| ScenarioError {
        scenario: name.to_owned(),
        line: toml
            .bytes()
            .take(span.start)
            .filter(|&byte| byte == b'\n')
            .count()
            + 1,
        message,
    };
    let file: File = toml::from_str(toml)
        .map_err(|wrong| error((wrong.span().unwrap_or(0..0), wrong.message().replace('\n', " "))))?;
    check(&file).map_err(error)?;
    Ok(Scenario {
        name: name.to_owned(),
        summary: file.summary,
        lag: file.lag.0,
        runner: file.runner.into_inner(),
        logs: file.log.into_iter().map(Spanned::into_inner).collect(),
        jobs: file.job.into_iter().map(Spanned::into_inner).collect(),
        faults: file.fault.into_iter().map(Spanned::into_inner).collect(),
        truths: file.truth.into_iter().map(Spanned::into_inner).collect(),
    })
}

fn check(file: &File) -> Result<(), Broken> {
    check_each(std::slice::from_ref(&file.runner), check_runner)?;
    check_each(&file.log, |log| check_log(log, file.runner.get_ref()))?;
    let lines: u64 = file.log.iter().map(|log| u64::from(log.get_ref().count)).sum();
    if lines > MAX_LINES {
        return Err((
            0..0,
            format!("key `count`: {lines} lines in all; at most {MAX_LINES}"),
        ));
    }
    check_each(&file.job, check_job)?;
    check_each(&file.fault, Fault::check)?;
    check_each(&file.truth, check_truth)
}

fn check_each<T>(items: &[Spanned<T>], rule: impl Fn(&T) -> Result<(), String>) -> Result<(), Broken> {
    items
        .iter()
        .try_for_each(|item| rule(item.get_ref()).map_err(|message| (item.span(), message)))
}

/// Attempts follow each other; only a failed attempt is followed by one, and retries are used up before the
/// execution fails, as Cloud Run does.
fn check_runner(runner: &RunnerPlan) -> Result<(), String> {
    let attempts = &runner.attempt;
    let Some(last) = attempts.last() else {
        return Err("key `attempt`: a runner has at least one [[runner.attempt]]".to_owned());
    };
    if usize::try_from(runner.max_retries).is_ok_and(|retries| attempts.len() > retries + 1) {
        return Err(format!(
            "key `attempt`: {} attempts, but max_retries is {}",
            attempts.len(),
            runner.max_retries
        ));
    }
    let mut free_from = runner.provisioned;
    for attempt in attempts {
        check_attempt(attempt, free_from)?;
        free_from = attempt.exit.as_ref().map_or(Lapse(Duration::MAX), |exit| exit.at);
    }
    let failed = last.exit.as_ref().is_some_and(|exit| exit.code != Some(0));
    let retries_left = usize::try_from(runner.max_retries).is_ok_and(|retries| attempts.len() != retries + 1);
    ensure(
        !(failed && retries_left),
        "key `attempt`: the last attempt fails while retries are left; Cloud Run would try again",
    )?;
    let fails = |attempt: &AttemptPlan| attempt.exit.as_ref().is_some_and(|exit| exit.code != Some(0));
    ensure(
        attempts.iter().rev().skip(1).all(fails),
        "key `attempt`: only a failed attempt is followed by another",
    )
}

fn ensure(holds: bool, message: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message.to_owned()) }
}

fn check_attempt(attempt: &AttemptPlan, free_from: Lapse) -> Result<(), String> {
    if attempt.start < free_from {
        return Err(
            "key `start`: earlier than `provisioned`, or than the end of the attempt before".to_owned(),
        );
    }
    let Some(exit) = &attempt.exit else { return Ok(()) };
    if exit.at < attempt.start {
        return Err("key `exit.at`: earlier than the attempt's start".to_owned());
    }
    match (exit.code, exit.signal) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err("key `exit`: give either `code` or `signal`".to_owned()),
    }
}

fn check_log(log: &LogPlan, runner: &RunnerPlan) -> Result<(), String> {
    let attempt = usize::try_from(log.attempt)
        .ok()
        .and_then(|at| runner.attempt.get(at));
    let Some(attempt) = attempt else {
        return Err(format!(
            "key `attempt`: the runner has no attempt {}",
            log.attempt
        ));
    };
    let after = attempt.exit.as_ref().is_some_and(|exit| log.at > exit.at);
    if log.stream != super::Stream::System && (log.at < attempt.start || after) {
        return Err("key `at`: outside the life of the container that prints it".to_owned());
    }
    Ok(())
}

fn check_job(job: &JobPlan) -> Result<(), String> {
    let Some((first, _)) = job.states.first() else {
        return Err("key `states`: a job has at least one state".to_owned());
    };
    if first.0 != Duration::ZERO {
        return Err("key `states`: the first state begins at 0s".to_owned());
    }
    if job
        .states
        .windows(2)
        .any(|pair| pair[0].0 >= pair[1].0 || pair[0].1.is_end())
    {
        return Err("key `states`: times must grow, and nothing follows an end".to_owned());
    }
    if job.owner == super::Owner::Foreign && job.mark != super::Mark::None {
        return Err("key `mark`: a foreign job carries no mark of this execution; write \"none\"".to_owned());
    }
    check_labels(&job.labels)
}

/// Vertex AI's label rules, with `${…}` names left open.
fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), String> {
    let fits = |text: &String| {
        text.contains("${")
            || text.len() <= 63
                && text
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c))
    };
    match labels
        .iter()
        .find(|(key, value)| key.is_empty() || !fits(key) || !fits(value))
    {
        Some((key, _)) => Err(format!(
            "key `labels.{key}`: lowercase letters, digits, `_` and `-`, at most 63"
        )),
        None => Ok(()),
    }
}

const OUTCOMES: &[&str] = &["success", "failure", "cancelled", "timeout", "undetermined"];
const PATHS: &[&str] = &[
    "job_active",
    "job_succeeded",
    "log_submitted",
    "execution_completed",
    "log_fatal",
    "job_failed",
    "execution_failed",
    "job_cancelled",
    "execution_cancelled",
    "timeout",
    "sources_lost",
    "ambiguous",
    "other_run",
    "unverified",
];

fn check_truth(truth: &Truth) -> Result<(), String> {
    let known = |key: &str, value: &str, words: &[&str]| {
        ensure(
            words.contains(&value),
            &format!("key `{key}`: `{value}` is none of {}", words.join(", ")),
        )
    };
    known("until", &truth.until, &["submitted", "running", "succeeded"])?;
    known("outcome", &truth.outcome, OUTCOMES)?;
    if let Some(path) = &truth.path {
        known("path", path, PATHS)?;
    }
    ensure(
        truth.to.is_none_or(|to| truth.from < to),
        "key `to`: not after `from`",
    )
}
