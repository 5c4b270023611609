//! From settings and one request to the [`LaunchSpec`] that is supervised.

use crate::core::ids::{ExecutionName, LaunchId, RunJob, Scope};
use crate::core::spec::{Identity, LaunchSpec, Left, Target};

use super::error::ConfigError;
use super::launch_id::{Seed, launch_id};
use super::name::{JobRef, RunnerRef, job_of};
use super::origin::{Origin, Setting};
use super::runner_env::EnvOverride;
use super::settings::Settings;

/// What one command wants.
#[derive(Clone, Debug)]
pub struct Request {
    /// The runner.
    pub wanted: Wanted,
    /// The launch's id, where the user gave one.
    pub id: Option<LaunchId>,
    /// Its name in a batch.
    pub name: Option<String>,
    /// What the user knows of the job to come.
    pub identity: Identity,
}

/// Which runner.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A new one.
    Start {
        /// The Cloud Run job.
        job: JobRef,
        /// Arguments that replace the job's own; `None` keeps them.
        args: Option<Vec<String>>,
        /// Variables added to the job's own.
        env: Vec<EnvOverride>,
    },
    /// One that runs already.
    Attach {
        /// The execution or the launch id.
        runner: RunnerRef,
        /// The job whose execution carries the launch id.
        job: Option<JobRef>,
    },
}

/// A launch that is ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What is supervised.
    pub spec: LaunchSpec,
    /// What was decided for the user, said aloud.
    pub notes: Vec<String>,
}

impl Settings {
    /// Makes the launch's specification. `seed` makes its id where the request has none.
    pub fn prepare(&self, request: Request, seed: Seed) -> Result<Prepared, ConfigError> {
        let fresh = match &request.id {
            Some(id) => id.clone(),
            None => launch_id(seed)?,
        };
        self.prepare_as(request, fresh)
    }

    /// Makes the launch's specification, with this id unless it is attached to by another.
    pub(super) fn prepare_as(&self, request: Request, id: LaunchId) -> Result<Prepared, ConfigError> {
        let (target, id) = self.target(request.wanted, id, request.id.is_some())?;
        let (vertex, notes) = self.vertex(&target.job().scope, &request.identity)?;
        let judging = &self.judging;
        let spec = LaunchSpec {
            id,
            name: request.name,
            attempt: 1,
            in_batch: false,
            target,
            left: Left::Nothing,
            vertex,
            until: judging.until.value,
            timeout: judging.deadline(),
            identity: request.identity,
            attribution: judging.attribution.value,
            accept_unconfirmed: judging.accept_unconfirmed.value,
            on_failure: judging.on_failure.value,
            on_timeout: judging.on_timeout.value,
            on_interrupt: judging.on_interrupt.value,
            detach: self.detach.value,
        };
        Ok(Prepared { spec, notes })
    }

    /// The runner, and the launch's id: to find a runner by an id is to take that id.
    fn target(
        &self,
        wanted: Wanted,
        id: LaunchId,
        id_given: bool,
    ) -> Result<(Target, LaunchId), ConfigError> {
        match wanted {
            Wanted::Start { job, args, env } => {
                let target = Target::Start {
                    job: self.run_job(job)?,
                    args,
                    env: distinct(env)?,
                    id_given,
                };
                Ok((target, id))
            }
            Wanted::Attach { runner, job } => match (runner, job) {
                (RunnerRef::Full(execution), job) => {
                    self.agree(&execution, job)?;
                    Ok((Target::Attach(execution), id))
                }
                (RunnerRef::Short(text), Some(job)) => {
                    let id = LaunchId::parse(&text).map_err(|_| ConfigError::JobUnknown { id: text })?;
                    Ok((Target::Find(self.run_job(job)?), id))
                }
                (RunnerRef::Short(text), None) => Ok((Target::Attach(self.execution(text)?), id)),
            },
        }
    }

    /// An execution by its short name alone, which begins with its job's.
    fn execution(&self, short: String) -> Result<ExecutionName, ConfigError> {
        let Some(job) = job_of(&short).map(str::to_owned) else {
            return Err(ConfigError::JobUnknown { id: short });
        };
        Ok(ExecutionName {
            job: self.run_job(JobRef { scope: None, job })?.into(),
            execution: short.into(),
        })
    }

    /// The full name of a job: its own scope, else the settings'.
    pub fn run_job(&self, job: JobRef) -> Result<RunJob, ConfigError> {
        let Some(scope) = job.scope else {
            let (scope, _) = self.scopes()?;
            return Ok(RunJob { scope, job: job.job });
        };
        let full = RunJob { scope, job: job.job };
        self.uncontradicted(&full.scope, &full.to_string())?;
        Ok(full)
    }

    /// Refuses a full execution name that flags contradict.
    fn agree(&self, execution: &ExecutionName, job: Option<JobRef>) -> Result<(), ConfigError> {
        self.uncontradicted(&execution.job.scope, &execution.to_string())?;
        match job {
            Some(job) if job.job != execution.job.job => Err(ConfigError::Conflict {
                flag: "--job-name",
                flag_says: job.job,
                name: execution.to_string(),
                name_says: execution.job.job.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// A full name outranks settings, but a flag that says otherwise is a mistake.
    fn uncontradicted(&self, scope: &Scope, name: &str) -> Result<(), ConfigError> {
        refuse_other(self.place.project.as_ref(), &scope.project, name)?;
        refuse_other(self.place.region.as_ref(), &scope.region, name)
    }

    /// The project, or how to say it.
    pub fn project(&self) -> Result<String, ConfigError> {
        let missing = || ConfigError::Missing {
            what: "project",
            flag: "--project",
            variables: "LIFTOFF_PROJECT or GOOGLE_CLOUD_PROJECT",
            key: "project",
            command: "gcloud config set project PROJECT",
            notes: self.notes.clone(),
        };
        self.place
            .project
            .as_ref()
            .map(|p| p.value.clone())
            .ok_or_else(missing)
    }

    /// The region, or how to say it.
    pub fn region(&self) -> Result<String, ConfigError> {
        let missing = || ConfigError::Missing {
            what: "region",
            flag: "--region",
            variables: "LIFTOFF_REGION or CLOUDSDK_RUN_REGION",
            key: "region",
            command: "gcloud config set run/region REGION",
            notes: self.notes.clone(),
        };
        self.place
            .region
            .as_ref()
            .map(|r| r.value.clone())
            .ok_or_else(missing)
    }

    /// Where runner and custom job live, before any launch is named.
    pub fn scopes(&self) -> Result<(Scope, Scope), ConfigError> {
        let run = Scope {
            project: self.project()?,
            region: self.region()?,
        };
        let (vertex, _) = self.vertex(&run, &Identity::default())?;
        Ok((run, vertex))
    }

    /// Where the custom job is expected: where the user's own name for it says, else by the settings, else beside the runner.
    fn vertex(&self, run: &Scope, identity: &Identity) -> Result<(Scope, Vec<String>), ConfigError> {
        let project = self.place.vertex_project.as_ref().map(|p| p.value.clone());
        let region = self.place.vertex_region.as_ref();
        if let Some(job) = &identity.job {
            refuse_other(region, job.location(), &job.to_string())?;
            let scope = Scope {
                project: project.unwrap_or_else(|| job.project().to_owned()),
                region: job.location().to_owned(),
            };
            return Ok((scope, Vec::new()));
        }
        let scope = Scope {
            project: project.unwrap_or_else(|| run.project.clone()),
            region: region.map_or_else(|| run.region.clone(), |r| r.value.clone()),
        };
        let assumed = region
            .is_none()
            .then(|| format!("Vertex AI region not given: using {}", scope.region));
        Ok((scope, assumed.into_iter().collect()))
    }
}

/// Refuses a flag that contradicts a full name. A project's number and its id cannot be compared.
fn refuse_other(setting: Option<&Setting<String>>, name_says: &str, name: &str) -> Result<(), ConfigError> {
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match setting {
        Some(Setting {
            value,
            origin: Origin::Flag(flag),
        }) if value != name_says && is_number(value) == is_number(name_says) => Err(ConfigError::Conflict {
            flag,
            flag_says: value.clone(),
            name: name.to_owned(),
            name_says: name_says.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The variables as pairs; one that is given twice is a mistake.
fn distinct(env: Vec<EnvOverride>) -> Result<Vec<(String, String)>, ConfigError> {
    let mut pairs: Vec<(String, String)> = Vec::with_capacity(env.len());
    for EnvOverride { name, value } in env {
        if pairs.iter().any(|(other, _)| *other == name) {
            return Err(ConfigError::Twice { name });
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}
