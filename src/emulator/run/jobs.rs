//! `projects.locations.jobs`: get, list, run. What changes jobs is in [`super::changes`].

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{PAGE, deployed::Deployed, missing, operations, overrides};
use crate::emulator::{
    cloud::{Cloud, LAUNCH_ID},
    method::{Call, Method, Reply},
    paging::Page,
    quota::Bucket,
    status::{Code, Status},
    timeline::{End, Run},
    wire::{self, execution, run_job::RunJob, shape::run::RUN_JOB},
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
    let request: RunJob = call.request(&RUN_JOB)?;
    let (project, region, job) = (call.param("project"), call.param("location"), call.param("job"));
    let deployed = find(cloud, call)?;
    check_etag(deployed, &request.etag)?;
    let life = deployed.life.clone();
    let template = overrides::apply(deployed.template(), job, request.overrides)?;
    let launch = template.variable(LAUNCH_ID).to_owned();
    let names = cloud.draw_names(&life, project, region, job, &launch);
    if request.validate_only {
        return Ok(Reply::Json(operations::validated(
            cloud, &life, names, template, call.now,
        )));
    }
    cloud.check_room(project, region, call.now)?;
    let index = cloud.accept(&life, names, template, call.now);
    Ok(Reply::Json(operations::of_run(
        cloud,
        index,
        operations::Aim::End,
        call.now,
    )))
}

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let deployed = find(cloud, call)?.clone();
    Ok(Reply::Json(resource(cloud, call, call.param("job"), &deployed)))
}

fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let (project, region) = (call.param("project"), call.param("location"));
    let page = Page::of_query(call, PAGE, &[project, region])?;
    let after = page.after.clone().unwrap_or_default();
    let rest = cloud.jobs_of_run.list(project, region, &after);
    let (found, next) = page.cut(rest, |(name, _)| (*name).to_owned());
    let found: Vec<(String, Deployed)> = found
        .into_iter()
        .map(|(name, job)| (name.to_owned(), job.clone()))
        .collect();
    let jobs = found
        .iter()
        .map(|(name, job)| resource(cloud, call, name, job))
        .collect();
    Ok(Reply::Json(wire::list("jobs", jobs, next)))
}

/// The job of a request's path.
pub(super) fn find<'a>(cloud: &'a mut Cloud, call: &Call) -> Result<&'a mut Deployed, Status> {
    let (project, region, job) = (call.param("project"), call.param("location"), call.param("job"));
    cloud
        .jobs_of_run
        .find(project, region, job)
        .ok_or_else(|| missing("JOB", job, call))
}

/// `projects/P/locations/R/jobs/J`, as the request names project and region.
fn path(call: &Call, job: &str) -> String {
    format!(
        "projects/{}/locations/{}/jobs/{job}",
        call.param("project"),
        call.param("location")
    )
}

/// Refuses an etag of an older state of the job.
pub(super) fn check_etag(job: &Deployed, etag: &str) -> Result<(), Status> {
    if etag.is_empty() || etag == job.etag() {
        return Ok(());
    }
    let message = "The etag provided does not match the current etag of the job; read it again.";
    Err(Status::new(Code::Aborted, message))
}

/// `google.cloud.run.v2.Job`.
pub(super) fn resource(cloud: &Cloud, call: &Call, name: &str, job: &Deployed) -> Value {
    let ready_at = job.updated.max(cloud.clock.epoch());
    let ready = json!({"type": "Ready", "state": "CONDITION_SUCCEEDED", "lastTransitionTime": ready_at});
    let by = execution::creator(call.param("project"));
    let output = json!({
        "name": path(call, name),
        "uid": job.uid,
        "generation": job.generation.to_string(),
        "createTime": job.created,
        "updateTime": job.updated,
        "creator": by,
        "lastModifier": by,
        "observedGeneration": job.generation.to_string(),
        "terminalCondition": ready,
        "etag": job.etag(),
    });
    let mut resource = job.input.clone();
    if let (Some(all), Value::Object(output)) = (resource.as_object_mut(), output) {
        all.extend(output);
    }
    let runs = cloud
        .index
        .of_job(call.param("project"), call.param("location"), name);
    // A job of the same name may have been deleted before this one was created.
    let runs = &runs[runs.partition_point(|index| cloud.runs[*index].course.created < job.created)..];
    if let Some(newest) = runs.last().map(|index| &cloud.runs[*index]) {
        resource["latestCreatedExecution"] = reference(newest, call.now);
        resource["executionCount"] = json!(runs.len());
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
