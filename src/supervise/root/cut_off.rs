//! The ends of launches whose supervisors cannot tell them.

use crate::core::signal::Interrupt;
use crate::core::spec::LaunchSpec;
use crate::core::start::StartFailure;
use crate::core::verdict::{Started, exit};
use crate::supervise::link::Exit;
use crate::supervise::outcome::LaunchEnd;

/// A supervisor that died without an end is a bug of ours; the launch itself may be well.
pub(super) fn bug(spec: &LaunchSpec, attempt: u32, exit: &Exit) -> LaunchEnd {
    let message = format!("the supervisor of launch {} failed: {exit}", spec.id);
    let hint = "This is a bug in Liftoff; the runner may go on. Please report it with the output of -v";
    cut_off(spec, attempt, "bug", exit::BUG, message, hint)
}

/// The second signal cuts a launch off while it still ends.
pub(super) fn abandoned(spec: &LaunchSpec, attempt: u32, signal: Interrupt) -> LaunchEnd {
    let message = format!(
        "launch {} was abandoned at the second signal; the runner may go on",
        spec.id
    );
    let hint = "Look for it: gcloud run jobs executions list --job=JOB --region=REGION; then liftoff watch";
    cut_off(spec, attempt, "interrupted", signal.exit_code(), message, hint)
}

fn cut_off(
    spec: &LaunchSpec,
    attempt: u32,
    kind: &'static str,
    exit_code: u8,
    message: String,
    hint: &str,
) -> LaunchEnd {
    let started = Started::Unknown;
    let failure = StartFailure {
        kind,
        message,
        hint: Some(hint.to_owned()),
        exit_code,
        started,
    };
    LaunchEnd {
        launch: spec.id.to_string(),
        name: spec.name.clone(),
        attempt,
        elapsed_ms: 0,
        verdict: None,
        failure: Some(failure),
        started,
        runner: None,
    }
}
