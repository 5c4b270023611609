//! What a Cloud Run job may be made of: the defaults and the limits of `google.cloud.run.v2.Job`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::overrides::{MAX_TASKS, MAX_TIMEOUT};
use crate::emulator::{
    status::Status,
    timeline::Template,
    wire::{execution::creator, run_job::duration},
};

/// Most retries of a task.
const MAX_RETRIES: u64 = 10;
/// Retries of a task that says nothing about them.
const USUAL_RETRIES: u64 = 3;

/// Reads a `Job` of a request, which has its shape: refuses what Cloud Run refuses, fills in what it fills in.
pub(super) fn job(mut job: Value, project: &str) -> Result<Value, Status> {
    if let Some(fields) = job.as_object_mut() {
        fields.remove("name"); // the path says it
        fields.remove("etag");
        fields.entry("launchStage").or_insert_with(|| json!("GA"));
    }
    check(&job)?;
    let task = &mut job["template"]["template"];
    for (field, usual) in [
        ("maxRetries", json!(USUAL_RETRIES)),
        ("timeout", json!("600s")),
        ("serviceAccount", json!(creator(project))),
        ("executionEnvironment", json!("EXECUTION_ENVIRONMENT_GEN2")),
    ] {
        if task[field].is_null() {
            task[field] = usual;
        }
    }
    let first = &mut task["containers"][0];
    if first["resources"]["limits"].is_null() {
        first["resources"]["limits"] = json!({"cpu": "1000m", "memory": "512Mi"});
    }
    let count = &mut job["template"]["taskCount"];
    if count.is_null() {
        *count = json!(1);
    }
    Ok(job)
}

fn check(job: &Value) -> Result<(), Status> {
    let task = &job["template"]["template"];
    check_containers(task)?;
    check_counts(&job["template"]["taskCount"], &task["maxRetries"])?;
    check_timeout(&task["timeout"])
}

fn check_containers(task: &Value) -> Result<(), Status> {
    let containers = task["containers"].as_array().map_or(&[][..], Vec::as_slice);
    if containers.is_empty() {
        return Err(violation(
            "template.template.containers",
            "must contain at least one container",
        ));
    }
    if let Some(index) = containers
        .iter()
        .position(|one| one["image"].as_str().is_none_or(str::is_empty))
    {
        return Err(violation(
            &format!("template.template.containers[{index}].image"),
            "must be set",
        ));
    }
    Ok(())
}

fn check_counts(tasks: &Value, retries: &Value) -> Result<(), Status> {
    if !tasks.is_null()
        && !tasks
            .as_i64()
            .is_some_and(|count| (1..=i64::from(MAX_TASKS)).contains(&count))
    {
        return Err(violation(
            "template.task_count",
            &format!("must be between 1 and {MAX_TASKS}"),
        ));
    }
    if !retries.is_null() && retries.as_u64().is_none_or(|count| count > MAX_RETRIES) {
        return Err(violation(
            "template.template.max_retries",
            &format!("must be between 0 and {MAX_RETRIES}"),
        ));
    }
    Ok(())
}

fn check_timeout(timeout: &Value) -> Result<(), Status> {
    match timeout
        .as_str()
        .map(|text| duration("job.template.template.timeout", text))
        .transpose()?
    {
        Some(timeout) if timeout.is_zero() || timeout > MAX_TIMEOUT => Err(violation(
            "template.template.timeout",
            "must be between 1 second and 168 hours",
        )),
        _ => Ok(()),
    }
}

/// `INVALID_ARGUMENT` in Cloud Run's words, with the field in a `BadRequest`.
pub(super) fn violation(field: &str, description: &str) -> Status {
    Status::invalid(format!("Violation in field: {field}: {description}.")).detail(
        "BadRequest",
        json!({"fieldViolations": [{"field": field, "description": description}]}),
    )
}

/// Whether a name is a DNS label of at most 49 letters, as the names of jobs are: an execution's name adds to it.
pub(super) fn check_name(name: &str) -> Result<(), Status> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(letters);
    if fits && name.len() < 50 {
        return Ok(());
    }
    let rule = "only lowercase, digits, and hyphens; must begin with letter, and cannot end with hyphen; must be less than 50 characters";
    Err(violation("job_id", &format!("Resource name must use {rule}")))
}

/// What an execution is made of.
pub(super) fn template(job: &Value) -> Template {
    let execution = &job["template"];
    let task = &execution["template"];
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    Template {
        task_count: number(&execution["taskCount"]).unwrap_or(1),
        parallelism: number(&execution["parallelism"]).unwrap_or(0),
        timeout: task["timeout"]
            .as_str()
            .and_then(|text| duration("timeout", text).ok())
            .unwrap_or(Duration::from_mins(10)),
        max_retries: number(&task["maxRetries"]).unwrap_or(3),
        is_delayed: execution["delayExecution"] == true,
        task: Arc::new(task.clone()),
    }
}
