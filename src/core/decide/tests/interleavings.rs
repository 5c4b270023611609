//! Exact interleavings of log, execution and job, each by name.

use super::kit::*;
use crate::core::execution::ExecutionState as E;
use crate::core::finding::{FatalScope, Finding};
use crate::core::job::{JobState as J, JobView};
use crate::core::spec::{Attribution, Goal, Identity, LaunchSpec};
use crate::core::verdict::{Outcome, Path};

#[test]
fn a_pending_queued_or_running_job_is_success_at_once_the_old_system_forgot_to_return() {
    for state in [J::Queued, J::Pending, J::Running, J::Updating, J::Paused] {
        let mut play = Play::new();
        play.at(12.0).jobs(&[ours(1, 11.0, state)]);
        let verdict = play.ends(Outcome::Success, Path::JobActive);
        assert_eq!((verdict.exit_code, verdict.confirmed), (0, Some(true)));
        assert!(play.is_finished());
    }
}

#[test]
fn a_give_up_block_that_becomes_visible_after_a_clean_end_is_the_failure() {
    let mut play = Play::new();
    play.at(30.0).execution(E::Succeeded).jobs(&[]).at(39.0).goes_on();
    play.log(gave_up("permission-denied"));
    assert_eq!(
        play.ends(Outcome::Failure, Path::LogFatal).category.as_deref(),
        Some("permission-denied")
    );
}

#[test]
fn zero_runs_visible_ten_seconds_after_a_clean_end_is_no_job_submitted() {
    let mut play = Play::new();
    play.at(30.0)
        .execution(E::Succeeded)
        .jobs(&[])
        .at(40.0)
        .log(gave_up("no-job-submitted"));
    assert_eq!(
        play.ends(Outcome::Failure, Path::LogFatal).category.as_deref(),
        Some("no-job-submitted")
    );
}

#[test]
fn the_wrappers_claim_and_three_minutes_of_build_do_not_hide_a_403() {
    let mut play = Play::new();
    play.at(20.0).log(claimed()).at(200.0).jobs(&[]).goes_on();
    play.log(gave_up("permission-denied"));
    play.ends(Outcome::Failure, Path::LogFatal);
}

#[test]
fn the_wrappers_claim_and_a_job_three_minutes_later_is_success_by_the_job() {
    let mut play = Play::new();
    play.at(20.0)
        .log(claimed())
        .at(200.0)
        .jobs(&[ours(1, 199.0, J::Pending)]);
    play.ends(Outcome::Success, Path::JobActive);
}

#[test]
fn until_succeeded_keeps_watching_the_job_when_the_runner_exits_well() {
    let mut play = Play::of(LaunchSpec {
        until: Goal::Succeeded,
        timeout: None,
        ..spec()
    });
    play.at(12.0).jobs(&[ours(1, 11.0, J::Pending)]).log(proof(1));
    play.at(20.0)
        .execution(E::Succeeded)
        .at(60.0)
        .swept()
        .jobs(&[ours(1, 11.0, J::Running)])
        .goes_on();
    play.at(4000.0).jobs(&[ours(1, 11.0, J::Succeeded)]);
    play.ends(Outcome::Success, Path::JobSucceeded);
}

#[test]
fn until_running_keeps_watching_a_pending_job_when_the_runner_fails_or_is_cancelled() {
    for end in [E::Failed, E::Cancelled] {
        let mut play = Play::of(LaunchSpec {
            until: Goal::Running,
            ..spec()
        });
        play.at(12.0).jobs(&[ours(1, 11.0, J::Pending)]);
        play.at(20.0)
            .log(exited(1))
            .execution(end)
            .at(60.0)
            .swept()
            .goes_on();
        play.jobs(&[ours(1, 11.0, J::Running)]);
        play.ends(Outcome::Success, Path::JobActive);
    }
}

#[test]
fn a_foreign_pending_job_changes_nothing_and_ours_that_failed_is_the_failure() {
    let mut play = Play::new();
    play.at(10.0)
        .jobs(&[job(7, 9.0, J::Pending)])
        .log(claimed())
        .at(180.0)
        .goes_on();
    play.jobs(&[job(7, 9.0, J::Running), ours(8, 179.0, J::Failed)]);
    let verdict = play.ends(Outcome::Failure, Path::JobFailed);
    assert_eq!(verdict.custom_job, Some(name(8)));
}

#[test]
fn an_unmarked_failed_job_gives_no_verdict_while_ours_is_only_received() {
    let mut play = Play::new();
    play.at(10.0)
        .log(claimed())
        .jobs(&[job(7, 9.0, J::Failed)])
        .at(100.0)
        .goes_on();
}

#[test]
fn two_unmarked_jobs_without_proof_are_ambiguous_after_a_clean_end() {
    let mut play = Play::new();
    play.at(10.0)
        .log(claimed())
        .jobs(&[job(7, 9.0, J::Pending), job(8, 9.0, J::Failed)]);
    play.at(20.0).execution(E::Succeeded).at(41.0).swept().goes_on();
    play.at(41.5).jobs(&[]);
    assert_eq!(play.ends(Outcome::Undetermined, Path::Ambiguous).exit_code, 5);
}

#[test]
fn watch_on_an_idling_runner_waits_for_a_new_job() {
    let mut play = Play::with(spec(), 0, true);
    play.at(1.0)
        .jobs(&[ours(1, -40_000.0, J::Succeeded)])
        .at(100.0)
        .goes_on();
    play.jobs(&[ours(1, -40_000.0, J::Succeeded), ours(2, 99.0, J::Queued)]);
    assert_eq!(
        play.ends(Outcome::Success, Path::JobActive).custom_job,
        Some(name(2))
    );
}

#[test]
fn watch_takes_the_newest_job_that_is_still_active() {
    let mut play = Play::with(spec(), 0, true);
    play.at(1.0)
        .jobs(&[ours(1, -40_000.0, J::Running), ours(2, -30_000.0, J::Running)]);
    assert_eq!(
        play.ends(Outcome::Success, Path::JobActive).custom_job,
        Some(name(2))
    );
}

#[test]
fn a_run_name_used_before_does_not_bring_its_old_job_back() {
    let identity = Identity {
        run_name: Some("job-1".into()),
        ..Identity::default()
    };
    let mut play = Play::of(LaunchSpec { identity, ..spec() });
    play.at(5.0)
        .jobs(&[job(1, -86_400.0, J::Failed)])
        .at(50.0)
        .goes_on();
    play.jobs(&[
        job(1, -86_400.0, J::Failed),
        JobView {
            display_name: "job-1".into(),
            ..job(2, 49.0, J::Pending)
        },
    ]);
    assert_eq!(
        play.ends(Outcome::Success, Path::JobActive).custom_job,
        Some(name(2))
    );
}

#[test]
fn a_job_marked_as_ours_with_another_run_id_is_another_run_naming_both() {
    let identity = Identity {
        run_id: Some("wanted".into()),
        ..Identity::default()
    };
    let mut play = Play::of(LaunchSpec { identity, ..spec() });
    play.at(5.0)
        .jobs(&[labelled(ours(1, 4.0, J::Running), "wandb-run-id", "other")]);
    let verdict = play.ends(Outcome::Undetermined, Path::OtherRun);
    assert!(
        verdict.summary.contains("wanted") && verdict.summary.contains("other"),
        "{}",
        verdict.summary
    );
}

#[test]
fn a_give_up_block_decides_at_once_whatever_retries_are_left() {
    let mut play = Play::with(spec(), 3, false);
    play.at(20.0).log(gave_up("permission-denied"));
    play.ends(Outcome::Failure, Path::LogFatal);
}

#[test]
fn a_crash_of_attempt_0_is_forgiven_when_attempt_1_submits() {
    let mut play = Play::with(spec(), 3, false);
    play.at(20.0)
        .log(fatal(FatalScope::Attempt, "code-fetch-failed", 0))
        .log(exited(1))
        .goes_on();
    play.at(30.0)
        .log(Finding {
            attempt: 1,
            ..claimed()
        })
        .at(90.0)
        .goes_on();
    play.jobs(&[ours(1, 89.0, J::Pending)]);
    play.ends(Outcome::Success, Path::JobActive);
}

#[test]
fn an_attempt_that_stalls_after_a_fatal_line_is_over_after_thirty_seconds() {
    let mut play = Play::with(spec(), 3, false);
    play.at(20.0)
        .log(fatal(FatalScope::Attempt, "code-fetch-failed", 0))
        .at(49.0)
        .goes_on();
    play.at(51.0).ends(Outcome::Failure, Path::LogFatal);
}

#[test]
fn a_person_who_cancels_is_told_apart_from_the_exit_143_that_shows_first() {
    let mut play = Play::new();
    play.at(20.0).log(exited(143)).goes_on();
    play.at(21.0).execution(E::Cancelling).at(22.0).goes_on();
    play.execution(E::Cancelled);
    assert_eq!(
        play.ends(Outcome::Cancelled, Path::ExecutionCancelled).exit_code,
        6
    );
}

#[test]
fn a_proof_line_ten_seconds_after_a_failed_execution_makes_the_listed_job_ours() {
    let mut play = Play::new();
    play.at(20.0).log(claimed()).jobs(&[job(1, 19.0, J::Pending)]);
    play.at(22.0)
        .execution(E::Failed)
        .jobs(&[job(1, 19.0, J::Pending)])
        .at(32.0)
        .goes_on();
    play.log(proof(1));
    play.ends(Outcome::Success, Path::JobActive);
}

#[test]
fn a_queue_item_that_this_runner_received_makes_an_unmarked_job_ours() {
    let mut play = Play::new();
    play.at(10.0)
        .jobs(&[job(1, 9.0, J::Running), job(2, 9.0, J::Running)])
        .log(received("item-2"))
        .goes_on();
    let with = |id, trace: &str| JobView {
        trace_id: Some(trace.into()),
        ..job(id, 9.0, J::Running)
    };
    play.detail(with(1, "item-1")).goes_on();
    play.detail(with(2, "item-2"));
    assert_eq!(
        play.ends(Outcome::Success, Path::JobActive).custom_job,
        Some(name(2))
    );
}

#[test]
fn a_queue_item_given_by_the_user_waits_for_the_marked_jobs_trace() {
    let identity = Identity {
        queue_item: Some("mine".into()),
        ..Identity::default()
    };
    let mut play = Play::of(LaunchSpec { identity, ..spec() });
    play.at(10.0).jobs(&[ours(1, 9.0, J::Running)]).goes_on();
    play.detail(JobView {
        trace_id: Some("theirs".into()),
        ..ours(1, 9.0, J::Running)
    });
    play.ends(Outcome::Undetermined, Path::OtherRun);
}

#[test]
fn a_job_labelled_for_another_execution_is_never_ours() {
    let mut play = Play::new();
    let other = labelled(job(1, 9.0, J::Running), "cloud-run-execution", "train-bbbbb");
    play.at(10.0)
        .log(claimed())
        .jobs(&[other])
        .at(20.0)
        .execution(E::Failed)
        .at(22.5);
    // It is no candidate either: the end needs no drained log.
    play.ends(Outcome::Failure, Path::ExecutionFailed);
}

#[test]
fn an_unset_macro_is_no_mark() {
    let mut play = Play::new();
    let literal = labelled(
        job(1, 9.0, J::Running),
        "cloud-run-execution",
        "${CLOUD_RUN_EXECUTION}",
    );
    play.at(10.0).jobs(&[literal]).at(50.0).goes_on();
}

#[test]
fn a_proof_line_alone_is_success_for_submitted_when_the_list_lags() {
    let mut play = Play::new();
    play.at(20.0).log(proof(5));
    let verdict = play.ends(Outcome::Success, Path::LogSubmitted);
    assert_eq!(
        (verdict.custom_job.clone(), verdict.confirmed),
        (Some(name(5)), Some(true))
    );
}

#[test]
fn the_only_job_of_the_window_decides_with_attribution_window_after_five_seconds_and_received() {
    let window = LaunchSpec {
        attribution: Attribution::Window,
        ..spec()
    };
    let mut play = Play::of(window.clone());
    play.at(10.0).jobs(&[job(1, 9.0, J::Pending)]).at(100.0).goes_on();
    play.log(claimed());
    play.ends(Outcome::Success, Path::JobActive);
    let mut two = Play::of(window);
    two.at(10.0)
        .log(claimed())
        .jobs(&[job(1, 9.0, J::Pending), job(2, 9.0, J::Pending)])
        .at(100.0)
        .goes_on();
}
