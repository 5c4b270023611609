//! `projects.locations.operations`: get, list, wait. The long-running operations of Cloud Run.
//!
//! The operation of `jobs.run` stays open until the execution ends. A cancelled execution completes it without an
//! error; for a failed one both `error` and `response` are seen in the wild, so both occur here: clients must
//! judge by the execution.

use std::sync::Arc;
use std::time::Duration;

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::Value;

use super::PAGE;
use crate::emulator::{
    Scenario,
    clock::{Pace, later},
    cloud::Cloud,
    method::{Call, Method, Reply},
    names::same_project,
    paging::Page,
    quota::Bucket,
    status::{Code, Status},
    timeline::{End, Names, Run, Template},
    wire::{
        self, RpcStatus, execution,
        operation::{EXECUTION, Operation},
        run_job::{self, WaitOperation},
    },
};

/// How long `wait` holds a request that names no timeout. Google documents no value; gcloud asks for 30 s.
const USUAL_HOLD: Duration = Duration::from_secs(30);

/// Methods of operations.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: "run.operations.get",
        rpc: "google.longrunning.Operations.GetOperation",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/operations/{operation}",
        query: &[],
        bucket: Bucket::RunRead,
        answer: get,
    },
    Method {
        id: "run.operations.list",
        rpc: "google.longrunning.Operations.ListOperations",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/operations",
        query: &["filter", "pageSize", "pageToken"],
        bucket: Bucket::RunRead,
        answer: list,
    },
    Method {
        id: "run.operations.wait",
        rpc: "google.longrunning.Operations.WaitOperation",
        verb: Verb::POST,
        path: "/v2/projects/{project}/locations/{location}/operations/{operation}:wait",
        query: &[],
        bucket: Bucket::RunRead,
        answer: wait,
    },
];

/// An operation: what it waits for.
#[derive(Debug)]
pub(crate) struct RunOperation {
    id: String,
    run: usize,
    aim: Aim,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// The execution's end: `jobs.run` and `executions.cancel`.
    End,
    /// Nothing: a deletion is done at once.
    Gone,
}

/// The operation of an accepted `jobs.run`.
pub(super) fn start(cloud: &mut Cloud, run: usize, now: Timestamp) -> Value {
    create(cloud, run, Aim::End, now)
}

/// The operation of a cancel.
pub(super) fn cancel(cloud: &mut Cloud, run: usize, now: Timestamp) -> Value {
    create(cloud, run, Aim::End, now)
}

/// The operation of a deletion.
pub(super) fn delete(cloud: &mut Cloud, run: usize, now: Timestamp) -> Value {
    create(cloud, run, Aim::Gone, now)
}

/// The answer to a `jobs.run` that was only to be validated: done, with an execution that never was.
pub(super) fn validated(
    cloud: &mut Cloud,
    scenario: &Arc<Scenario>,
    names: Names,
    template: Template,
    now: Timestamp,
) -> Value {
    let (id, uid) = (cloud.chance.uuid(), cloud.chance.uuid());
    let run = Run::new(Arc::clone(scenario), names, uid, Pace::new(now, 1.0), template);
    let execution = wire::any(EXECUTION, &execution::execution(&run, now));
    let name = name(&run, &id);
    wire::json(&Operation {
        name,
        metadata: execution.clone(),
        done: true,
        error: None,
        response: Some(execution),
    })
}

fn create(cloud: &mut Cloud, run: usize, aim: Aim, now: Timestamp) -> Value {
    let operation = RunOperation {
        id: cloud.chance.uuid(),
        run,
        aim,
    };
    let answer = resource(cloud, &operation, now);
    cloud.operations.push(operation);
    answer
}

fn name(run: &Run, id: &str) -> String {
    format!(
        "projects/{}/locations/{}/operations/{id}",
        run.names.project, run.names.region
    )
}

fn done_at(cloud: &Cloud, operation: &RunOperation) -> Option<Timestamp> {
    let run = &cloud.runs[operation.run];
    match operation.aim {
        Aim::End => run.course.end.as_ref().map(|(at, _)| *at),
        Aim::Gone => run.deleted.or(Some(Timestamp::MIN)),
    }
}

fn resource(cloud: &Cloud, operation: &RunOperation, now: Timestamp) -> Value {
    let run = &cloud.runs[operation.run];
    let execution = wire::any(EXECUTION, &execution::execution(run, now));
    let done = done_at(cloud, operation).is_some_and(|at| at <= now);
    let error = failure(run, operation, now).filter(|_| done);
    let response = (done && error.is_none()).then(|| execution.clone());
    wire::json(&Operation {
        name: name(run, &operation.id),
        metadata: execution,
        done,
        error,
        response,
    })
}

/// The error form of a failed execution's operation, in half of the cases.
fn failure(run: &Run, operation: &RunOperation, now: Timestamp) -> Option<RpcStatus> {
    let Some(End::Failed(exit)) = run.course.ended(now) else {
        return None;
    };
    let as_error = operation.aim == Aim::End && operation.id.bytes().last().is_some_and(|last| last % 2 == 0);
    let message = format!("Task {}-task0 {}", run.names.execution, exit.failure());
    as_error.then(|| RpcStatus {
        code: Code::Unknown.number(),
        message,
    })
}

fn find<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a RunOperation, Status> {
    let id = call.param("operation");
    cloud
        .operations
        .iter()
        .find(|operation| operation.id == id && in_location(cloud, operation, call))
        .ok_or_else(|| {
            Status::not_found(&format!(
                "projects/{}/locations/{}/operations/{id}",
                call.param("project"),
                call.param("location")
            ))
        })
}

fn in_location(cloud: &Cloud, operation: &RunOperation, call: &Call) -> bool {
    let names = &cloud.runs[operation.run].names;
    same_project(&names.project, call.param("project")) && names.region == call.param("location")
}

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    Ok(Reply::Json(resource(cloud, find(cloud, call)?, call.now)))
}

/// Holds the request until the operation is done or the timeout is over.
fn wait(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let request: WaitOperation = call.message()?;
    let hold = request
        .timeout
        .as_deref()
        .map_or(Ok(USUAL_HOLD), |text| run_job::duration("timeout", text))?;
    let operation = find(cloud, call)?;
    let until = later(call.arrived, hold);
    let done = done_at(cloud, operation);
    if until <= call.now || done.is_some_and(|at| at <= call.now) {
        return Ok(Reply::Json(resource(cloud, operation, call.now)));
    }
    Ok(Reply::AskAgainAt(done.map_or(until, |at| at.min(until))))
}

/// Newest first; the filter is `done:true`, `done:false` or empty.
fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let filter = call.query("filter").unwrap_or_default();
    let wanted = match filter {
        "" => None,
        "done:true" => Some(true),
        "done:false" => Some(false),
        other => {
            return Err(Status::invalid(format!(
                "filter must be 'done:true' or 'done:false', not '{other}'"
            )));
        }
    };
    let page = Page::of_query(
        call,
        PAGE,
        &[call.param("project"), call.param("location"), filter],
    )?;
    let after = page
        .after
        .as_deref()
        .and_then(|id| cloud.operations.iter().position(|operation| operation.id == id));
    let is_done = |operation: &RunOperation| done_at(cloud, operation).is_some_and(|at| at <= call.now);
    let rest = cloud.operations[..after.unwrap_or(cloud.operations.len())]
        .iter()
        .rev();
    let rest = rest
        .filter(|one| in_location(cloud, one, call) && wanted.is_none_or(|wanted| wanted == is_done(one)));
    let (found, next) = page.cut(rest, |operation| operation.id.clone());
    let operations = found
        .iter()
        .map(|operation| resource(cloud, operation, call.now))
        .collect();
    Ok(Reply::Json(wire::list("operations", operations, next)))
}
