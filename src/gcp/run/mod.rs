//! Cloud Run Admin API v2: starting a job, and reading its executions, tasks and operations.
//!
//! Every name goes to the global host `run.googleapis.com`, which serves v2 for all regions.

mod condition;
mod execution;
mod jobs;
mod operation;
mod start;
mod tasks;

use std::time::Duration;

pub use execution::{Executions, ExecutionsPage};
pub use jobs::{CompletionStatus, JobInfo, LatestExecution};
pub use operation::OperationView;
pub use start::{Overrides, StartedRun};

use super::call::Request;
use super::error::{AnswerError, ApiError, Call};
use super::{Gcp, wire};

/// Pages of a list that is read to its end: 1000 executions are kept per job, and a job has at most 10 000 tasks.
pub const MOST_PAGES: u32 = 200;

/// A list that goes on after [`MOST_PAGES`]: a server's loop.
pub fn endless(call: Call, target: impl Into<String>) -> ApiError {
    ApiError::new(call, target, AnswerError::Endless { pages: MOST_PAGES })
}

/// What `operations.wait` may take beyond the time that it was asked to hold.
const HOLD_MARGIN: Duration = Duration::from_secs(15);

impl Gcp {
    /// A request of Cloud Run. `verb` is empty, or `:run` and its kin.
    fn run_request(&self, call: Call, name: &str, suffix: &str) -> Request {
        let base = Ok(self.inner.endpoints.run().clone());
        Request::new(call, name, base, &format!("v2/{name}{suffix}"))
    }
}
