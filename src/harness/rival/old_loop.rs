//! The old loop, bugs and all.
//!
//! Two readings are to its favour. Its end of the execution counts only once the execution has ended; and an execution
//! that failed is a failure, even without an `ERROR` in its log.

use std::time::Duration;

use super::seat::{Said, Seat};
use crate::core::job::JobState;

/// Words that, with `ERROR` in the same text, fail the launch at once. The three that are documented.
const FATAL: [&str; 3] = [
    "Machine type not supported",
    "PermissionDenied: 403",
    "QuotaExceeded",
];
/// What the wrapper prints when the agent has received a job.
const SUBMITTED: &str = "Job submitted to Vertex AI!";
/// A job older than this is not looked at.
const FRESH: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

pub(super) async fn watch(seat: &Seat) -> Said {
    let mut has_error = false;
    loop {
        if let Some(said) = log(seat, &mut has_error).await {
            return said;
        }
        let second = seat.gcp.moment().wall.as_second();
        if second % 3 == 0
            && let Some(end) = seat.execution_end().await
        {
            return if has_error { Said::Failure } else { end };
        }
        let second = seat.gcp.moment().wall.as_second();
        if second % 5 == 0
            && let Some(said) = latest_job(seat).await
        {
            return said;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn log(seat: &Seat, has_error: &mut bool) -> Option<Said> {
    for entry in seat.read_log().await {
        if entry.text.contains("ERROR") {
            *has_error = true;
            if FATAL.iter().any(|fatal| entry.text.contains(fatal)) {
                return Some(Said::Failure);
            }
        } else if entry.text.contains(SUBMITTED) {
            return Some(Said::Success);
        }
    }
    None
}

/// `gcloud ai custom-jobs list --limit=1`: whoever's it is. An active one is shown to the user, and that is all.
async fn latest_job(seat: &Seat) -> Option<Said> {
    let now = seat.gcp.moment().wall;
    let job = seat.newest_jobs().await.into_iter().next()?;
    if now.duration_since(job.create_time) > FRESH {
        return None;
    }
    match job.state {
        JobState::Succeeded => Some(Said::Success),
        JobState::Failed => Some(Said::Failure),
        _ => None,
    }
}
