//! Names that people write: projects, regions, jobs, executions and the marks of a run.
//!
//! They are checked strictly because they end up in URLs, host names and log filters: a region such as `x.example/#`
//! would send the user's token to whoever wrote it into a project's file.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::core::ids::{CustomJobName, ExecutionName, LaunchId, RunJob, Scope};

use super::value::Wrong;

/// A Cloud Run job: its short name, or its full one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRef {
    /// Project and region, where the name says them.
    pub scope: Option<Scope>,
    /// The short name.
    pub job: String,
}

/// A runner that exists already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunnerRef {
    /// By the execution's full name.
    Full(ExecutionName),
    /// By an execution's short name, or by a launch id: the two look alike.
    Short(String),
}

/// Reads a project id or number.
pub(super) fn project(text: &str) -> Result<String, Wrong> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | ':');
    let alphanumeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if text.len() <= 100
        && text.chars().all(good)
        && alphanumeric(text.chars().next())
        && alphanumeric(text.chars().last())
        && !text.contains("..")
    {
        return Ok(text.to_owned());
    }
    Err(Wrong::expected(
        "a project's id such as `my-project-123`, or its number (not its display name)",
    ))
}

/// Reads a region such as `us-central1`.
pub(super) fn region(text: &str) -> Result<String, Wrong> {
    if is_region(text) {
        return Ok(text.to_owned());
    }
    match text.rsplit_once('-') {
        Some((region, zone)) if is_region(region) && zone.len() == 1 => {
            Err(Wrong::new(format!("this is a zone; its region is `{region}`")))
        }
        _ => Err(Wrong::expected("a region such as `us-central1`")),
    }
}

fn is_region(text: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.len() <= 40
        && text.contains('-')
        && text.split('-').all(word)
        && text.ends_with(|c: char| c.is_ascii_digit())
}

/// Reads `JOB` or `projects/P/locations/R/jobs/JOB`.
pub fn job(text: &str) -> Result<JobRef, Wrong> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [short] => Ok(JobRef {
            scope: None,
            job: short_name(short)?,
        }),
        ["projects", p, "locations", l, "jobs", j] => Ok(JobRef {
            scope: Some(scope(p, l)?),
            job: short_name(j)?,
        }),
        _ => Err(Wrong::expected(
            "a Cloud Run job: its name, or `projects/P/locations/R/jobs/JOB`",
        )),
    }
}

/// Reads an execution (short or `projects/P/locations/R/jobs/JOB/executions/E`) or a launch id.
pub fn runner(text: &str) -> Result<RunnerRef, Wrong> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [short] => Ok(RunnerRef::Short(short_name(short)?)),
        ["projects", p, "locations", l, "jobs", j, "executions", e] => Ok(RunnerRef::Full(ExecutionName {
            job: Arc::new(RunJob {
                scope: scope(p, l)?,
                job: short_name(j)?,
            }),
            execution: short_name(e)?.into(),
        })),
        _ => Err(Wrong::expected(
            "an execution (its name, or `projects/P/locations/R/jobs/JOB/executions/E`) or a launch id",
        )),
    }
}

/// The job that an execution's short name begins with: Cloud Run names executions `{job}-{5 characters}`.
///
/// `None` where the name is not of that form, as Liftoff's own launch ids are not.
pub(super) fn job_of(execution: &str) -> Option<&str> {
    execution
        .rsplit_once('-')
        .filter(|(job, suffix)| !job.is_empty() && suffix.len() == 5)
        .map(|(job, _)| job)
}

/// Reads `projects/P/locations/R/customJobs/NUMBER`.
pub fn custom_job(text: &str) -> Result<CustomJobName, Wrong> {
    let wrong = || Wrong::expected("a custom job, `projects/P/locations/R/customJobs/NUMBER`");
    let name = CustomJobName::parse(text).map_err(|_| wrong())?;
    scope(name.project(), name.location())?;
    Ok(name)
}

/// Reads a launch id.
pub fn launch_id(text: &str) -> Result<LaunchId, Wrong> {
    LaunchId::parse(text)
        .map_err(|_| Wrong::expected("1 to 63 lowercase letters, digits and `-`, with no `-` at either end"))
}

/// Reads a W&B queue item id or run id: printable, without spaces, at most 256 characters.
pub fn mark(text: &str) -> Result<String, Wrong> {
    if (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err(Wrong::expected(
        "an id: 1 to 256 printable characters without spaces",
    ))
}

/// Reads a display name: at most 128 characters, as Vertex AI allows.
pub fn display_name(text: &str) -> Result<String, Wrong> {
    if (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Wrong::expected("a display name of 1 to 128 characters"))
}

fn scope(project: &str, location: &str) -> Result<Scope, Wrong> {
    Ok(Scope {
        project: self::project(project)?,
        region: region(location)?,
    })
}

fn short_name(text: &str) -> Result<String, Wrong> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.len() <= 63
        && text.bytes().all(good)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.ends_with('-')
    {
        return Ok(text.to_owned());
    }
    Err(Wrong::expected(
        "a name of at most 63 lowercase letters, digits and `-`, with no `-` at either end",
    ))
}
