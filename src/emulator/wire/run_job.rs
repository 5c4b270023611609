//! `google.cloud.run.v2.RunJobRequest` and the small requests beside it, read from what has their shape.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::emulator::status::Status;

/// The body of `jobs.run`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RunJob {
    pub(crate) validate_only: bool,
    pub(crate) etag: String,
    pub(crate) overrides: Overrides,
}

/// `RunJobRequest.Overrides`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Overrides {
    pub(crate) task_count: i32,
    pub(crate) timeout: Option<String>,
    pub(crate) delay_execution: bool,
    #[serde(rename = "containerOverrides")]
    pub(crate) containers: Vec<ContainerOverride>,
}

/// `RunJobRequest.Overrides.ContainerOverride`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ContainerOverride {
    pub(crate) name: String,
    pub(crate) args: Vec<String>,
    pub(crate) clear_args: bool,
    pub(crate) env: Vec<EnvVar>,
}

/// `google.cloud.run.v2.EnvVar`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EnvVar {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_source: Option<Value>,
}

/// The body of `executions.cancel`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CancelExecution {
    pub(crate) validate_only: bool,
    pub(crate) etag: String,
}

/// The body of `operations.wait`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct WaitOperation {
    pub(crate) timeout: Option<String>,
}

/// Reads a `google.protobuf.Duration` that is not negative.
pub(crate) fn duration(field: &str, text: &str) -> Result<Duration, Status> {
    if text.starts_with('-') {
        return Err(Status::invalid(format!(
            "{field}: a duration that is not negative is due, not \"{text}\""
        )));
    }
    text.strip_suffix('s')
        .and_then(|seconds| seconds.parse::<f64>().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| Status::invalid(format!("Invalid value at '{field}' (type.googleapis.com/google.protobuf.Duration), Illegal duration format; duration must end with 's': \"{text}\"")))
}
