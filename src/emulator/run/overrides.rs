//! What the overrides of a `jobs.run` do to the job's template.

use std::time::Duration;

use crate::emulator::{
    scenario::RunnerPlan,
    status::{Code, Status},
    timeline::Template,
    wire::run_job::{ContainerOverride, EnvVar, Overrides, duration},
};

/// Most tasks of an execution (Cloud Run's limits page).
const MAX_TASKS: i32 = 10_000;
/// Longest task timeout: seven days.
const MAX_TIMEOUT: Duration = Duration::from_hours(168);

/// The template of every job here.
pub(super) fn template(plan: &RunnerPlan) -> Template {
    let variable = |name: &str, value: &str| EnvVar {
        name: name.into(),
        value: value.into(),
        value_source: None,
    };
    Template {
        args: ["--queue", "vertex-ai-queue", "--max-jobs", "1"]
            .map(str::to_owned)
            .to_vec(),
        env: vec![
            variable("WANDB_ENTITY", "my-team"),
            variable("WANDB_PROJECT", "vision"),
        ],
        task_count: 1,
        timeout: plan.timeout.0,
    }
}

/// Applies overrides: `args` replace, `env` is merged, `taskCount` and `timeout` replace.
pub(super) fn apply(mut template: Template, job: &str, overrides: Overrides) -> Result<Template, Status> {
    match overrides.task_count {
        0 => {}
        count @ 1..=MAX_TASKS => template.task_count = count.unsigned_abs(),
        count => {
            return Err(Status::invalid(format!(
                "overrides.task_count: {count} is not between 1 and {MAX_TASKS}"
            )));
        }
    }
    if let Some(text) = &overrides.timeout {
        let timeout = duration("overrides.timeout", text)?;
        if timeout.is_zero() || timeout > MAX_TIMEOUT {
            return Err(Status::invalid(
                "overrides.timeout: must be between 1 second and 168 hours",
            ));
        }
        template.timeout = timeout;
    }
    if overrides.delay_execution {
        return Err(Status::new(
            Code::Unimplemented,
            "overrides.delay_execution is not emulated",
        ));
    }
    for container in overrides.containers {
        apply_container(&mut template, job, container)?;
    }
    Ok(template)
}

fn apply_container(template: &mut Template, job: &str, container: ContainerOverride) -> Result<(), Status> {
    if !container.name.is_empty() && container.name != format!("{job}-1") {
        return Err(Status::invalid(format!(
            "overrides.container_overrides: no container named '{}'",
            container.name
        )));
    }
    if container.clear_args && !container.args.is_empty() {
        return Err(Status::invalid(
            "overrides.container_overrides: clear_args and args exclude each other",
        ));
    }
    if container.clear_args || !container.args.is_empty() {
        template.args = container.args;
    }
    for variable in container.env {
        if variable.name.is_empty() || !variable.value.is_empty() && variable.value_source.is_some() {
            return Err(Status::invalid(
                "overrides.container_overrides.env: a name, and one of value and value_source",
            ));
        }
        match template.env.iter_mut().find(|known| known.name == variable.name) {
            Some(known) => *known = variable,
            None => template.env.push(variable),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn applied(overrides: serde_json::Value) -> Result<Template, Status> {
        let plan: RunnerPlan = toml::from_str("[[attempt]]\nstart = \"4s\"").unwrap();
        apply(
            template(&plan),
            "train",
            serde_json::from_value(overrides).unwrap(),
        )
    }

    #[test]
    fn arguments_replace_and_variables_are_merged() {
        let template = applied(json!({"taskCount": 3, "timeout": "900s", "containerOverrides": [
            {"args": ["x"], "env": [{"name": "WANDB_PROJECT", "value": "other"}, {"name": "A", "value": "1"}]}]}))
        .unwrap();
        assert_eq!(
            (template.args.as_slice(), template.task_count),
            (["x".to_owned()].as_slice(), 3)
        );
        assert_eq!(template.timeout, Duration::from_mins(15));
        assert_eq!(
            (
                template.variable("WANDB_PROJECT"),
                template.variable("A"),
                template.env.len()
            ),
            ("other", "1", 3)
        );
        assert!(
            applied(json!({"containerOverrides": [{"name": "train-1", "clearArgs": true}]}))
                .unwrap()
                .args
                .is_empty()
        );
    }

    #[test]
    fn impossible_overrides_are_refused() {
        for overrides in [
            json!({"taskCount": -1}),
            json!({"timeout": "15m"}),
            json!({"timeout": "0s"}),
            json!({"containerOverrides": [{"name": "sidecar"}]}),
            json!({"containerOverrides": [{"env": [{"name": "", "value": "1"}]}]}),
        ] {
            assert_eq!(applied(overrides.clone()).unwrap_err().http, 400, "{overrides}");
        }
    }
}
