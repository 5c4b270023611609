//! Words and commands that people read.

use serde::Serialize;

use crate::core::finding::Phase;
use crate::core::ids::{CustomJobName, ExecutionName};
use crate::core::verdict::{Outcome, Path, Retry, Verdict, exit};

/// Milliseconds as `3.2s`, `1m 05s` or `1h 02m`.
pub(in crate::report) fn elapsed(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..60 => format!("{seconds}.{}s", ms % 1000 / 100),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// The phases that every successful launch goes through.
pub(in crate::report) const ESSENTIAL: [Phase; 5] = [
    Phase::ContainerStarted,
    Phase::AgentPolling,
    Phase::JobReceived,
    Phase::CodeFetched,
    Phase::Submitted,
];

/// The phase as something that has happened, or is happening.
pub(in crate::report) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::ContainerStarted => "Cloud Run container started",
        Phase::AgentPolling => "Connected to W&B queue",
        Phase::JobReceived => "Job received",
        Phase::CodeFetched => "Downloaded training code",
        Phase::Building => "Building the image...",
        Phase::Submitting => "Submitting to Vertex AI...",
        Phase::Submitted => "Submitted to Vertex AI",
    }
}

/// What a person may conclude from a phase when it is reached.
pub(in crate::report) fn phase_note(phase: Phase) -> Option<&'static str> {
    match phase {
        Phase::AgentPolling => Some("agent healthy and polling, past bailout point"),
        Phase::JobReceived => Some("nothing is submitted yet"),
        _ => None,
    }
}

/// The outcome in a table.
pub(in crate::report) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failed",
        Outcome::Cancelled => "cancelled",
        Outcome::Timeout => "timed out",
        Outcome::Undetermined => "undetermined",
        Outcome::Interrupted => "interrupted",
    }
}

/// A value as `--output json` writes it.
pub(in crate::report) fn json(value: impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The sign in front of a launch that came out so; `None` is one that was not started.
pub(in crate::report) fn sign(outcome: impl Into<Option<Outcome>>) -> &'static str {
    match outcome.into() {
        Some(Outcome::Success) => "✓",
        Some(Outcome::Failure) | None => "✗",
        Some(_) => "!",
    }
}

/// The outcome behind a number of launches.
pub(in crate::report) fn counted(of: impl Into<Option<Outcome>>) -> &'static str {
    match of.into() {
        Some(Outcome::Success) => "ok",
        Some(other) => outcome(other),
        None => NOT_STARTED,
    }
}

/// A launch whose runner was not started, in the place of an outcome.
pub(in crate::report) const NOT_STARTED: &str = "not started";

/// Where a launch stands that is not judged, in at most 18 columns.
pub(in crate::report) fn standing(phase: Option<Phase>, started: bool) -> &'static str {
    match phase {
        None if !started => "starting",
        None => "container starting",
        Some(Phase::ContainerStarted) => "container started",
        Some(Phase::AgentPolling) => "agent polling",
        Some(Phase::JobReceived) => "job received",
        Some(Phase::CodeFetched) => "code fetched",
        Some(Phase::Building) => "building image",
        Some(Phase::Submitting) => "submitting",
        Some(Phase::Submitted) => "submitted",
    }
}

/// What the box around a verdict that is no success is called.
pub(in crate::report) fn title(verdict: &Verdict) -> String {
    let word = match verdict.outcome {
        Outcome::Failure => "Launch failed".to_owned(),
        other => {
            let mut word = outcome(other).to_owned();
            word[..1].make_ascii_uppercase();
            word
        }
    };
    match &verdict.category {
        Some(category) => format!("{word}: {category}"),
        None => word,
    }
}

/// What the outcome means, where the summary alone may not say it.
pub(in crate::report) fn meaning(verdict: &Verdict) -> Option<&'static str> {
    match (verdict.outcome, verdict.path) {
        (Outcome::Timeout, _) => {
            Some("The deadline passed before the goal was reached. The runner may go on.")
        }
        (Outcome::Interrupted, _) => Some(
            "This process was told to stop and watches no longer. The runner goes on unless it was cancelled.",
        ),
        (Outcome::Cancelled, Path::JobCancelled) => Some("Someone cancelled the custom job."),
        (Outcome::Cancelled, _) => Some("Someone cancelled or deleted the execution."),
        (Outcome::Undetermined, path) => Some(match path {
            Path::SourcesLost => "Sight of the launch was lost. It may have worked, and it may have failed.",
            Path::Ambiguous => "More than one custom job may be this launch's, and nothing tells which.",
            Path::OtherRun => "The runner submitted a custom job, but not of the run that you named.",
            _ if verdict.exit_code == exit::UNVERIFIED => {
                "A runner may have been started. Check before you launch again: a second one would be billed."
            }
            _ => {
                "The runner ended well, but no custom job of this launch was found. Is that the right region?"
            }
        }),
        (Outcome::Success | Outcome::Failure, _) => None,
    }
}

/// Why a success is not certain.
pub(in crate::report) fn not_confirmed(path: Path) -> &'static str {
    match path {
        Path::ExecutionCompleted => {
            "not confirmed: Vertex AI could not be asked; only the runner's end says so"
        }
        _ => "not confirmed: only the runner's log says so; Vertex AI did not confirm it",
    }
}

/// Whether to run the same command again.
pub(in crate::report) fn again(retry: Retry, exit_code: u8) -> Option<&'static str> {
    match retry {
        _ if exit_code == exit::SUCCESS => None,
        Retry::Safe => Some("Nothing was started: running it again is safe."),
        Retry::Unsafe => Some("Running it again may start, and bill, a second runner."),
        Retry::Pointless if exit_code == exit::CANCELLED => None,
        Retry::Pointless => Some("Running it again will not help before the cause is fixed."),
    }
}

/// A word of a shell command that is safe to paste, whatever is in it.
pub(in crate::report) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A gcloud command on a custom job.
pub(in crate::report) fn job_command(verb: &str, job: &CustomJobName, project: Option<&str>) -> String {
    let project = project.unwrap_or_else(|| job.project());
    format!(
        "gcloud ai custom-jobs {verb} {} --region={} --project={}",
        shell(job.id()),
        shell(job.location()),
        shell(project)
    )
}

/// A gcloud command that lists the executions of the job `projects/P/locations/R/jobs/J`.
pub(in crate::report) fn executions_command(job: &str) -> Option<String> {
    let ["projects", project, "locations", region, "jobs", job] = job.split('/').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    Some(format!(
        "gcloud run jobs executions list --job={} --region={} --project={}",
        shell(job),
        shell(region),
        shell(project)
    ))
}

/// A gcloud command that describes an execution.
pub(in crate::report) fn execution_command(execution: &ExecutionName) -> String {
    let scope = &execution.job.scope;
    format!(
        "gcloud run jobs executions describe {} --region={} --project={}",
        shell(execution.short()),
        shell(&scope.region),
        shell(&scope.project)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        for (ms, text) in [
            (0, "0.0s"),
            (3_249, "3.2s"),
            (59_999, "59.9s"),
            (60_000, "1m 00s"),
            (3_599_000, "59m 59s"),
            (3_720_000, "1h 02m"),
        ] {
            assert_eq!(elapsed(ms), text);
        }
    }

    #[test]
    fn a_command_cannot_run_what_a_name_says() {
        assert_eq!(shell("us-central1"), "us-central1");
        assert_eq!(shell("a; rm -rf ~"), "'a; rm -rf ~'");
        assert_eq!(shell("a'$(x)"), r"'a'\''$(x)'");
        assert_eq!(shell("--force"), "'--force'");
        assert_eq!(shell(""), "''");
    }
}
