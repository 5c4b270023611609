//! Cloud Run Admin API v2: jobs, executions, tasks, operations.
//!
//! Source: discovery document `run.v2`. One file per resource; each has the `METHODS` that it answers.

pub(super) mod changes;
pub(super) mod deployed;
pub(super) mod executions;
pub(super) mod index;
pub(super) mod jobs;
pub(super) mod operations;
pub(super) mod overrides;
pub(super) mod spec;
pub(super) mod tasks;

use crate::emulator::{
    cloud::Cloud, method::Call, names::same_project, paging::Sizes, status::Status, timeline::Run,
};

/// Page sizes of executions, tasks, jobs and operations (operations: at most 100 by the discovery document).
const PAGE: Sizes = Sizes {
    default: 100,
    max: 100,
};

/// The run whose execution a path names, as long as it is there.
fn find_run(cloud: &Cloud, call: &Call) -> Result<usize, Status> {
    let found = cloud.index.named(call.param("execution")).filter(|index| {
        cloud
            .runs
            .get(*index)
            .is_some_and(|run| in_path(run, call) && run.exists(call.now))
    });
    found.ok_or_else(|| missing("EXECUTION", call.param("execution"), call))
}

/// `NOT_FOUND` in Cloud Run's words; those for a job were captured.
fn missing(kind: &str, name: &str, call: &Call) -> Status {
    let (region, project) = (call.param("location"), call.param("project"));
    Status::not_found(format!(
        "Resource '{name}' of kind '{kind}' in region '{region}' in project '{project}' does not exist."
    ))
}

/// Whether an execution is under the project, location and job of a path; job `-` is any.
fn in_path(run: &Run, call: &Call) -> bool {
    same_project(&run.names.project, call.param("project"))
        && run.names.region == call.param("location")
        && (call.param("job") == "-" || run.names.job == call.param("job"))
}

/// The runs of a path's job, oldest first; job `-` is any.
fn runs_of_path<'a>(cloud: &'a Cloud, call: &Call) -> &'a [usize] {
    cloud
        .index
        .of_job(call.param("project"), call.param("location"), call.param("job"))
}
