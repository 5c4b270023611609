//! The long-running operations of Vertex AI: those of `customJobs.delete`.
//!
//! They are found under the region and under the job; `wait` takes its timeout in the query, unlike Cloud Run's.

use std::collections::HashMap;
use std::time::Duration;

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::emulator::{
    clock::later,
    cloud::Cloud,
    method::{Call, Method, Reply},
    names::project_number,
    paging::{Page, Sizes},
    quota::Bucket,
    status::Status,
    wire::{self, run_job::duration},
};

/// One method under each of the two paths that operations have.
macro_rules! methods {
    ($($id:literal, $job_id:literal, $rpc:literal, $verb:expr, $tail:literal, $query:expr, $answer:expr;)+) => {
        &[$(
            Method {
                id: $id,
                rpc: concat!("google.longrunning.Operations.", $rpc),
                verb: $verb,
                path: concat!("/v1/projects/{project}/locations/{location}/operations", $tail),
                query: $query,
                bucket: Bucket::Vertex,
                answer: $answer,
            },
            Method {
                id: $job_id,
                rpc: concat!("google.longrunning.Operations.", $rpc),
                verb: $verb,
                path: concat!("/v1/projects/{project}/locations/{location}/customJobs/{customJob}/operations", $tail),
                query: $query,
                bucket: Bucket::Vertex,
                answer: $answer,
            },
        )+]
    };
}

/// Methods of operations.
pub(crate) const METHODS: &[Method] = methods![
    "aiplatform.operations.get", "aiplatform.customJobs.operations.get", "GetOperation", Verb::GET, "/{operation}", &[], get;
    "aiplatform.operations.list", "aiplatform.customJobs.operations.list", "ListOperations", Verb::GET, "", &["filter", "pageSize", "pageToken", "returnPartialSuccess"], list;
    "aiplatform.operations.wait", "aiplatform.customJobs.operations.wait", "WaitOperation", Verb::POST, "/{operation}:wait", &["timeout"], wait;
    "aiplatform.operations.cancel", "aiplatform.customJobs.operations.cancel", "CancelOperation", Verb::POST, "/{operation}:cancel", &[], cancel;
    "aiplatform.operations.delete", "aiplatform.customJobs.operations.delete", "DeleteOperation", Verb::DELETE, "/{operation}", &[], delete;
];

/// How long a deletion takes.
const DELETE_TAKES: Duration = Duration::from_secs(1);
/// How long `wait` holds a request that names no timeout.
const USUAL_HOLD: Duration = Duration::from_secs(30);

const SIZES: Sizes = Sizes {
    default: 100,
    max: 100,
};

/// Every operation. The cloud owns them.
#[derive(Debug, Default)]
pub(crate) struct VertexOperations {
    by_region: HashMap<(String, String), Vec<Deletion>>,
}

/// The deletion of a custom job.
#[derive(Debug)]
struct Deletion {
    id: String,
    job: String,
    began: Timestamp,
}

impl Deletion {
    fn done_at(&self) -> Timestamp {
        later(self.began, DELETE_TAKES)
    }

    fn show(&self, (number, region): &(String, String), now: Timestamp) -> Value {
        let done = self.done_at() <= now;
        let updated = if done { self.done_at() } else { self.began };
        let mut operation = json!({
            "name": format!("projects/{number}/locations/{region}/operations/{}", self.id),
            "metadata": {
                "@type": "type.googleapis.com/google.cloud.aiplatform.v1.DeleteOperationMetadata",
                "genericMetadata": {"createTime": self.began, "updateTime": updated},
            },
        });
        if done {
            operation["done"] = json!(true);
            operation["response"] = json!({"@type": "type.googleapis.com/google.protobuf.Empty"});
        }
        operation
    }
}

/// Begins the operation of a deletion.
pub(super) fn begin(cloud: &mut Cloud, scope: (String, String), job: &str, now: Timestamp) -> Value {
    let deletion = Deletion {
        id: cloud.draw_job_id(),
        job: job.to_owned(),
        began: now,
    };
    let answer = deletion.show(&scope, now);
    cloud
        .vertex_operations
        .by_region
        .entry(scope)
        .or_default()
        .push(deletion);
    answer
}

fn scope(call: &Call) -> (String, String) {
    (
        project_number(call.param("project")),
        call.param("location").to_owned(),
    )
}

/// The operations under a request's path, newest first.
fn under<'a>(cloud: &'a Cloud, call: &'a Call) -> impl Iterator<Item = &'a Deletion> {
    let all = cloud.vertex_operations.by_region.get(&scope(call));
    let job = call.param("customJob");
    all.into_iter()
        .flatten()
        .rev()
        .filter(move |one| job.is_empty() || one.job == job)
}

fn find<'a>(cloud: &'a Cloud, call: &'a Call) -> Result<&'a Deletion, Status> {
    let id = call.param("operation");
    under(cloud, call)
        .find(|one| one.id == id)
        .ok_or_else(Status::entity_not_found)
}

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    Ok(Reply::Json(find(cloud, call)?.show(&scope(call), call.now)))
}

fn wait(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let timeout = call
        .query("timeout")
        .map_or(Ok(USUAL_HOLD), |text| duration("timeout", text))?;
    let hold = call.longest_hold.map_or(timeout, |longest| longest.min(timeout));
    let (operation, until) = (find(cloud, call)?, later(call.arrived, hold));
    if until <= call.now || operation.done_at() <= call.now {
        return Ok(Reply::Json(operation.show(&scope(call), call.now)));
    }
    Ok(Reply::AskAgainAt(until.min(operation.done_at())))
}

fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let filter = call.query("filter").unwrap_or_default();
    if !filter.is_empty() {
        return Err(Status::invalid("Filtering operations is not supported."));
    }
    let page = Page::of_query(
        call,
        SIZES,
        &[
            call.param("project"),
            call.param("location"),
            call.param("customJob"),
        ],
    )?;
    let after = page.after.as_deref();
    let mut rest = under(cloud, call).peekable();
    if let Some(after) = after {
        while rest.next_if(|one| one.id != after).is_some() {}
        rest.next();
    }
    let (found, next) = page.cut(rest, |one| one.id.clone());
    let operations = found.iter().map(|one| one.show(&scope(call), call.now)).collect();
    Ok(Reply::Json(wire::list("operations", operations, next)))
}

/// A deletion cannot be cancelled; Vertex AI takes the request and goes on (best effort).
fn cancel(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    find(cloud, call).map(|_| Reply::Json(json!({})))
}

fn delete(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let id = find(cloud, call)?.id.clone();
    if let Some(all) = cloud.vertex_operations.by_region.get_mut(&scope(call)) {
        all.retain(|one| one.id != id);
    }
    Ok(Reply::Json(json!({})))
}
