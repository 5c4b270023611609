//! `projects.locations.jobs`: create, patch, delete.

use http::Method as Verb;
use serde_json::Value;

use super::{
    jobs::{check_etag, find, resource},
    missing, operations, spec,
};
use crate::emulator::{
    cloud::Cloud,
    method::{Call, Method, Reply},
    quota::Bucket,
    status::{Code, Status},
    wire::shape::run::JOB,
};

/// Methods that change jobs.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: "run.jobs.create",
        rpc: "google.cloud.run.v2.Jobs.CreateJob",
        verb: Verb::POST,
        path: "/v2/projects/{project}/locations/{location}/jobs",
        query: &["jobId", "validateOnly"],
        bucket: Bucket::RunWrite,
        answer: create,
    },
    Method {
        id: "run.jobs.patch",
        rpc: "google.cloud.run.v2.Jobs.UpdateJob",
        verb: Verb::PATCH,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}",
        query: &["allowMissing", "validateOnly"],
        bucket: Bucket::RunWrite,
        answer: patch,
    },
    Method {
        id: "run.jobs.delete",
        rpc: "google.cloud.run.v2.Jobs.DeleteJob",
        verb: Verb::DELETE,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}",
        query: &["etag", "validateOnly"],
        bucket: Bucket::RunWrite,
        answer: delete,
    },
];

/// Most jobs of a project and region (Cloud Run's limits page).
const MAX_JOBS: usize = 1000;

fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let job = call.query("jobId").unwrap_or_default().to_owned();
    let input = spec::job(call.message(&JOB, "job")?, call.param("project"))?;
    create_as(cloud, call, &job, input)
}

fn create_as(cloud: &mut Cloud, call: &Call, job: &str, input: Value) -> Result<Reply, Status> {
    let (project, region) = (call.param("project"), call.param("location"));
    spec::check_name(job)?;
    if cloud.jobs_of_run.find(project, region, job).is_some() {
        return Err(Status::new(
            Code::AlreadyExists,
            format!("Resource '{job}' already exists."),
        ));
    }
    if cloud.jobs_of_run.count(project, region) >= MAX_JOBS {
        return Err(Status::new(
            Code::ResourceExhausted,
            format!("The project may have at most {MAX_JOBS} jobs in region {region}."),
        ));
    }
    let uid = cloud.chance.uuid();
    cloud
        .jobs_of_run
        .create(project, region, job, uid, input, call.now);
    let answer = answer(cloud, call, job)?;
    if validates_only(call) {
        cloud.jobs_of_run.delete(project, region, job);
    }
    Ok(Reply::Json(answer))
}

/// Replaces what requests may set: the v2 API has no update mask, the whole job is sent.
fn patch(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let sent = call.message(&JOB, "job")?;
    let etag = sent["etag"].as_str().unwrap_or_default().to_owned();
    let input = spec::job(sent, call.param("project"))?;
    if find(cloud, call).is_err() && call.query("allowMissing") == Some("true") {
        return create_as(cloud, call, call.param("job"), input);
    }
    let job = find(cloud, call)?;
    check_etag(job, &etag)?;
    let before = job.clone();
    if job.input != input {
        job.generation += 1;
        job.input = input;
    }
    job.updated = call.now;
    let answer = answer(cloud, call, call.param("job"))?;
    if validates_only(call) {
        *find(cloud, call)? = before;
    }
    Ok(Reply::Json(answer))
}

/// Deletes a job and its executions; those that run are cancelled.
fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let (project, region, name) = (call.param("project"), call.param("location"), call.param("job"));
    let job = find(cloud, call)?;
    check_etag(job, call.query("etag").unwrap_or_default())?;
    let answer = answer(cloud, call, name)?;
    if !validates_only(call) {
        cloud.jobs_of_run.delete(project, region, name);
        for index in cloud.index.of_job(project, region, name).to_vec() {
            cloud.delete(index, call.now);
        }
    }
    Ok(Reply::Json(answer))
}

/// The operation of a change. Where a change is only validated, it is not kept.
fn answer(cloud: &mut Cloud, call: &Call, name: &str) -> Result<Value, Status> {
    let (project, region) = (call.param("project"), call.param("location"));
    let job = cloud
        .jobs_of_run
        .find(project, region, name)
        .ok_or_else(|| missing("JOB", name, call))?
        .clone();
    let resource = resource(cloud, call, name, &job);
    Ok(operations::of_job(cloud, call, resource, !validates_only(call)))
}

fn validates_only(call: &Call) -> bool {
    call.query("validateOnly") == Some("true")
}
