//! What is asked of Cloud Run, and how.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::oneshot;

use super::texts::SharedTexts;
use crate::core::execution::{ExecutionView, TaskView};
use crate::core::ids::{ExecutionName, RunJob};
use crate::gcp::{ExecutionsPage, Gcp, OperationView};
use crate::hub::Failure;

/// How long an operation is asked to wait. gcloud asks for the same.
const HOLD: Duration = Duration::from_secs(30);

/// A request of this hub.
#[derive(Debug)]
pub enum ExecutionCall {
    /// Wait for the operation of this execution, for as long as the sender is kept.
    Wait(ExecutionName, Arc<str>, oneshot::Receiver<()>),
    /// Read it.
    Get(ExecutionName),
    /// Read its tasks.
    Tasks(ExecutionName),
    /// Read a page of a job's executions, newest first: the one with this token, or the first. Those that read as before are
    /// passed over.
    List(ListCall),
}

/// One page of a list.
#[derive(Debug)]
pub struct ListCall {
    pub(super) job: RunJob,
    pub(super) token: Option<String>,
    pub(super) texts: SharedTexts,
}

/// An answer.
#[derive(Debug)]
pub enum ExecutionReply {
    /// To a wait.
    Waited(ExecutionName, Result<OperationView, Failure>),
    /// Nobody wanted to wait any longer.
    Unwanted,
    /// To a get.
    Got(ExecutionName, Result<ExecutionView, Failure>),
    /// To a read of tasks.
    Tasks(ExecutionName, Result<Vec<TaskView>, Failure>),
    /// To a page of the list.
    Listed(Result<ExecutionsPage, Failure>),
}

impl ExecutionCall {
    /// Makes the request.
    pub(super) async fn perform(self, gcp: Gcp) -> ExecutionReply {
        match self {
            Self::Wait(name, operation, unwanted) => {
                let wait = pin!(gcp.wait_operation(&operation, HOLD));
                match select(wait, unwanted).await {
                    Either::Left((answer, _)) => ExecutionReply::Waited(name, answer.map_err(Failure::from)),
                    Either::Right(_) => ExecutionReply::Unwanted,
                }
            }
            Self::Get(name) => {
                let answer = gcp.get_execution(&name).await;
                ExecutionReply::Got(name, answer.map_err(Failure::from))
            }
            Self::Tasks(name) => {
                let answer = gcp.list_tasks(&name).await;
                ExecutionReply::Tasks(name, answer.map_err(Failure::from))
            }
            Self::List(ListCall { job, token, texts }) => {
                let known = |text| texts.borrow().whose(text);
                let answer = gcp.executions_page(&job, token.as_deref(), &known).await;
                ExecutionReply::Listed(answer.map_err(Failure::from))
            }
        }
    }
}
