//! Cloud Run jobs as they are deployed: the built-in scenarios in every region, and what requests created or changed.
//!
//! The book owns them. A region's built-in jobs are written into it when the region is first asked about; from then on they are
//! jobs like others, that can be patched and deleted.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{overrides, spec};
use crate::emulator::{Scenario, chance::Chance, names::project_number, timeline::Template, wire::execution};

/// Where a job is: project number, region, name.
pub(crate) type JobKey = (String, String, String);

/// What every execution of a job does.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    /// The scenario that it plays; an empty one if it is a process.
    pub(crate) scenario: Arc<Scenario>,
    /// Whether it is a real process of this machine.
    pub(crate) is_process: bool,
}

impl Life {
    /// The life of a scenario.
    pub(crate) fn of(scenario: Scenario) -> Self {
        Self {
            scenario: Arc::new(scenario),
            is_process: false,
        }
    }

    /// What happens, in one line.
    pub(crate) fn summary(&self) -> &str {
        if self.is_process {
            return "a real process of this machine";
        }
        self.scenario.summary()
    }

    /// The life of a real process.
    pub(crate) fn process() -> Self {
        Self {
            scenario: Arc::new(Scenario::empty("process")),
            is_process: true,
        }
    }
}

/// One deployed job.
#[derive(Debug, Clone)]
pub(crate) struct Deployed {
    /// Its uid.
    pub(crate) uid: String,
    /// Counts its changes.
    pub(crate) generation: u64,
    /// When it was created.
    pub(crate) created: Timestamp,
    /// When it was changed last.
    pub(crate) updated: Timestamp,
    /// What requests may set, in the form of an answer: labels, template and so on.
    pub(crate) input: Value,
    /// What its executions do.
    pub(crate) life: Life,
}

impl Deployed {
    /// `etag`: changes with every change of the job.
    pub(crate) fn etag(&self) -> String {
        execution::etag(&self.uid, self.updated)
    }

    /// What an execution of it is made of, before overrides.
    pub(crate) fn template(&self) -> Template {
        spec::template(&self.input)
    }
}

/// Every job of every project and region.
#[derive(Debug)]
pub(crate) struct JobBook {
    /// Built-in and configured jobs, by name.
    catalog: BTreeMap<String, Life>,
    opened: HashSet<(String, String)>,
    jobs: BTreeMap<JobKey, Deployed>,
    epoch: Timestamp,
    /// What created jobs do.
    usual: Life,
}

/// What becomes of an execution of a job that no scenario wrote: it starts, says so, and ends well.
const USUAL_LIFE: &str = r#"
summary = "starts, prints two lines and ends well"
lag = "2s"
[runner]
max_retries = 10
timeout = "168h"
[[runner.attempt]]
start = "4s"
exit = { at = "12s", code = 0 }
[[log]]
at = "4.5s"
text = "${JOB} started"
[[log]]
at = "11.5s"
text = "${JOB} done"
"#;

impl JobBook {
    /// A book of the jobs in `catalog`; with `process`, job `train` and created jobs are real processes.
    pub(crate) fn new(catalog: BTreeMap<String, Life>, process: bool, epoch: Timestamp) -> Self {
        let usual = match Scenario::parse("usual", USUAL_LIFE) {
            Ok(scenario) if !process => Life::of(scenario),
            _ => Life::process(),
        };
        Self {
            catalog,
            opened: HashSet::new(),
            jobs: BTreeMap::new(),
            epoch,
            usual,
        }
    }

    /// Names and lives of the jobs that exist everywhere.
    pub(crate) fn catalog(&self) -> impl Iterator<Item = (&str, &Life)> {
        self.catalog.iter().map(|(name, life)| (name.as_str(), life))
    }

    /// The job of a path.
    pub(crate) fn find(&mut self, project: &str, region: &str, job: &str) -> Option<&mut Deployed> {
        self.open(project, region);
        self.jobs.get_mut(&key(project, region, job))
    }

    /// The jobs of a region after the name `after`, by name.
    pub(crate) fn list(
        &mut self,
        project: &str,
        region: &str,
        after: &str,
    ) -> impl Iterator<Item = (&str, &Deployed)> {
        self.open(project, region);
        let from = std::ops::Bound::Excluded(key(project, region, after));
        let (number, region) = (project_number(project), region.to_owned());
        self.jobs
            .range((from, std::ops::Bound::Unbounded))
            .take_while(move |(key, _)| key.0 == number && key.1 == region)
            .map(|(key, job)| (key.2.as_str(), job))
    }

    /// How many jobs a region has.
    pub(crate) fn count(&mut self, project: &str, region: &str) -> usize {
        self.list(project, region, "").count()
    }

    /// Puts a new job into the book.
    pub(crate) fn create(
        &mut self,
        project: &str,
        region: &str,
        job: &str,
        uid: String,
        input: Value,
        now: Timestamp,
    ) {
        self.open(project, region);
        let deployed = Deployed {
            uid,
            generation: 1,
            created: now,
            updated: now,
            input,
            life: self.usual.clone(),
        };
        self.jobs.insert(key(project, region, job), deployed);
    }

    /// Takes a job out of it.
    pub(crate) fn delete(&mut self, project: &str, region: &str, job: &str) {
        self.jobs.remove(&key(project, region, job));
    }

    /// Writes the built-in jobs of a region into the book, once.
    fn open(&mut self, project: &str, region: &str) {
        let scope = (project_number(project), region.to_owned());
        if !self.opened.insert(scope) {
            return;
        }
        for (name, life) in &self.catalog {
            let path = format!("projects/{project}/locations/{region}/jobs/{name}");
            let deployed = Deployed {
                uid: Chance::of(&path).uuid(),
                generation: 1,
                created: self.epoch,
                updated: self.epoch,
                input: json!({"launchStage": "GA", "template": overrides::builtin(life, project)}),
                life: life.clone(),
            };
            self.jobs.insert(key(project, region, name), deployed);
        }
    }
}

fn key(project: &str, region: &str, job: &str) -> JobKey {
    (project_number(project), region.to_owned(), job.to_owned())
}
