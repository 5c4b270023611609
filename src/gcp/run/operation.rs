//! Long-running operations: `jobs.run` and `executions.cancel` give one, which stays open until the execution ends.
//!
//! Never take success from an operation alone: a cancelled execution completes it without an error. Judge the execution.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::execution::Execution;
use super::wire::{RpcStatus, lax, part, spelled};
use super::{Call, Gcp, HOLD_MARGIN};
use crate::core::execution::ExecutionView;
use crate::core::verdict::ApiStatus;
use crate::gcp::error::ApiError;

/// One reading of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationView {
    /// `projects/P/locations/L/operations/ID`.
    pub name: String,
    /// Whether it is over. An operation that is over says nothing about success.
    pub done: bool,
    /// The execution, from the response or else the metadata.
    pub execution: Option<ExecutionView>,
    /// Its error.
    pub error: Option<ApiStatus>,
}

/// `google.longrunning.Operation`.
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    #[serde(default, deserialize_with = "spelled")]
    name: String,
    #[serde(default, deserialize_with = "lax")]
    done: bool,
    #[serde(default, deserialize_with = "part")]
    metadata: Option<Execution>,
    #[serde(default, deserialize_with = "part")]
    response: Option<Execution>,
    #[serde(default, deserialize_with = "part")]
    error: Option<RpcStatus>,
}

impl Operation {
    /// In core's words.
    pub(super) fn into_core(self) -> OperationView {
        let read = |execution: Option<Execution>| execution.and_then(|execution| execution.into_core().ok());
        OperationView {
            name: self.name,
            done: self.done,
            execution: read(self.response).or_else(|| read(self.metadata)),
            error: self.error.and_then(RpcStatus::into_core),
        }
    }
}

impl Gcp {
    /// `operations.get`. `name` is [`OperationView::name`].
    pub async fn get_operation(&self, name: &str) -> Result<OperationView, ApiError> {
        let request = self.run_request(Call::GetOperation, name, "");
        Ok(self.call::<Operation>(request).await?.into_core())
    }

    /// `operations.wait`: answers when the operation is done, or with its latest state after `hold`, or, as its
    /// documentation says, at any time before.
    pub async fn wait_operation(&self, name: &str, hold: Duration) -> Result<OperationView, ApiError> {
        let mut request = self.run_request(Call::WaitOperation, name, ":wait");
        request.deadline = hold.saturating_add(HOLD_MARGIN);
        let hold = format!("{}s", hold.as_secs());
        let request = request.post(json!({ "timeout": hold }));
        Ok(self.call::<Operation>(request).await?.into_core())
    }
}
