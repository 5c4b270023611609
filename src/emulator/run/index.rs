//! Where executions are found: by name, by job and by region, without looking at the others.

use std::collections::HashMap;

use crate::emulator::{names::project_number, timeline::Names};

/// Numbers of runs, each list in the order of their creation. The cloud owns it.
#[derive(Debug, Default)]
pub(crate) struct RunIndex {
    names: HashMap<String, usize>,
    jobs: HashMap<(String, String, String), Vec<usize>>,
    regions: HashMap<(String, String), Region>,
}

/// The runs of a project and region.
#[derive(Debug, Default)]
struct Region {
    all: Vec<usize>,
    /// Those that had not ended when they were looked at last.
    active: Vec<usize>,
}

impl RunIndex {
    /// Adds a run.
    pub(crate) fn add(&mut self, names: &Names, index: usize) {
        self.names.insert(names.execution.clone(), index);
        let job = (names.number.clone(), names.region.clone(), names.job.clone());
        self.jobs.entry(job).or_default().push(index);
        let region = self
            .regions
            .entry((names.number.clone(), names.region.clone()))
            .or_default();
        region.all.push(index);
        region.active.push(index);
    }

    /// The run whose execution has this short name.
    pub(crate) fn named(&self, execution: &str) -> Option<usize> {
        self.names.get(execution).copied()
    }

    /// The runs of a job, or of all jobs of the region for `-`, oldest first.
    pub(crate) fn of_job(&self, project: &str, region: &str, job: &str) -> &[usize] {
        let (number, region) = (project_number(project), region.to_owned());
        if job == "-" {
            return self
                .regions
                .get(&(number, region))
                .map_or(&[], |region| &region.all);
        }
        self.jobs
            .get(&(number, region, job.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    /// How many runs of a region are active; `ended` says which no longer are.
    pub(crate) fn active(&mut self, project: &str, region: &str, ended: impl Fn(usize) -> bool) -> usize {
        let region = self
            .regions
            .get_mut(&(project_number(project), region.to_owned()));
        region.map_or(0, |region| {
            region.active.retain(|index| !ended(*index));
            region.active.len()
        })
    }
}
