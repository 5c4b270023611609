//! One verdict for each way in which a launch can end.

use super::{failure, job, links, success, verdict};
use crate::core::event::Event;
use crate::core::job::JobState;
use crate::core::verdict::{Links, Outcome, Path, Verdict};

/// A verdict on a launch whose custom job is not known.
fn ended(outcome: Outcome, path: Path, exit_code: u8, summary: &str) -> Verdict {
    Verdict {
        outcome,
        path,
        exit_code,
        confirmed: None,
        summary: summary.into(),
        custom_job: None,
        submitted_by: None,
        job_state: None,
        links: Links {
            custom_job: None,
            wandb: None,
            ..links("plain")
        },
        ..success()
    }
}

/// A verdict for each way in which a launch can end, by its name.
pub(crate) fn endings() -> Vec<(&'static str, Event)> {
    let all = judged().into_iter().chain(undecided()).chain(stopped());
    all.map(|(name, ending)| (name, verdict(ending))).collect()
}

/// Those that say how the launch came out.
fn judged() -> [(&'static str, Verdict); 4] {
    let unconfirmed = Verdict {
        confirmed: Some(false),
        ..ended(
            Outcome::Success,
            Path::ExecutionCompleted,
            0,
            "the runner ended well",
        )
    };
    let job_failed = Verdict {
        path: Path::JobFailed,
        category: Some("job-failed".into()),
        summary: "the custom job failed: replica workerpool0-0 exited with a non-zero status of 1".into(),
        custom_job: Some(job()),
        submitted_by: None,
        job_state: Some(JobState::Failed),
        links: links("plain"),
        hint: None,
        ..failure()
    };
    [
        ("success", success()),
        ("success-unconfirmed", unconfirmed),
        ("failure", failure()),
        ("job-failed", job_failed),
    ]
}

/// Those that do not.
fn undecided() -> [(&'static str, Verdict); 5] {
    use Outcome::{Timeout, Undetermined};
    [
        (
            "timeout",
            ended(Timeout, Path::Timeout, 3, "no custom job after 15 minutes"),
        ),
        (
            "sources-lost",
            ended(Undetermined, Path::SourcesLost, 5, "no source answers any more"),
        ),
        (
            "ambiguous",
            ended(
                Undetermined,
                Path::Ambiguous,
                5,
                "two custom jobs match this launch",
            ),
        ),
        (
            "other-run",
            ended(
                Undetermined,
                Path::OtherRun,
                5,
                "the job carries run `b`, not `a`",
            ),
        ),
        (
            "unverified",
            Verdict {
                execution: None,
                links: Links::default(),
                ..ended(
                    Undetermined,
                    Path::Unverified,
                    8,
                    "jobs.run was sent and never answered",
                )
            },
        ),
    ]
}

/// Those where somebody ended it.
fn stopped() -> [(&'static str, Verdict); 3] {
    use Outcome::{Cancelled, Interrupted};
    [
        (
            "job-cancelled",
            ended(Cancelled, Path::JobCancelled, 6, "the custom job was cancelled"),
        ),
        (
            "execution-cancelled",
            ended(
                Cancelled,
                Path::ExecutionCancelled,
                6,
                "the execution was cancelled",
            ),
        ),
        (
            "interrupted",
            ended(Interrupted, Path::Interrupted, 130, "stopped by SIGINT"),
        ),
    ]
}
