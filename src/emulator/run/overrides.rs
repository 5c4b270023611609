//! What the overrides of a `jobs.run` do to the job's template.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{deployed::Life, spec::violation};
use crate::emulator::{
    status::Status,
    timeline::Template,
    wire::{
        self, execution,
        run_job::{ContainerOverride, EnvVar, Overrides, duration},
    },
};

/// Most tasks of an execution (Cloud Run's limits page).
pub(super) const MAX_TASKS: i32 = 10_000;
/// Longest task timeout: seven days.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_hours(168);

const CONTAINERS: &str = "overrides.container_overrides";

/// `google.cloud.run.v2.ExecutionTemplate` of a built-in job.
pub(super) fn builtin(life: &Life, project: &str) -> Value {
    let plan = &life.scenario.runner;
    // What a process is given is for its user to say.
    let (args, env) = if life.is_process {
        (json!([]), json!([]))
    } else {
        (
            json!(["--queue", "vertex-ai-queue", "--max-jobs", "1"]),
            json!([{"name": "WANDB_ENTITY", "value": "my-team"}, {"name": "WANDB_PROJECT", "value": "vision"}]),
        )
    };
    let mut container = json!({
        "image": "us-docker.pkg.dev/my-project/launch/wandb-launch-agent:latest",
        "resources": {"limits": {"cpu": "1000m", "memory": "512Mi"}},
    });
    for (field, value) in [("args", args), ("env", env)] {
        if value != json!([]) {
            container[field] = value;
        }
    }
    json!({"taskCount": 1, "template": {
        "containers": [container],
        "maxRetries": plan.max_retries,
        "timeout": wire::duration(plan.timeout.0),
        "serviceAccount": execution::creator(project),
        "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
    }})
}

/// Applies overrides: `args` replace, `env` is merged, `taskCount` and `timeout` replace.
pub(super) fn apply(mut template: Template, job: &str, overrides: Overrides) -> Result<Template, Status> {
    match overrides.task_count {
        0 => {}
        count @ 1..=MAX_TASKS => template.task_count = count.unsigned_abs(),
        count => {
            let words = format!("{count} is not between 1 and {MAX_TASKS}");
            return Err(violation("overrides.task_count", &words));
        }
    }
    template.is_delayed |= overrides.delay_execution;
    if let Some(text) = &overrides.timeout {
        let timeout = duration("overrides.timeout", text)?;
        if timeout.is_zero() || timeout > MAX_TIMEOUT {
            return Err(violation(
                "overrides.timeout",
                "must be between 1 second and 168 hours",
            ));
        }
        template.timeout = timeout;
        Arc::make_mut(&mut template.task)["timeout"] = json!(wire::duration(timeout));
    }
    for container in overrides.containers {
        apply_container(Arc::make_mut(&mut template.task), job, container)?;
    }
    Ok(template)
}

fn apply_container(task: &mut Value, job: &str, change: ContainerOverride) -> Result<(), Status> {
    let container = find_container(task, job, &change.name)?;
    if change.clear_args && !change.args.is_empty() {
        return Err(violation(CONTAINERS, "clear_args and args exclude each other"));
    }
    if change.clear_args {
        container["args"] = json!([]);
    } else if !change.args.is_empty() {
        container["args"] = json!(change.args);
    }
    for variable in change.env {
        set(container, &variable)?;
    }
    Ok(())
}

/// The container of that name; without one the first. A container without a name is called after its job.
fn find_container<'a>(task: &'a mut Value, job: &str, name: &str) -> Result<&'a mut Value, Status> {
    let containers = task["containers"].as_array().map_or(&[][..], Vec::as_slice);
    let named = |(index, one): (usize, &Value)| match one["name"].as_str() {
        Some(known) if !known.is_empty() => known == name,
        _ => name == format!("{job}-{}", index + 1),
    };
    let index = if name.is_empty() {
        Some(0)
    } else {
        containers.iter().enumerate().position(named)
    };
    match index {
        Some(index) => Ok(&mut task["containers"][index]),
        None => Err(violation(
            &format!("{CONTAINERS}.name"),
            &format!("there is no container '{name}'"),
        )),
    }
}

fn set(container: &mut Value, variable: &EnvVar) -> Result<(), Status> {
    if variable.name.is_empty() || !variable.value.is_empty() && variable.value_source.is_some() {
        let words = "a name is needed, and one of value and value_source";
        return Err(violation(&format!("{CONTAINERS}.env"), words));
    }
    if container["env"].is_null() {
        container["env"] = json!([]);
    }
    let env = container["env"].as_array_mut();
    let Some(env) = env else { return Ok(()) };
    let value = wire::json(variable);
    match env.iter_mut().find(|known| known["name"] == variable.name) {
        Some(known) => *known = value,
        None => env.push(value),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::{Scenario, run::spec};

    fn applied(overrides: Value) -> Result<Template, Status> {
        let life = Life::of(Scenario::builtin("job-running").unwrap());
        apply(
            spec::template(&json!({"template": builtin(&life, "p")})),
            "train",
            serde_json::from_value(overrides).unwrap(),
        )
    }

    #[test]
    fn arguments_replace_and_variables_are_merged() {
        let template = applied(json!({"taskCount": 3, "timeout": "900s", "containerOverrides": [
            {"args": ["x"], "env": [{"name": "WANDB_PROJECT", "value": "other"}, {"name": "A", "value": "1"}]}]}))
        .unwrap();
        let container = &template.task["containers"][0];
        assert_eq!((&container["args"], template.task_count), (&json!(["x"]), 3));
        assert_eq!(
            (template.timeout, &template.task["timeout"]),
            (Duration::from_mins(15), &json!("900s"))
        );
        assert_eq!(
            (
                template.variable("WANDB_PROJECT"),
                template.variable("A"),
                container["env"].as_array().unwrap().len()
            ),
            ("other", "1", 3)
        );
        let cleared =
            applied(json!({"containerOverrides": [{"name": "train-1", "clearArgs": true}]})).unwrap();
        assert_eq!(cleared.task["containers"][0]["args"], json!([]));
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
