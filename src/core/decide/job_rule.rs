//! What our own job's state says. Once a job is pinned this alone decides.

use super::{LaunchState, Ruling};
use crate::core::job::{JobState, JobView};
use crate::core::spec::Goal;
use crate::core::verdict::{Outcome, Path};

/// How a state stands to a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Reached, by this path.
    Reached(Path),
    /// It can still be reached.
    Open,
    /// It cannot be reached: failed.
    Failed,
    /// It cannot be reached: cancelled.
    Cancelled,
}

/// Reads a job's state against a goal.
///
/// A job being cancelled reaches nothing more but is no end; a state of tomorrow is no end, and proves a submission like
/// any other.
pub(super) fn standing(state: &JobState, goal: Goal) -> Standing {
    use JobState as S;
    match (state, goal) {
        (S::Succeeded, _) => Standing::Reached(Path::JobSucceeded),
        (S::Failed | S::Expired | S::PartiallySucceeded, _) => Standing::Failed,
        (S::Cancelled, _) => Standing::Cancelled,
        (S::Running, Goal::Submitted | Goal::Running)
        | (S::Queued | S::Pending | S::Updating | S::Paused | S::Other(_), Goal::Submitted) => {
            Standing::Reached(Path::JobActive)
        }
        _ => Standing::Open,
    }
}

impl LaunchState {
    /// The verdict by the pinned job's state, if that state decides.
    pub(super) fn job_rule(&self) -> Option<Ruling> {
        let view = self.jobs.pinned_view()?;
        if matches!(view.state, JobState::Other(_)) && view.end_time.is_some() {
            let summary = format!(
                "{} ended in a state that Liftoff does not know: {}",
                view.name, view.state
            );
            return Some(Ruling::new(Outcome::Undetermined, Path::Unverified, summary));
        }
        match standing(&view.state, self.spec.until) {
            Standing::Open => None,
            Standing::Reached(path) => {
                let summary = format!("{} is {}", view.name, view.state);
                Some(Ruling::new(Outcome::Success, path, summary))
            }
            Standing::Cancelled => {
                let summary = format!("{} was cancelled", view.name);
                Some(
                    Ruling::new(Outcome::Cancelled, Path::JobCancelled, summary)
                        .category("cancelled")
                        .error(view.error.clone()),
                )
            }
            Standing::Failed => Some(self.job_failed(view)),
        }
    }

    fn job_failed(&self, view: &JobView) -> Ruling {
        let message = view.error.as_ref().map(|error| error.message.as_str());
        let cause = message.and_then(|message| (self.classify)(message));
        let category = match (&view.state, &cause) {
            (_, Some(cause)) if !cause.vague => cause.category.to_string(),
            (JobState::Expired, _) => "job-expired".into(),
            (JobState::PartiallySucceeded, _) => "job-partially-succeeded".into(),
            _ => "job-failed".into(),
        };
        let said = cause
            .as_ref()
            .filter(|cause| !cause.vague)
            .map(|cause| cause.summary.clone());
        let said = said
            .or_else(|| message.map(str::to_owned))
            .unwrap_or_else(|| view.state.to_string());
        let stream = format!(
            "Read the job's own log: gcloud ai custom-jobs stream-logs {} --region={}",
            view.name.id(),
            view.name.location()
        );
        let hint = cause.and_then(|cause| cause.hint).unwrap_or(stream);
        Ruling::new(
            Outcome::Failure,
            Path::JobFailed,
            format!("The custom job failed: {said}"),
        )
        .category(&category)
        .hint(hint)
        .error(view.error.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_stands_to_every_goal_as_designed() {
        use JobState as S;
        let active = Standing::Reached(Path::JobActive);
        let done = Standing::Reached(Path::JobSucceeded);
        let open = Standing::Open;
        let table = [
            (S::Queued, [active, open, open]),
            (S::Pending, [active, open, open]),
            (S::Running, [active, active, open]),
            (S::Updating, [active, open, open]),
            (S::Paused, [active, open, open]),
            (S::Cancelling, [open, open, open]),
            (S::Succeeded, [done, done, done]),
            (S::Failed, [Standing::Failed; 3]),
            (S::Expired, [Standing::Failed; 3]),
            (S::PartiallySucceeded, [Standing::Failed; 3]),
            (S::Cancelled, [Standing::Cancelled; 3]),
            (S::Other("JOB_STATE_FUTURE_42".into()), [active, open, open]),
            (S::Other("JOB_STATE_UNSPECIFIED".into()), [active, open, open]),
        ];
        for (state, wanted) in table {
            for (goal, wanted) in [Goal::Submitted, Goal::Running, Goal::Succeeded]
                .into_iter()
                .zip(wanted)
            {
                assert_eq!(standing(&state, goal), wanted, "{state} for {goal:?}");
            }
        }
    }
}
