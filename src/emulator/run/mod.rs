//! Cloud Run Admin API v2: jobs, executions, tasks, operations.
//!
//! Source: discovery document `run.v2`. One file per resource; each has the `METHODS` that it answers.

pub(super) mod executions;
pub(super) mod jobs;
pub(super) mod operations;
pub(super) mod overrides;
pub(super) mod tasks;

pub(crate) use operations::RunOperation;

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
    let found = cloud.run_named(call.param("execution")).filter(|index| {
        cloud
            .runs
            .get(*index)
            .is_some_and(|run| in_path(run, call) && run.exists(call.now))
    });
    found.ok_or_else(|| {
        Status::not_found(&format!(
            "projects/{}/locations/{}/jobs/{}/executions/{}",
            call.param("project"),
            call.param("location"),
            call.param("job"),
            call.param("execution")
        ))
    })
}

/// Whether an execution is under the project, location and job of a path; job `-` is any.
fn in_path(run: &Run, call: &Call) -> bool {
    same_project(&run.names.project, call.param("project"))
        && run.names.region == call.param("location")
        && (call.param("job") == "-" || run.names.job == call.param("job"))
}
