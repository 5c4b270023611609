//! Executions that are there already: one that an earlier process started, that was named, or that carries a launch's id.

use std::sync::Arc;

use tokio::time::sleep_until;

use super::trouble;
use crate::core::execution::ExecutionView;
use crate::core::ids::{ExecutionName, LaunchId, RunJob};
use crate::core::start::{ListAnswer, StartEnd, StartFailure, StartStep, Starting, Trouble};
use crate::core::verdict::{Started, exit};
use crate::gcp::{ApiError, ErrorKind, Gcp};

/// Kind of a failure: the execution named is not there.
const NO_SUCH_EXECUTION: &str = "no-such-execution";

/// The execution that an earlier process started.
pub(super) async fn go_on(gcp: &Gcp, name: &ExecutionName, left: Option<&String>) -> StartEnd {
    let mut end = attach(gcp, name).await;
    match &mut end {
        StartEnd::Running { operation, .. } => *operation = left.cloned(),
        StartEnd::Failed(failure) if failure.kind == NO_SUCH_EXECUTION => {
            failure.exit_code = exit::CANCELLED;
            failure.started = Started::Yes;
            failure.message =
                format!("{name} was started and is gone: somebody deleted it, or it ended long ago");
        }
        StartEnd::Failed(failure) => failure.started = Started::Yes,
    }
    end
}

/// The execution that was named.
pub(super) async fn attach(gcp: &Gcp, name: &ExecutionName) -> StartEnd {
    let mut starting = Starting::new(gcp.moment().mono, true, false);
    loop {
        match starting.next(gcp.moment().mono) {
            StartStep::WaitUntil(at) => sleep_until(at).await,
            StartStep::Done(end) => return end,
            StartStep::Post { .. } | StartStep::List => match gcp.get_execution(name).await {
                Ok(view) => starting.listed(gcp.moment().mono, ListAnswer::Found(Arc::new(view))),
                Err(error) if error.kind() == ErrorKind::NotFound => return no_such(&error),
                Err(error) => {
                    let (permanent, trouble) = (!error.is_retryable(), trouble(&error));
                    starting.listed(gcp.moment().mono, ListAnswer::Failed { permanent, trouble });
                }
            },
        }
    }
}

/// The execution of a job that carries a launch's id.
pub(super) async fn find(gcp: &Gcp, job: &RunJob, id: &LaunchId) -> StartEnd {
    let mut starting = Starting::new(gcp.moment().mono, true, false);
    loop {
        match starting.next(gcp.moment().mono) {
            StartStep::WaitUntil(at) => sleep_until(at).await,
            StartStep::Done(end) => return end,
            StartStep::Post { .. } => {
                let message = format!("no execution of {job} carries the launch id {id}");
                let hint = Some("Check the id, --job-name, --project and --region".to_owned());
                return failed("no-such-launch", Trouble { message, hint });
            }
            StartStep::List => {
                let answer = look(gcp, job, id).await;
                starting.listed(gcp.moment().mono, answer);
            }
        }
    }
}

/// Looks for that one in a complete list.
pub(super) async fn look(gcp: &Gcp, job: &RunJob, id: &LaunchId) -> ListAnswer {
    let ours = |view: &ExecutionView| view.launch_id.as_deref() == Some(id.as_str());
    match gcp.list_executions(job, ours).await {
        Ok(list) => match list.executions.into_iter().find(ours) {
            Some(view) => ListAnswer::Found(Arc::new(view)),
            None if list.complete => ListAnswer::Lacking,
            None => {
                let message = format!("the list of executions of {job} holds some that cannot be read");
                ListAnswer::Failed {
                    permanent: false,
                    trouble: Trouble { message, hint: None },
                }
            }
        },
        Err(error) => ListAnswer::Failed {
            permanent: !error.is_retryable(),
            trouble: trouble(&error),
        },
    }
}

fn no_such(error: &ApiError) -> StartEnd {
    failed(NO_SUCH_EXECUTION, trouble(error))
}

fn failed(kind: &'static str, trouble: Trouble) -> StartEnd {
    let Trouble { message, hint } = trouble;
    StartEnd::Failed(StartFailure {
        kind,
        message,
        hint,
        exit_code: exit::USAGE,
        started: Started::No,
    })
}
