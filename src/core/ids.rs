//! Names of things: validated once, at the edge, and passed around as types.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

/// Why a text is not the name it was taken for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{given}` is not {wanted}")]
pub struct InvalidName {
    given: String,
    wanted: &'static str,
}

fn invalid(given: &str, wanted: &'static str) -> InvalidName {
    InvalidName {
        given: given.chars().take(200).collect(),
        wanted,
    }
}

/// A label value's length, at most.
const LONGEST_ID: usize = 63;

/// Reads a name that was written as text.
fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, InvalidName>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}

/// Names one launch, everywhere: in the journal, in events, and in the runner's environment as `LIFTOFF_LAUNCH_ID`.
///
/// It is also a valid Google label value (lowercase letters, digits and `-`, at most 63), so that a runner may put it on
/// the custom job as `liftoff-launch=<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct LaunchId(Arc<str>);

impl LaunchId {
    /// Checks and takes an id.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let ends = |c: Option<char>| c.is_some_and(|c| c != '-');
        if text.len() <= LONGEST_ID
            && text.chars().all(good)
            && ends(text.chars().next())
            && ends(text.chars().last())
        {
            return Ok(Self(text.into()));
        }
        Err(invalid(
            text,
            "a launch id: 1 to 63 lowercase letters, digits and `-`, with no `-` at either end",
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of a launch's nth try, from 1: the first try's is the launch's own, a later one's ends in `-r2`, `-r3`, ….
    #[must_use]
    pub fn of_attempt(&self, attempt: u32) -> Self {
        if attempt <= 1 {
            return self.clone();
        }
        let suffix = format!("-r{attempt}");
        let room = self.0.len().min(LONGEST_ID - suffix.len());
        let base = self.0[..room].trim_end_matches('-');
        Self(format!("{base}{suffix}").into())
    }
}

impl<'de> Deserialize<'de> for LaunchId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::parse)
    }
}

impl fmt::Display for LaunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one batch: in the journal, in events, and as the beginning of its launches' ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct BatchId(Arc<str>);

impl BatchId {
    /// Checks and takes an id.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        // The first part of its launches' ids, which `--` ends.
        match LaunchId::parse(text) {
            Ok(LaunchId(id)) if id.len() <= 32 && !id.contains("--") => Ok(Self(id)),
            _ => Err(invalid(
                text,
                "a batch id: 1 to 32 lowercase letters, digits and single `-`, with no `-` at either end",
            )),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A project and a location: the scope that one regional API answers for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    /// Project id (or number, as the user gave it).
    pub project: String,
    /// Region, such as `us-central1`.
    pub region: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "projects/{}/locations/{}", self.project, self.region)
    }
}

/// A Cloud Run job: `projects/{project}/locations/{region}/jobs/{job}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunJob {
    /// Where it lives.
    pub scope: Scope,
    /// Its short name.
    pub job: String,
}

impl RunJob {
    /// All jobs of a scope, where executions are listed: `-` stands for any job.
    pub fn any_of(scope: Scope) -> Self {
        let job = "-".to_owned();
        Self { scope, job }
    }
}

impl fmt::Display for RunJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/jobs/{}", self.scope, self.job)
    }
}

/// A Cloud Run execution: `projects/{p}/locations/{l}/jobs/{j}/executions/{e}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExecutionName {
    /// The job that it runs; shared, because many things of one launch are kept by this name.
    pub job: Arc<RunJob>,
    /// Its short name, such as `train-hkk8p`; the value of the log label `run.googleapis.com/execution_name`.
    pub execution: Arc<str>,
}

impl ExecutionName {
    /// Reads a full resource name.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            ["projects", p, "locations", l, "jobs", j, "executions", e]
                if [p, l, j, e].iter().all(|part| !part.is_empty()) =>
            {
                let scope = Scope {
                    project: (*p).to_owned(),
                    region: (*l).to_owned(),
                };
                Ok(Self {
                    job: Arc::new(RunJob {
                        scope,
                        job: (*j).to_owned(),
                    }),
                    execution: (*e).into(),
                })
            }
            _ => Err(invalid(
                text,
                "an execution (projects/P/locations/L/jobs/J/executions/E)",
            )),
        }
    }

    /// The short name.
    pub fn short(&self) -> &str {
        &self.execution
    }
}

impl fmt::Display for ExecutionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/executions/{}", self.job, self.execution)
    }
}

impl Serialize for ExecutionName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ExecutionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::parse)
    }
}

/// A Vertex AI custom job: `projects/{number}/locations/{region}/customJobs/{id}`.
///
/// Vertex answers with the project's *number* where people write its id, so two names are equal when location and id are:
/// ids are unique within a location.
#[derive(Clone, Debug)]
pub struct CustomJobName {
    project: Arc<str>,
    location: Arc<str>,
    id: Arc<str>,
}

impl CustomJobName {
    /// Reads a full resource name.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts.as_slice() {
            ["projects", p, "locations", l, "customJobs", id]
                if !p.is_empty()
                    && !l.is_empty()
                    && !id.is_empty()
                    && id.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Ok(Self {
                    project: (*p).into(),
                    location: (*l).into(),
                    id: (*id).into(),
                })
            }
            _ => Err(invalid(
                text,
                "a custom job (projects/P/locations/L/customJobs/NUMBER)",
            )),
        }
    }

    /// The project, as this name spells it: a number in Google's answers.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The region.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The numeric id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl PartialEq for CustomJobName {
    fn eq(&self, other: &Self) -> bool {
        self.location == other.location && self.id == other.id
    }
}

impl Eq for CustomJobName {}

impl Hash for CustomJobName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.location.hash(state);
        self.id.hash(state);
    }
}

impl fmt::Display for CustomJobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "projects/{}/locations/{}/customJobs/{}",
            self.project, self.location, self.id
        )
    }
}

impl Serialize for CustomJobName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CustomJobName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_id_is_a_label_value() {
        for good in ["a", "train-2026-11-23", "0x", &"a".repeat(63)] {
            assert!(LaunchId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a_b", "a b", "é", &"a".repeat(64)] {
            assert!(LaunchId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_later_try_has_an_id_of_its_own_that_is_a_label_value_too() {
        let of = |text: &str, attempt| LaunchId::parse(text).unwrap().of_attempt(attempt).to_string();
        assert_eq!(of("nightly", 1), "nightly");
        assert_eq!(of("nightly", 2), "nightly-r2");
        let long = of(&"a".repeat(63), 12);
        assert_eq!(long, format!("{}-r12", "a".repeat(59)));
        let hyphen = format!("{}-{}", "a".repeat(59), "b".repeat(3));
        assert_eq!(of(&hyphen, 2), format!("{}-r2", "a".repeat(59)));
        assert!(LaunchId::parse(&of(&hyphen, 2)).is_ok());
    }

    #[test]
    fn custom_jobs_are_the_same_whether_the_project_is_a_number_or_an_id() {
        let by_number = CustomJobName::parse("projects/4019/locations/us-central1/customJobs/45").unwrap();
        let by_id = CustomJobName::parse("projects/p/locations/us-central1/customJobs/45").unwrap();
        let elsewhere = CustomJobName::parse("projects/p/locations/us-east1/customJobs/45").unwrap();
        assert_eq!(by_number, by_id);
        assert_ne!(by_id, elsewhere);
    }

    #[test]
    fn rubbish_is_not_a_name() {
        for bad in [
            "",
            "projects/p",
            "projects/p/locations/l/customJobs/x",
            "projects//locations/l/customJobs/1",
        ] {
            assert!(CustomJobName::parse(bad).is_err(), "{bad}");
        }
        assert!(ExecutionName::parse("projects/p/locations/l/jobs/j/executions/").is_err());
        let name = "projects/p/locations/l/jobs/j/executions/j-abcde";
        assert_eq!(ExecutionName::parse(name).unwrap().to_string(), name);
    }
}
