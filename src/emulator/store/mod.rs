//! What the cloud holds beyond executions: log entries per project, custom jobs per region.

mod jobs;
mod log;
mod named;
mod weight;

pub(crate) use jobs::{JobKey, JobStore};
pub(crate) use log::{EntryKey, LogStore, Span};
pub(crate) use named::Name;
