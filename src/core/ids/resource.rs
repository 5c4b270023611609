//! Names that Google gives: scopes, and what lives in them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{InvalidName, invalid, read};

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
