//! `GET /emulator/state`: what the emulator holds and has been asked, for people and tests of other tools.

use http::Method as Verb;
use serde_json::{Value, json};

use crate::emulator::{
    cloud::Cloud,
    method::{Call, Method, Reply},
    quota::Bucket,
    router,
    status::Status,
    timeline::{End, Run},
};

/// The page.
pub(crate) const METHODS: &[Method] = &[Method {
    id: "emulator.state",
    rpc: "emulator.State",
    verb: Verb::GET,
    path: "/emulator/state",
    query: &[],
    bucket: Bucket::Free,
    answer: state,
}];

#[expect(clippy::unnecessary_wraps, reason = "the signature of every method")]
fn state(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let quotas: Vec<Value> = cloud
        .meter
        .usage(call.now)
        .into_iter()
        .map(|(quota, used, limit)| json!({"quota": quota, "usedInTheLastMinute": used, "limit": limit}))
        .collect();
    let executions: Vec<Value> = cloud.runs.iter().map(|run| summary(run, call)).collect();
    let jobs: serde_json::Map<String, Value> = cloud
        .jobs_of_run
        .catalog()
        .map(|(job, life)| (job.to_owned(), json!(life.scenario.summary())))
        .collect();
    let methods: Vec<Value> = router::methods()
        .map(|one| json!({"id": one.id, "verb": one.verb.as_str(), "path": one.path}))
        .collect();
    Ok(Reply::Json(json!({
        "now": call.now,
        "methods": methods,
        "requests": cloud.stats.methods,
        "acceptedRuns": cloud.stats.accepted_runs,
        "quotas": quotas,
        "executions": executions,
        "jobs": jobs,
    })))
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
