//! `google.cloud.aiplatform.v1.CustomJob`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::RpcStatus;
use crate::emulator::timeline::CustomJob as Laid;

/// A custom job.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomJob<'a> {
    name: String,
    display_name: &'a str,
    job_spec: &'a Value,
    state: &'static str,
    create_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Timestamp>,
    update_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RpcStatus>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: &'a BTreeMap<String, String>,
}

/// What `customJobs.get` shows at `now`.
pub(crate) fn custom_job(job: &Laid, now: Timestamp) -> CustomJob<'_> {
    let (since, state) = job.walk.state(now);
    CustomJob {
        name: job.path(),
        display_name: &job.display_name,
        job_spec: &job.spec,
        state: state.name(),
        create_time: job.walk.created(),
        start_time: job.walk.started(now),
        end_time: job.walk.ended(now),
        update_time: since,
        error: job.walk.error(now).map(|(code, message)| RpcStatus {
            code,
            message: message.to_owned(),
        }),
        labels: &job.labels,
    }
}
