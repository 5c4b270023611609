//! `projects.locations.operations`: get, list, wait, delete. The long-running operations of Cloud Run.
//!
//! The operation of `jobs.run` stays open until the execution ends. A cancelled execution completes it without an
//! error; for a failed one both `error` and `response` are seen in the wild, so both occur here: clients must
//! judge by the execution. A change of a job is done when it is answered.

use std::collections::HashMap;
use std::time::Duration;

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::Value;

use super::{PAGE, deployed::Life};
use crate::emulator::{
    clock::{Pace, later},
    cloud::Cloud,
    method::{Call, Method, Reply},
    names::project_number,
    paging::Page,
    quota::Bucket,
    status::{Code, Status},
    timeline::{End, Names, Run, Template},
    wire::{
        self, RpcStatus, execution,
        operation::{EXECUTION, JOB, Operation},
        run_job::{self, WaitOperation},
        shape::run::WAIT_OPERATION,
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
        query: &["filter", "pageSize", "pageToken", "returnPartialSuccess"],
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
    Method {
        id: "run.operations.delete",
        rpc: "google.longrunning.Operations.DeleteOperation",
        verb: Verb::DELETE,
        path: "/v2/projects/{project}/locations/{location}/operations/{operation}",
        query: &[],
        bucket: Bucket::RunWrite,
        answer: delete,
    },
];

/// Every operation, found by id and by region. The cloud owns them.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    all: Vec<RunOperation>,
    by_id: HashMap<String, usize>,
    by_region: HashMap<(String, String), Vec<usize>>,
}

/// An operation: what it is about.
#[derive(Debug)]
struct RunOperation {
    id: String,
    project: String,
    region: String,
    subject: Subject,
    deleted: bool,
}

#[derive(Debug)]
enum Subject {
    /// An execution, and what is waited for.
    Run(usize, Aim),
    /// A job as it was after its change.
    Job(Value),
}

/// What the operation of an execution waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// The execution's end: `jobs.run` and `executions.cancel`.
    End,
    /// Nothing: a deletion is done at once.
    Gone,
}

impl Operations {
    fn add(&mut self, operation: RunOperation) {
        let (index, region) = (self.all.len(), operation.scope());
        self.by_id.insert(operation.id.clone(), index);
        self.by_region.entry(region).or_default().push(index);
        self.all.push(operation);
    }

    /// The operation of a path.
    fn find(&self, call: &Call) -> Result<usize, Status> {
        let (project, region, id) = (
            call.param("project"),
            call.param("location"),
            call.param("operation"),
        );
        let found = self.by_id.get(id).copied().filter(|index| {
            let operation = &self.all[*index];
            !operation.deleted && operation.scope() == (project_number(project), region.to_owned())
        });
        found.ok_or_else(Status::entity_not_found)
    }
}

impl RunOperation {
    fn scope(&self) -> (String, String) {
        (project_number(&self.project), self.region.clone())
    }

    fn name(&self) -> String {
        format!(
            "projects/{}/locations/{}/operations/{}",
            self.project, self.region, self.id
        )
    }

    /// When it is done; none while nobody knows.
    fn done_at(&self, cloud: &Cloud) -> Option<Timestamp> {
        match self.subject {
            Subject::Run(run, Aim::End) => cloud.runs[run].course.end.as_ref().map(|(at, _)| *at),
            Subject::Run(run, Aim::Gone) => cloud.runs[run].deleted.or(Some(Timestamp::MIN)),
            Subject::Job(_) => Some(Timestamp::MIN),
        }
    }

    fn is_done(&self, cloud: &Cloud, now: Timestamp) -> bool {
        self.done_at(cloud).is_some_and(|at| at <= now)
    }

    fn show(&self, cloud: &Cloud, now: Timestamp) -> Value {
        let (subject, failure) = match &self.subject {
            Subject::Run(run, aim) => {
                let run = &cloud.runs[*run];
                (
                    wire::any(EXECUTION, &execution::execution(run, now)),
                    self.failure(run, *aim, now),
                )
            }
            Subject::Job(job) => (wire::any(JOB, job), None),
        };
        let done = self.is_done(cloud, now);
        let error = failure.filter(|_| done);
        let response = (done && error.is_none()).then(|| subject.clone());
        wire::json(&Operation {
            name: self.name(),
            metadata: subject,
            done,
            error,
            response,
        })
    }

    /// The error form of a failed execution's operation, in half of the cases.
    fn failure(&self, run: &Run, aim: Aim, now: Timestamp) -> Option<RpcStatus> {
        let Some(End::Failed(exit)) = run.course.ended(now) else {
            return None;
        };
        let as_error = aim == Aim::End && self.id.bytes().last().is_some_and(|last| last % 2 == 0);
        let message = format!("Task {}-task0 {}", run.names.execution, exit.failure());
        as_error.then(|| RpcStatus {
            code: Code::Unknown.number(),
            message,
        })
    }
}

/// The operation of something that was done to an execution.
pub(super) fn of_run(cloud: &mut Cloud, run: usize, aim: Aim, now: Timestamp) -> Value {
    let names = &cloud.runs[run].names;
    let operation = RunOperation {
        project: names.project.clone(),
        region: names.region.clone(),
        id: cloud.chance.uuid(),
        subject: Subject::Run(run, aim),
        deleted: false,
    };
    keep(cloud, operation, true, now)
}

/// The operation of a change of a job; one that was only validated is not kept.
pub(super) fn of_job(cloud: &mut Cloud, call: &Call, job: Value, kept: bool) -> Value {
    let operation = RunOperation {
        project: call.param("project").to_owned(),
        region: call.param("location").to_owned(),
        id: cloud.chance.uuid(),
        subject: Subject::Job(job),
        deleted: false,
    };
    keep(cloud, operation, kept, call.now)
}

fn keep(cloud: &mut Cloud, operation: RunOperation, kept: bool, now: Timestamp) -> Value {
    let answer = operation.show(cloud, now);
    if kept {
        cloud.operations.add(operation);
    }
    answer
}

/// The answer to a `jobs.run` that was only to be validated: done, with an execution that never was.
pub(super) fn validated(
    cloud: &mut Cloud,
    life: &Life,
    names: Names,
    template: Template,
    now: Timestamp,
) -> Value {
    let (id, uid) = (cloud.chance.uuid(), cloud.chance.uuid());
    let name = format!(
        "projects/{}/locations/{}/operations/{id}",
        names.project, names.region
    );
    let run = Run::new(life, names, uid, Pace::new(now, 1.0), template);
    let execution = wire::any(EXECUTION, &execution::execution(&run, now));
    wire::json(&Operation {
        name,
        metadata: execution.clone(),
        done: true,
        error: None,
        response: Some(execution),
    })
}

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let index = cloud.operations.find(call)?;
    Ok(Reply::Json(cloud.operations.all[index].show(cloud, call.now)))
}

/// Holds the request until the operation is done or the timeout is over; a fault may have it answered earlier (best effort).
fn wait(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let request: WaitOperation = call.request(&WAIT_OPERATION)?;
    let hold = request
        .timeout
        .as_deref()
        .map_or(Ok(USUAL_HOLD), |text| run_job::duration("timeout", text))?;
    let operation = &cloud.operations.all[cloud.operations.find(call)?];
    let until = later(
        call.arrived,
        call.longest_hold.map_or(hold, |longest| longest.min(hold)),
    );
    if until <= call.now || operation.is_done(cloud, call.now) {
        return Ok(Reply::Json(operation.show(cloud, call.now)));
    }
    let done = operation.done_at(cloud);
    Ok(Reply::AskAgainAt(done.map_or(until, |at| at.min(until))))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let index = cloud.operations.find(call)?;
    cloud.operations.all[index].deleted = true;
    Ok(Reply::Json(Value::Object(serde_json::Map::new())))
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
    let (project, region) = (call.param("project"), call.param("location"));
    let page = Page::of_query(call, PAGE, &[project, region, filter])?;
    let all = &cloud.operations.all;
    let here = cloud
        .operations
        .by_region
        .get(&(project_number(project), region.to_owned()))
        .map_or(&[][..], Vec::as_slice);
    let after = page
        .after
        .as_deref()
        .and_then(|id| cloud.operations.by_id.get(id));
    let before = after.map_or(here.len(), |after| here.partition_point(|index| index < after));
    let rest = here[..before].iter().rev().map(|index| &all[*index]);
    let rest =
        rest.filter(|one| !one.deleted && wanted.is_none_or(|wanted| wanted == one.is_done(cloud, call.now)));
    let (found, next) = page.cut(rest, |operation| operation.id.clone());
    let operations = found
        .iter()
        .map(|operation| operation.show(cloud, call.now))
        .collect();
    Ok(Reply::Json(wire::list("operations", operations, next)))
}
