//! Tasks: how the last attempt of each ended.

use serde::Deserialize;

use super::wire::{Lenient, RpcStatus, count, integer, lax, part};
use super::{Call, Gcp, MOST_PAGES, endless};
use crate::core::execution::TaskView;
use crate::core::ids::ExecutionName;
use crate::gcp::error::ApiError;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    #[serde(default, deserialize_with = "count")]
    index: u32,
    #[serde(default, deserialize_with = "count")]
    retried: u32,
    #[serde(default, deserialize_with = "part")]
    last_attempt_result: AttemptResult,
}

/// `TaskAttemptResult`: at most one of exit code and signal is set, and zeros are left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttemptResult {
    #[serde(default, deserialize_with = "integer")]
    exit_code: Option<i64>,
    #[serde(default, deserialize_with = "integer")]
    term_signal: Option<i64>,
    #[serde(default, deserialize_with = "part")]
    status: RpcStatus,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskList {
    #[serde(default)]
    tasks: Lenient<Task>,
    #[serde(default, deserialize_with = "lax")]
    next_page_token: String,
}

impl From<Task> for TaskView {
    fn from(task: Task) -> Self {
        let result = task.last_attempt_result;
        let small = |number: i64| i32::try_from(number).ok();
        Self {
            index: task.index,
            retried: task.retried,
            exit_code: result.exit_code.and_then(small),
            term_signal: result.term_signal.and_then(small),
            message: Some(result.status.message).filter(|message| !message.is_empty()),
        }
    }
}

impl Gcp {
    /// `tasks.list`: all tasks of an execution.
    pub async fn list_tasks(&self, execution: &ExecutionName) -> Result<Vec<TaskView>, ApiError> {
        let target = execution.to_string();
        let mut all = Vec::new();
        let mut token = String::new();
        for _ in 0..MOST_PAGES {
            let request = self
                .run_request(Call::ListTasks, &target, "/tasks")
                .query("pageSize", "100");
            let page = request.maybe("pageToken", Some(&*token).filter(|token| !token.is_empty()));
            let list: TaskList = self.call(page).await?;
            all.extend(list.tasks.items.into_iter().map(TaskView::from));
            token = list.next_page_token;
            if token.is_empty() {
                return Ok(all);
            }
        }
        Err(endless(Call::ListTasks, target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(json: &str) -> TaskView {
        serde_json::from_str::<Task>(json).unwrap().into()
    }

    #[test]
    fn the_last_attempt_tells_exit_code_or_signal() {
        let failed = view(
            r#"{"index":2,"retried":1,"lastAttemptResult":{"exitCode":137,"status":{"code":2,"message":"Memory limit"}}}"#,
        );
        assert_eq!(
            (failed.index, failed.retried, failed.exit_code),
            (2, 1, Some(137))
        );
        assert_eq!(failed.message.as_deref(), Some("Memory limit"));
        assert_eq!(
            view(r#"{"lastAttemptResult":{"termSignal":9}}"#).term_signal,
            Some(9)
        );
    }

    #[test]
    fn a_task_without_an_attempt_has_no_result() {
        let task = view(r#"{"lastAttemptResult":null}"#);
        assert_eq!(
            (task.exit_code, task.term_signal, task.message),
            (None, None, None)
        );
    }
}
