//! What a launch asks of the job hub, and its place in it.

use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::routes::is_open;
use crate::core::ids::{CustomJobName, LaunchId};
use crate::core::job::{CLOCK_SLACK, JobView};
use crate::core::source::Health;
use crate::core::spec::Identity;
use crate::hub::Sink;

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq)]
pub enum JobDelivery {
    /// Jobs that are new or have changed.
    Jobs(Vec<JobView>),
    /// A job read whole.
    Detail(Box<JobView>),
    /// A job that could not be read whole.
    DetailFailed(CustomJobName),
    /// A complete list that was asked for began then.
    Listed(Instant),
    /// How Vertex AI does.
    Health(Health),
}

/// Who subscribes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSubscription {
    /// The launch.
    pub launch: LaunchId,
    /// What its runner is known by, where it is: the value of the label `liftoff-launch`.
    pub runner: Option<Arc<str>>,
    /// Short name of its execution.
    pub execution: Arc<str>,
    /// Jobs created before this are none of its.
    pub from: Timestamp,
    /// What the user named the job by: it may come from another runner and carry that one's marks.
    pub identity: Identity,
}

impl JobSubscription {
    /// Whether a job is young enough to be this launch's, or was named itself.
    pub(super) fn covers(&self, job: &JobView) -> bool {
        let from = self.from.checked_sub(CLOCK_SLACK);
        self.identity.job.as_ref() == Some(&job.name) || from.is_ok_and(|from| job.create_time >= from)
    }

    /// Whether a job that no mark leads to this launch may be its all the same.
    pub(super) fn may_be_its(&self, job: &JobView) -> bool {
        is_open(job) || self.identity.queue_item.is_some()
    }
}

/// A subscriber: its sink, what it looks for, and what it waits for.
pub(super) struct Subscriber {
    pub(super) sink: Sink<JobDelivery>,
    pub(super) wanted: Rc<JobSubscription>,
    pub(super) expecting: bool,
    /// Its job is known and its state is waited for.
    pub(super) following: bool,
    pub(super) list_wanted: Option<Instant>,
}
