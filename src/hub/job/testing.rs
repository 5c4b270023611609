//! Jobs and subscriptions for the tests of this hub.

use super::JobSubscription;
use crate::core::ids::{CustomJobName, LaunchId};
use crate::core::job::{JobState, JobView};
use crate::core::spec::Identity;
use crate::gcp::{Fingerprint, Listed};

pub(super) const EPOCH: &str = "2026-11-23T10:00:00Z";

pub(super) fn job(number: u64, labels: &[(&str, &str)]) -> JobView {
    let name = format!("projects/1/locations/us-central1/customJobs/{number}");
    let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    JobView {
        name: CustomJobName::parse(&name).unwrap(),
        display_name: "train".into(),
        state: JobState::parse("JOB_STATE_PENDING"),
        create_time: EPOCH.parse().unwrap(),
        end_time: None,
        update_time: None,
        error: None,
        labels: labels.collect(),
        trace_id: None,
    }
}

/// As a list shows it: what a text is made of does not matter here, only that it changes with the job.
pub(super) fn listed(item: JobView) -> Listed<JobView> {
    Listed {
        fingerprint: Fingerprint::of(&format!("{item:?}")),
        item,
    }
}

pub(super) fn subscription(launch: &str, execution: &str) -> JobSubscription {
    JobSubscription {
        launch: LaunchId::parse(launch).unwrap(),
        runner: Some(launch.into()),
        execution: execution.into(),
        from: EPOCH.parse().unwrap(),
        identity: Identity::default(),
    }
}
