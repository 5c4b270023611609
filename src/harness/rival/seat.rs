//! Where a rival sits: one started launch, and the calls that it may make.
//!
//! A call that fails is a poll that showed nothing: every tool that the rivals stand for tries again at its next turn.

use std::rc::Rc;

use jiff::SignedDuration;

use crate::core::entry::LogEntry;
use crate::core::execution::{ExecutionState, ExecutionView};
use crate::core::ids::{RunJob, Scope};
use crate::core::job::JobView;
use crate::core::pattern::PatternSet;
use crate::gcp::{Gcp, ListEntries, Overrides, StartedRun};

/// How much of the past a read of the log covers: gcloud's `--freshness=10m`.
const FRESHNESS: SignedDuration = SignedDuration::from_mins(10);
/// Entries of one read: the old system's `--limit=500`.
const LIMIT: u32 = 500;
/// Fields of a job that rivals look at, as small as Liftoff's own.
const FIELDS: &str = "name,displayName,state,createTime,endTime,updateTime,error,labels";

/// What a rival says of its launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harness) enum Said {
    Success,
    Failure,
}

/// One started launch, seen by one rival.
pub(in crate::harness) struct Seat {
    pub(super) gcp: Gcp,
    pub(super) patterns: Rc<PatternSet>,
    started: StartedRun,
}

impl Seat {
    /// Starts the job once, as every rival does. `None` where that is refused: the rival has nothing to watch.
    pub(in crate::harness) async fn take(gcp: Gcp, patterns: Rc<PatternSet>, job: &RunJob) -> Option<Self> {
        let started = gcp.run_job(job, &Overrides::default(), None).await.ok()?;
        Some(Self {
            gcp,
            patterns,
            started,
        })
    }

    /// Full name of the execution.
    pub(in crate::harness) fn execution(&self) -> String {
        self.started.execution.name.to_string()
    }

    fn scope(&self) -> &Scope {
        &self.started.execution.name.job.scope
    }

    fn short(&self) -> &str {
        &self.started.execution.name.execution
    }

    /// `executions.get`.
    pub(super) async fn read_execution(&self) -> Option<ExecutionView> {
        self.gcp.get_execution(&self.started.execution.name).await.ok()
    }

    /// How the execution ended, if it has: well or not.
    pub(super) async fn execution_end(&self) -> Option<Said> {
        match self.read_execution().await?.state {
            ExecutionState::Succeeded => Some(Said::Success),
            ExecutionState::Failed | ExecutionState::Cancelled | ExecutionState::Deleted => {
                Some(Said::Failure)
            }
            _ => None,
        }
    }

    /// The execution's log of the last ten minutes, oldest first: one `entries.list`.
    pub(super) async fn read_log(&self) -> Vec<LogEntry> {
        let since = self.gcp.moment().wall.saturating_sub(FRESHNESS);
        let since = since.unwrap_or(jiff::Timestamp::MIN);
        let filter = format!(
            "resource.type=\"cloud_run_job\" AND labels.\"run.googleapis.com/execution_name\"=\"{}\" AND timestamp>=\"{since}\"",
            self.short()
        );
        let list = ListEntries {
            project: self.scope().project.clone(),
            filter,
            newest_first: true,
            page_size: LIMIT,
            page_token: None,
        };
        let page = self.gcp.list_entries(&list).await.unwrap_or_default();
        page.entries.into_iter().rev().collect()
    }

    /// The newest jobs of the region, newest first, whoever's they are: one `customJobs.list`.
    pub(super) async fn newest_jobs(&self) -> Vec<JobView> {
        self.jobs("").await
    }

    /// The job that is labelled with the execution's name: one `customJobs.list`.
    pub(super) async fn own_job(&self) -> Option<JobView> {
        let filter = format!("labels.cloud-run-execution=\"{}\"", self.short());
        self.jobs(&filter).await.into_iter().next()
    }

    async fn jobs(&self, filter: &str) -> Vec<JobView> {
        let page = self
            .gcp
            .custom_jobs_page(self.scope(), filter, None, FIELDS, &|_| false)
            .await;
        let mut jobs: Vec<JobView> = page.unwrap_or_default().into_items().collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.create_time));
        jobs
    }
}
