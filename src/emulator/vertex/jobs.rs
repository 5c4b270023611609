//! `projects.locations.customJobs`: create, get, list, cancel, delete.

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

use super::{filter::Filter, mask::Mask, operations, spec};
use crate::emulator::{
    clock::{Pace, later},
    cloud::Cloud,
    method::{Call, Method, Reply},
    names::project_number,
    paging::{Page, Sizes},
    quota::Bucket,
    scenario::JobState,
    status::Status,
    store::JobKey,
    timeline::{CustomJob, Walk},
    wire::{
        self,
        custom_job::custom_job,
        shape::vertex::{CANCEL_CUSTOM_JOB, CUSTOM_JOB},
    },
};

/// Methods of custom jobs.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: "aiplatform.customJobs.list",
        rpc: "google.cloud.aiplatform.v1.JobService.ListCustomJobs",
        verb: Verb::GET,
        path: "/v1/projects/{project}/locations/{location}/customJobs",
        query: &["filter", "pageSize", "pageToken", "readMask"],
        bucket: Bucket::Vertex,
        answer: list,
    },
    Method {
        id: "aiplatform.customJobs.get",
        rpc: "google.cloud.aiplatform.v1.JobService.GetCustomJob",
        verb: Verb::GET,
        path: "/v1/projects/{project}/locations/{location}/customJobs/{customJob}",
        query: &[],
        bucket: Bucket::Vertex,
        answer: get,
    },
    Method {
        id: "aiplatform.customJobs.create",
        rpc: "google.cloud.aiplatform.v1.JobService.CreateCustomJob",
        verb: Verb::POST,
        path: "/v1/projects/{project}/locations/{location}/customJobs",
        query: &[],
        bucket: Bucket::Vertex,
        answer: create,
    },
    Method {
        id: "aiplatform.customJobs.cancel",
        rpc: "google.cloud.aiplatform.v1.JobService.CancelCustomJob",
        verb: Verb::POST,
        path: "/v1/projects/{project}/locations/{location}/customJobs/{customJob}:cancel",
        query: &[],
        bucket: Bucket::Vertex,
        answer: cancel,
    },
    Method {
        id: "aiplatform.customJobs.delete",
        rpc: "google.cloud.aiplatform.v1.JobService.DeleteCustomJob",
        verb: Verb::DELETE,
        path: "/v1/projects/{project}/locations/{location}/customJobs/{customJob}",
        query: &[],
        bucket: Bucket::Vertex,
        answer: delete,
    },
];

/// Page sizes are not documented; a hundred stands for them.
const SIZES: Sizes = Sizes {
    default: 100,
    max: 100,
};

fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let (number, location) = (project_number(call.param("project")), call.param("location"));
    let text = call.query("filter").unwrap_or_default();
    let filter =
        Filter::parse(text).map_err(|error| Status::invalid(format!("Invalid list filter: {error}")))?;
    let fields = call.query("readMask").unwrap_or_default();
    let mask = Mask::parse(fields)?;
    let page = Page::of_query(call, SIZES, &[&number, location, text, fields])?;
    if call.empty_page {
        return Ok(Reply::Json(wire::list(
            "customJobs",
            Vec::new(),
            page.token(page.after.as_deref()),
        )));
    }
    let shown =
        |job: &&CustomJob| later(job.listed, call.list_lag) <= call.now && filter.matches(job, call.now);
    let after = page.after.as_deref().map(key_of).transpose()?;
    let rest = cloud.jobs.newest_first(&number, location, after);
    let (found, next) = page.cut(rest.filter(shown), |job| key(job));
    let jobs = found
        .iter()
        .map(|job| mask.apply(wire::json(&custom_job(job, call.now))))
        .collect();
    Ok(Reply::Json(wire::list("customJobs", jobs, next)))
}

/// A page goes on below this key, so that new jobs do not shift it and vanished ones do not end it.
fn key(job: &CustomJob) -> String {
    format!("{}/{}", job.walk.created(), job.id)
}

fn key_of(text: &str) -> Result<JobKey, Status> {
    let (created, id) = text.split_once('/').unwrap_or_default();
    let created = created
        .parse()
        .map_err(|_| Status::invalid("page_token is invalid"))?;
    Ok((created, id.to_owned()))
}

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let job = find(cloud, call)?;
    Ok(Reply::Json(wire::json(&custom_job(job, call.now))))
}

fn cancel(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    call.message(&CANCEL_CUSTOM_JOB, "")?;
    let job = find(cloud, call)?;
    if !job.walk.cancel(call.now) {
        return Err(ended(job));
    }
    Ok(Reply::Json(json!({})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let job = find(cloud, call)?;
    if job.walk.ended(call.now).is_none() {
        return Err(Status::precondition(format!(
            "CustomJob {} is not in a final state; cancel it first.",
            job.path()
        )));
    }
    let (scope, id) = ((job.number.clone(), job.region.clone()), job.id.clone());
    cloud.jobs.remove(&scope.0, &scope.1, &id);
    Ok(Reply::Json(operations::begin(cloud, scope, &id, call.now)))
}

fn ended(job: &CustomJob) -> Status {
    Status::precondition(format!(
        "CustomJob {} has already finished and cannot be cancelled.",
        job.path()
    ))
}

fn find<'a>(cloud: &'a mut Cloud, call: &Call) -> Result<&'a mut CustomJob, Status> {
    let (project, location, id) = (
        call.param("project"),
        call.param("location"),
        call.param("customJob"),
    );
    cloud
        .jobs
        .get(&project_number(project), location, id, call.now)
        .ok_or_else(|| Status::not_found("The CustomJob does not exist."))
}

fn create(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let new = spec::job(call.message(&CUSTOM_JOB, "custom_job")?)?;
    let (number, region) = (project_number(call.param("project")), call.param("location"));
    check_quota(cloud, &new.spec, (&number, region), call.now)?;
    let pace = Pace::new(call.now, cloud.speed);
    let job = CustomJob {
        number,
        region: region.to_owned(),
        id: cloud.draw_job_id(),
        display_name: new.display_name,
        labels: new.labels,
        spec: new.spec,
        visible: call.now,
        is_created: true,
        listed: later(call.now, LIST_LAG),
        walk: Walk::new(call.now, &usual_walk(), None, &pace),
    };
    let answer = wire::json(&custom_job(&job, call.now));
    cloud.jobs.put(job);
    Ok(Reply::Json(answer))
}

/// Accelerators that jobs in progress hold count against the limit of their type.
fn check_quota(
    cloud: &mut Cloud,
    spec: &Value,
    (number, region): (&str, &str),
    now: Timestamp,
) -> Result<(), Status> {
    let wanted = spec::accelerators(spec);
    if wanted.is_empty() {
        return Ok(());
    }
    let mut used = spec::Accelerators::new();
    let held = cloud.jobs.active(number, region, now);
    for (name, count) in held.flat_map(|job| spec::accelerators(&job.spec)) {
        *used.entry(name).or_default() += count;
    }
    spec::check_quota(&wanted, &used, |name| cloud.accelerator_limit(name))
}

/// From the creation of a job to where lists show it; a get shows it at once.
const LIST_LAG: Duration = Duration::from_millis(500);

/// What becomes of a job that no scenario wrote: it waits, runs and succeeds.
fn usual_walk() -> [(Duration, JobState); 3] {
    let at = Duration::from_secs;
    [
        (at(0), JobState::Pending),
        (at(60), JobState::Running),
        (at(660), JobState::Succeeded),
    ]
}
