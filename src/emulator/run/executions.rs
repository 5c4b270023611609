//! `projects.locations.jobs.executions`: get, list, cancel, delete.

use http::Method as Verb;

use super::{PAGE, find_run, operations, operations::Aim, runs_of_path};
use crate::emulator::{
    clock::later,
    cloud::Cloud,
    method::{Call, Method, Reply},
    paging::Page,
    quota::Bucket,
    status::{Code, Status},
    timeline::Run,
    wire::{self, execution, run_job::CancelExecution, shape::run::CANCEL_EXECUTION},
};

/// Methods of executions.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: "run.executions.get",
        rpc: "google.cloud.run.v2.Executions.GetExecution",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}/executions/{execution}",
        query: &[],
        bucket: Bucket::RunRead,
        answer: get,
    },
    Method {
        id: "run.executions.list",
        rpc: "google.cloud.run.v2.Executions.ListExecutions",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}/executions",
        query: &["pageSize", "pageToken", "showDeleted"],
        bucket: Bucket::RunRead,
        answer: list,
    },
    Method {
        id: "run.executions.cancel",
        rpc: "google.cloud.run.v2.Executions.CancelExecution",
        verb: Verb::POST,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}/executions/{execution}:cancel",
        query: &[],
        bucket: Bucket::RunWrite,
        answer: cancel,
    },
    Method {
        id: "run.executions.delete",
        rpc: "google.cloud.run.v2.Executions.DeleteExecution",
        verb: Verb::DELETE,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}/executions/{execution}",
        query: &["validateOnly", "etag"],
        bucket: Bucket::RunWrite,
        answer: delete,
    },
];

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let run = &cloud.runs[find_run(cloud, call)?];
    Ok(Reply::Json(wire::json(&execution::execution(run, call.now))))
}

/// Newest first. A page goes on after the execution that the token names, so new ones do not shift it.
fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let deleted = call.query("showDeleted") == Some("true");
    let parameters = [call.param("project"), call.param("location"), call.param("job")];
    let page = Page::of_query(call, PAGE, &parameters)?;
    if call.empty_page {
        return Ok(Reply::Json(wire::list(
            "executions",
            Vec::new(),
            page.token(page.after.as_deref()),
        )));
    }
    let runs = runs_of_path(cloud, call);
    let after = page.after.as_deref().and_then(|name| cloud.index.named(name));
    let before = after.map_or(runs.len(), |after| runs.partition_point(|index| *index < after));
    let shown = |run: &&Run| {
        (deleted || run.exists(call.now)) && later(run.course.created, call.list_lag) <= call.now
    };
    let rest = runs[..before]
        .iter()
        .rev()
        .map(|index| &cloud.runs[*index])
        .filter(shown);
    let (found, next) = page.cut(rest, |run| run.names.execution.clone());
    let executions = found
        .iter()
        .map(|run| wire::json(&execution::execution(run, call.now)))
        .collect();
    Ok(Reply::Json(wire::list("executions", executions, next)))
}

fn cancel(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let request: CancelExecution = call.request(&CANCEL_EXECUTION)?;
    let index = find_run(cloud, call)?;
    check_etag(&cloud.runs[index], &request.etag, call)?;
    if cloud.runs[index].course.ended(call.now).is_some() {
        return Err(Status::precondition(format!(
            "Execution '{}' has already finished and cannot be cancelled.",
            call.param("execution")
        )));
    }
    if !request.validate_only {
        cloud.cancel(index, call.now);
    }
    Ok(Reply::Json(operations::of_run(cloud, index, Aim::End, call.now)))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let index = find_run(cloud, call)?;
    check_etag(&cloud.runs[index], call.query("etag").unwrap_or_default(), call)?;
    if call.query("validateOnly") != Some("true") {
        cloud.delete(index, call.now);
    }
    Ok(Reply::Json(operations::of_run(cloud, index, Aim::Gone, call.now)))
}

fn check_etag(run: &Run, etag: &str, call: &Call) -> Result<(), Status> {
    let current = execution::etag(&run.uid, run.course.updated_at(call.now));
    if etag.is_empty() || etag == current {
        return Ok(());
    }
    let message = "The etag provided does not match the current etag of the execution.";
    Err(Status::new(Code::Aborted, message))
}
