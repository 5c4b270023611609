//! Names that people write: projects, regions, jobs, executions and the marks of a run.
//!
//! They are checked strictly because they end up in URLs, host names and log filters: a region such as `x.example/#`
//! would send the user's token to whoever wrote it into a project's file.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_google_s_and_nothing_that_could_be_a_host() {
        for good in [
            "us-central1",
            "europe-west12",
            "northamerica-northeast2",
            "u-france-east1",
        ] {
            assert_eq!(region(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "us",
            "global",
            "US-CENTRAL1",
            "us-central",
            "us-central1/",
            "x.example/#-1",
            "-us-1",
            "us--1",
            "us_central1",
            "us-central1 ",
            "us-céntral1",
        ] {
            let error = region(bad).unwrap_err().to_string();
            assert_eq!(error, "expected a region such as `us-central1`", "{bad:?}");
        }
        let zone = region("us-central1-a").unwrap_err().to_string();
        assert_eq!(zone, "this is a zone; its region is `us-central1`");
    }

    #[test]
    fn projects_are_ids_or_numbers() {
        for good in ["my-project-123", "401938475610", "example.com:team-ml", "p"] {
            assert_eq!(project(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "My Project",
            "projects/p",
            "p/..",
            "a..b",
            "-p",
            "p-",
            "p\n",
            "(unset)",
            &"a".repeat(101),
        ] {
            assert!(project(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn jobs_and_executions_are_short_or_full() {
        assert_eq!(job("train").unwrap().scope, None);
        let full = job("projects/p/locations/us-central1/jobs/train").unwrap();
        assert_eq!(
            full.scope.unwrap().to_string(),
            "projects/p/locations/us-central1"
        );
        let name = "projects/p/locations/us-central1/jobs/train/executions/train-hkk8p";
        match runner(name).unwrap() {
            RunnerRef::Full(execution) => assert_eq!(execution.to_string(), name),
            short @ RunnerRef::Short(_) => panic!("{short:?}"),
        }
        for bad in [
            "",
            "Train",
            "train-",
            "-train",
            "a b",
            "jobs/train",
            "projects/p/locations/us-central1/jobs/",
            "projects/p/locations/nowhere/jobs/train",
            "train\"",
            "projects/p/locations/us-central1/jobs/a/b",
        ] {
            assert!(job(bad).is_err(), "{bad:?}");
            assert!(runner(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_execution_names_its_job_and_a_launch_id_does_not() {
        assert_eq!(job_of("train-hkk8p"), Some("train"));
        assert_eq!(job_of("train-big-hkk8p"), Some("train-big"));
        for other in ["train", "-hkk8p", "lo-20261123-101530-4f2a09bc", "train-x"] {
            assert_eq!(job_of(other), None, "{other}");
        }
    }

    #[test]
    fn custom_jobs_carry_a_region_that_is_one() {
        assert!(custom_job("projects/4019/locations/us-central1/customJobs/45").is_ok());
        for bad in [
            "45",
            "projects/4019/locations/evil.example/customJobs/45",
            "projects/4019/locations/us-central1/customJobs/x",
        ] {
            assert!(custom_job(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn marks_are_printable() {
        assert!(mark("UnVuUXVldWVJdGVtOjEyMw==").is_ok());
        assert!(display_name("résumé run 7").is_ok());
        for bad in ["", "a b", "a\u{1b}"] {
            assert!(mark(bad).is_err(), "{bad:?}");
        }
        assert!(display_name("").is_err());
        assert!(display_name("a\u{7}").is_err());
    }
}
