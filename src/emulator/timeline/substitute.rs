//! The `${…}` names that scenario texts may use.

/// The names of everything that belongs to one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Short name of the execution.
    pub(crate) execution: String,
    /// Short name of the Cloud Run job.
    pub(crate) job: String,
    /// Project as the request named it.
    pub(crate) project: String,
    /// Its number.
    pub(crate) number: String,
    /// The execution's region.
    pub(crate) region: String,
    /// `LIFTOFF_LAUNCH_ID` of the execution's environment. Empty if absent.
    pub(crate) launch_id: String,
    /// Id of the run queue item that the agent takes.
    pub(crate) queue_item: String,
    /// Ids of the scenario's custom jobs.
    pub(crate) job_ids: Vec<String>,
    /// W&B run ids of the scenario's custom jobs.
    pub(crate) run_ids: Vec<String>,
}

impl Names {
    /// `projects/P/locations/R/jobs/J/executions/E`.
    pub(crate) fn execution_path(&self) -> String {
        format!("{}/executions/{}", self.job_path(), self.execution)
    }

    /// `projects/P/locations/R/jobs/J`.
    pub(crate) fn job_path(&self) -> String {
        format!(
            "projects/{}/locations/{}/jobs/{}",
            self.project, self.region, self.job
        )
    }

    /// `text` with every known `${NAME}` replaced. An unknown one stays as it is, as W&B leaves unknown macros.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let named = after
                .split_once('}')
                .and_then(|(name, after)| Some((self.value(name)?, after)));
            let (value, after) = named.unwrap_or(("${", after));
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str) -> Option<&str> {
        if let Some((list, index)) = name.split_once(':') {
            let values = match list {
                "JOB_ID" => &self.job_ids,
                "RUN_ID" => &self.run_ids,
                _ => return None,
            };
            return values.get(index.parse::<usize>().ok()?).map(String::as_str);
        }
        Some(match name {
            "EXECUTION" => &self.execution,
            "JOB" => &self.job,
            "PROJECT" => &self.project,
            "PROJECT_NUMBER" => &self.number,
            "REGION" => &self.region,
            "LAUNCH_ID" => &self.launch_id,
            "QUEUE_ITEM" => &self.queue_item,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_filled_in_and_unknown_ones_stay() {
        let names = Names {
            execution: "train-abcde".into(),
            job_ids: vec!["42".into()],
            ..Names::default()
        };
        for (text, filled) in [
            (
                "${EXECUTION} made customJobs/${JOB_ID:0}",
                "train-abcde made customJobs/42",
            ),
            ("${JOB_ID:1} ${run_id} ${", "${JOB_ID:1} ${run_id} ${"),
            ("${${EXECUTION}}", "${train-abcde}"),
        ] {
            assert_eq!(names.fill(text), filled);
        }
    }
}
