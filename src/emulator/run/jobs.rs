//! `projects.locations.jobs`: get, list, run.

use std::sync::Arc;

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{PAGE, in_path, operations, overrides};
use crate::emulator::{
    Scenario,
    chance::Chance,
    cloud::{Cloud, LAUNCH_ID},
    method::{Call, Method, Reply},
    paging::Page,
    quota::Bucket,
    status::{Code, Status},
    timeline::{End, Run},
    wire::{self, duration, execution, run_job::RunJob},
};

/// Methods of jobs.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: "run.jobs.run",
        rpc: "google.cloud.run.v2.Jobs.RunJob",
        verb: Verb::POST,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}:run",
        query: &[],
        bucket: Bucket::RunWrite,
        answer: run,
    },
    Method {
        id: "run.jobs.get",
        rpc: "google.cloud.run.v2.Jobs.GetJob",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}",
        query: &[],
        bucket: Bucket::RunRead,
        answer: get,
    },
    Method {
        id: "run.jobs.list",
        rpc: "google.cloud.run.v2.Jobs.ListJobs",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/jobs",
        query: &["pageSize", "pageToken", "showDeleted"],
        bucket: Bucket::RunRead,
        answer: list,
    },
];

fn run(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let request: RunJob = call.message()?;
    let (job, scenario) = find(cloud, call)?;
    if !request.etag.is_empty() && request.etag != etag(call, &job) {
        let message = "The etag provided does not match the current etag of the job; read it again.";
        return Err(Status::new(Code::Aborted, message));
    }
    let template = overrides::apply(overrides::template(&scenario.runner), &job, request.overrides)?;
    let launch = template.variable(LAUNCH_ID).to_owned();
    let names = cloud.draw_names(
        &scenario,
        call.param("project"),
        call.param("location"),
        &job,
        &launch,
    );
    if request.validate_only {
        return Ok(Reply::Json(operations::validated(
            cloud, &scenario, names, template, call.now,
        )));
    }
    let index = cloud.accept(&scenario, names, template, call.now);
    Ok(Reply::Json(operations::start(cloud, index, call.now)))
}

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let (job, scenario) = find(cloud, call)?;
    Ok(Reply::Json(resource(cloud, call, &job, &scenario)))
}

fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let page = Page::of_query(call, PAGE, &[call.param("project"), call.param("location")])?;
    let after = page.after.clone().unwrap_or_default();
    let (found, next) = page.cut(
        cloud.catalog.iter().filter(|(name, _)| **name > after),
        |(name, _)| (*name).clone(),
    );
    let jobs = found
        .iter()
        .map(|(name, scenario)| resource(cloud, call, name, scenario))
        .collect();
    Ok(Reply::Json(wire::list("jobs", jobs, next)))
}

fn find(cloud: &Cloud, call: &Call) -> Result<(String, Arc<Scenario>), Status> {
    let found = cloud.catalog.get_key_value(call.param("job"));
    found
        .map(|(name, scenario)| (name.clone(), Arc::clone(scenario)))
        .ok_or_else(|| Status::not_found(&path(call, call.param("job"))))
}

fn path(call: &Call, job: &str) -> String {
    format!(
        "projects/{}/locations/{}/jobs/{job}",
        call.param("project"),
        call.param("location")
    )
}

fn etag(call: &Call, job: &str) -> String {
    execution::etag(&path(call, job), Timestamp::UNIX_EPOCH)
}

/// `google.cloud.run.v2.Job`.
fn resource(cloud: &Cloud, call: &Call, job: &str, scenario: &Scenario) -> Value {
    let template = overrides::template(&scenario.runner);
    let (args, env) = (json!(template.args), json!(template.env));
    let task = execution::task_template(
        &args,
        &env,
        scenario.runner.max_retries,
        &duration(template.timeout),
        call.param("project"),
    );
    let ready =
        json!({"type": "Ready", "state": "CONDITION_SUCCEEDED", "lastTransitionTime": cloud.clock.epoch()});
    let mut resource = json!({
        "name": path(call, job),
        "uid": Chance::of(&path(call, job)).uuid(),
        "generation": "1",
        "createTime": cloud.clock.epoch(),
        "updateTime": cloud.clock.epoch(),
        "creator": execution::creator(call.param("project")),
        "launchStage": "GA",
        "template": {"taskCount": 1, "template": task},
        "observedGeneration": "1",
        "terminalCondition": ready,
        "etag": etag(call, job),
    });
    let mut runs = cloud
        .runs
        .iter()
        .filter(|run| run.names.job == job && in_path(run, call))
        .rev()
        .peekable();
    if let Some(newest) = runs.peek() {
        resource["latestCreatedExecution"] = reference(newest, call.now);
        resource["executionCount"] = json!(runs.count());
    }
    resource
}

/// `google.cloud.run.v2.ExecutionReference`.
fn reference(run: &Run, now: Timestamp) -> Value {
    let status = match run.course.ended(now) {
        Some(End::Succeeded) => "EXECUTION_SUCCEEDED",
        Some(End::Failed(_)) => "EXECUTION_FAILED",
        Some(End::Cancelled) => "EXECUTION_CANCELLED",
        None if run.course.started_at(now).is_some() => "EXECUTION_RUNNING",
        None => "EXECUTION_PENDING",
    };
    let mut reference = json!({
        "name": run.names.execution, "createTime": run.course.created, "completionStatus": status,
    });
    if let Some(at) = run.course.ended_at(now) {
        reference["completionTime"] = json!(at);
    }
    if let Some(at) = run.deleted {
        reference["deleteTime"] = json!(at);
    }
    reference
}
