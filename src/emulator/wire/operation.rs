//! `google.longrunning.Operation` of Cloud Run.

use serde::Serialize;
use serde_json::Value;

use super::{RpcStatus, is_default};

/// The type of what operations of executions carry.
pub(crate) const EXECUTION: &str = "google.cloud.run.v2.Execution";
/// The type of what changes of jobs carry.
pub(crate) const JOB: &str = "google.cloud.run.v2.Job";

/// An operation. `done` is left out until it is.
#[derive(Debug, Serialize)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) metadata: Value,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<RpcStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response: Option<Value>,
}
