//! `/emulator/`: what the emulator holds and has been asked, as a page for people; `/emulator/state` is the same for programs.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, Method as Verb, header};
use serde_json::{Value, json};

use crate::emulator::{
    cloud::Cloud,
    method::{Call, Method, Reply},
    quota::Bucket,
    router,
    status::Status,
    timeline::{CustomJob, End, Run},
};

/// The state, as JSON.
pub(crate) const METHODS: &[Method] = &[Method {
    id: "emulator.state",
    rpc: "emulator.State",
    verb: Verb::GET,
    path: "/emulator/state",
    query: &[],
    bucket: Bucket::Free,
    answer: state,
}];

/// Executions and custom jobs that are shown: the newest.
const SHOWN: usize = 100;

/// The page, at `/emulator/`. It holds no data: its script asks for the state each second.
pub(crate) fn page(path: &str) -> Option<Response> {
    if !matches!(path, "/emulator" | "/emulator/") {
        return None;
    }
    let mut response = Response::new(Body::from(include_str!("page.html")));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    let policy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Some(response)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of every method")]
fn state(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let quotas: Vec<Value> = cloud.meter.usage(call.now).into_iter().map(quota).collect();
    let newest = cloud.runs.iter().rev().take(SHOWN);
    let executions: Vec<Value> = newest.map(|run| summary(run, call)).collect();
    let jobs: serde_json::Map<String, Value> = cloud
        .jobs_of_run
        .catalog()
        .map(|(job, life)| (job.to_owned(), json!(life.summary())))
        .collect();
    let methods: Vec<Value> = router::methods()
        .map(|one| json!({"id": one.id, "verb": one.verb.as_str(), "path": one.path}))
        .collect();
    let log = cloud.logs.fill();
    let (custom_jobs, custom_job_count) = cloud.jobs.newest_of_all(SHOWN, call.now);
    Ok(Reply::Json(json!({
        "now": call.now,
        "methods": methods,
        "received": cloud.stats.received(),
        "requests": cloud.stats.methods,
        "recent": cloud.recent.newest_first().collect::<Vec<_>>(),
        "sessions": cloud.tails.count(),
        "log": {"entries": log.entries, "bytes": log.bytes, "mostBytes": log.most, "dropped": log.dropped},
        "acceptedRuns": cloud.stats.accepted_runs,
        "quotas": quotas,
        "executionCount": cloud.runs.len(),
        "executions": executions,
        "customJobCount": custom_job_count,
        "customJobs": custom_jobs.into_iter().map(|job| job_summary(job, call)).collect::<Vec<_>>(),
        "jobs": jobs,
    })))
}

/// A limit that cannot be reached is none.
fn quota((quota, used, limit): (String, usize, u32)) -> Value {
    let limit = Some(limit).filter(|limit| *limit != u32::MAX);
    json!({"quota": quota, "usedInTheLastMinute": used, "limit": limit})
}

fn job_summary(job: &CustomJob, call: &Call) -> Value {
    json!({
        "name": job.path(),
        "displayName": job.display_name,
        "createTime": job.walk.created(),
        "state": job.walk.state(call.now).1.name(),
    })
}

fn summary(run: &Run, call: &Call) -> Value {
    let state = match run.course.ended(call.now) {
        Some(End::Succeeded) => "succeeded",
        Some(End::Failed(_)) => "failed",
        Some(End::Cancelled) => "cancelled",
        None if run.course.is_cancelling(call.now) => "cancelling",
        None if run.course.running(call.now) > 0 => "running",
        None => "pending",
    };
    json!({
        "name": run.names.execution_path(),
        "scenario": run.scenario.name(),
        "launchId": run.names.launch_id,
        "created": run.course.created,
        "state": state,
        "deleted": run.deleted.is_some(),
    })
}
