//! Executions: reading one, listing them, cancelling one.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::condition::{Completed, Condition, Seen};
use super::operation::{Operation, OperationView};
use super::wire::{Lenient, count, integer, lax, part, spelled, time};
use super::{Call, Gcp, MOST_PAGES, endless};
use crate::core::execution::ExecutionView;
use crate::core::ids::{ExecutionName, RunJob};
use crate::gcp::env::KnownEnv;
use crate::gcp::error::{AnswerError, ApiError};
use crate::gcp::json;
use crate::gcp::listed::{Fingerprint, Listed, ListedPage};

/// What a list asks of each execution (a partial response): what [`Execution`] reads. The rest is most of it, and of the
/// environment nothing is asked but names and literal values.
const LISTED: &str = "nextPageToken,executions(name,uid,generation,observedGeneration,createTime,startTime,\
    completionTime,updateTime,deleteTime,conditions,runningCount,succeededCount,failedCount,cancelledCount,\
    retriedCount,taskCount,logUri,template(maxRetries,containers/env(name,value)))";

/// Cloud Run's default where a template says nothing.
const DEFAULT_MAX_RETRIES: i64 = 3;

/// `Execution`, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Execution {
    #[serde(default, deserialize_with = "spelled")]
    name: String,
    #[serde(default, deserialize_with = "spelled")]
    uid: String,
    #[serde(default, deserialize_with = "integer")]
    generation: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    observed_generation: Option<i64>,
    #[serde(default, deserialize_with = "time")]
    create_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    start_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    completion_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    update_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    delete_time: Option<Timestamp>,
    #[serde(default)]
    conditions: Lenient<Condition>,
    #[serde(default, deserialize_with = "count")]
    running_count: u32,
    #[serde(default, deserialize_with = "count")]
    succeeded_count: u32,
    #[serde(default, deserialize_with = "count")]
    failed_count: u32,
    #[serde(default, deserialize_with = "count")]
    cancelled_count: u32,
    #[serde(default, deserialize_with = "count")]
    retried_count: u32,
    #[serde(default, deserialize_with = "count")]
    task_count: u32,
    #[serde(default, deserialize_with = "lax")]
    log_uri: Option<String>,
    #[serde(default, deserialize_with = "part")]
    template: TaskTemplate,
}

/// `TaskTemplate`, as far as it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskTemplate {
    #[serde(default, deserialize_with = "integer")]
    max_retries: Option<i64>,
    #[serde(default)]
    containers: Lenient<Container>,
}

#[derive(Debug, Default, Deserialize)]
struct Container {
    #[serde(default)]
    env: KnownEnv,
}

impl TaskTemplate {
    /// Zero is written out, absent means the default.
    pub(super) fn max_retries(&self) -> u32 {
        let given = self.max_retries.unwrap_or(DEFAULT_MAX_RETRIES);
        u32::try_from(given.max(0)).unwrap_or(u32::MAX)
    }
}

impl Execution {
    fn seen(&self) -> Seen {
        let ended = [self.succeeded_count, self.failed_count, self.cancelled_count];
        Seen {
            started: self.start_time.is_some() || self.running_count > 0 || ended.iter().any(|n| *n > 0),
            outdated: self
                .observed_generation
                .is_some_and(|observed| Some(observed) < self.generation),
            deleted: self.delete_time.is_some(),
            succeeded: self.succeeded_count,
            failed: self.failed_count,
            cancelled: self.cancelled_count,
        }
    }

    /// In core's words. Only the name is indispensable.
    pub(super) fn into_core(self) -> Result<ExecutionView, AnswerError> {
        let name = ExecutionName::parse(&self.name).map_err(|_| AnswerError::Missing("name"))?;
        let seen = self.seen();
        let completed = Completed::find(self.conditions.items);
        let env = KnownEnv::merge(self.template.containers.items.iter().map(|one| one.env.clone()));
        Ok(ExecutionView {
            name,
            uid: self.uid,
            create_time: self.create_time,
            start_time: self.start_time,
            completion_time: self.completion_time,
            update_time: self.update_time,
            state: completed.state(&seen),
            reason: completed.reason,
            message: completed.message,
            running: self.running_count,
            succeeded: self.succeeded_count,
            failed: self.failed_count,
            cancelled: self.cancelled_count,
            retried: self.retried_count,
            tasks: self.task_count.max(1),
            max_retries: self.template.max_retries(),
            log_uri: self.log_uri,
            launch_id: env.launch_id,
        })
    }
}

/// A page of a list of executions, newest first; of those that are known, their names.
pub type ExecutionsPage = ListedPage<ExecutionView, ExecutionName>;

impl ExecutionsPage {
    /// Reads the body of an answer to `executions.list`. Only an execution without name cannot be read.
    pub(super) fn parse_executions(
        body: &[u8],
        known: &dyn Fn(Fingerprint) -> Option<ExecutionName>,
    ) -> Result<Self, AnswerError> {
        let read = |text: &str| json::read::<Execution>(text).ok()?.into_core().ok();
        Self::parse(body, "executions", read, known)
    }
}

/// Executions of a list, newest first, as many as were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Executions {
    /// The executions.
    pub executions: Vec<ExecutionView>,
    /// It was read whole, and everything on it: what is not in it does not exist (or is not visible yet).
    pub complete: bool,
}

impl Gcp {
    /// `executions.get`. An execution that does not exist is [`ErrorKind::NotFound`](crate::gcp::ErrorKind::NotFound): deleted, or not visible yet.
    pub async fn get_execution(&self, name: &ExecutionName) -> Result<ExecutionView, ApiError> {
        let target = name.to_string();
        let request = self.run_request(Call::GetExecution, &target, "");
        let execution: Execution = self.call(request).await?;
        execution
            .into_core()
            .map_err(|error| ApiError::new(Call::GetExecution, target, error))
    }

    /// `executions.list`, one page of up to 100, newest first. A job named `-` stands for all jobs of the region. `known` is
    /// asked when the answer comes.
    pub async fn executions_page(
        &self,
        job: &RunJob,
        page_token: Option<&str>,
        known: &dyn Fn(Fingerprint) -> Option<ExecutionName>,
    ) -> Result<ExecutionsPage, ApiError> {
        let request = self.run_request(Call::ListExecutions, &job.to_string(), "/executions");
        let request = request.query("pageSize", "100").query("fields", LISTED);
        let request = request.maybe("pageToken", page_token);
        self.call_with(request, |body| ExecutionsPage::parse_executions(body, known))
            .await
    }

    /// `executions.list`, page after page, newest first, until `enough` says so of an execution (which is the last one
    /// returned) or there are no more. A list without end is [`AnswerError::Endless`].
    pub async fn list_executions(
        &self,
        job: &RunJob,
        mut enough: impl FnMut(&ExecutionView) -> bool,
    ) -> Result<Executions, ApiError> {
        let mut all = Executions {
            complete: true,
            ..Executions::default()
        };
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let page = self.executions_page(job, token.as_deref(), &|_| None).await?;
            all.complete &= page.skipped == 0;
            for Listed { item, .. } in page.fresh {
                let last = enough(&item);
                all.executions.push(item);
                if last {
                    all.complete = false;
                    return Ok(all);
                }
            }
            token = page.next;
            if token.is_none() {
                return Ok(all);
            }
        }
        Err(endless(Call::ListExecutions, job.to_string()))
    }

    /// `executions.cancel`. The operation that it answers with is not done yet; one that already ended is refused with
    /// `FAILED_PRECONDITION`.
    pub async fn cancel_execution(&self, name: &ExecutionName) -> Result<OperationView, ApiError> {
        let target = name.to_string();
        let request = self.run_request(Call::CancelExecution, &target, ":cancel");
        let operation: Operation = self.call(request.post(json!({}))).await?;
        Ok(operation.into_core())
    }
}

#[cfg(test)]
#[path = "execution_tests.rs"]
mod tests;
