//! How executions and attempts end, and what the diagnosis adds.

use super::kit::*;
use crate::core::execution::ExecutionState as E;
use crate::core::finding::{FatalScope, Finding};
use crate::core::job::JobState as J;
use crate::core::signal::Effect;
use crate::core::spec::{Afterwards, Goal, LaunchSpec};
use crate::core::verdict::{Outcome, Path};

#[test]
fn a_failed_execution_without_a_job_received_is_the_failure_at_once() {
    let mut play = Play::new();
    play.at(20.0).execution(E::Failed);
    assert_eq!(
        play.ends(Outcome::Failure, Path::ExecutionFailed)
            .category
            .as_deref(),
        Some("container-exit-nonzero")
    );
}

#[test]
fn a_failed_execution_waits_two_seconds_at_most_for_a_list_when_a_job_was_received() {
    let mut play = Play::new();
    play.at(20.0)
        .log(claimed())
        .execution(E::Failed)
        .at(21.9)
        .goes_on();
    play.at(22.1).ends(Outcome::Failure, Path::ExecutionFailed);
    let mut listed = Play::new();
    listed
        .at(20.0)
        .log(claimed())
        .execution(E::Failed)
        .at(20.3)
        .jobs(&[]);
    listed.ends(Outcome::Failure, Path::ExecutionFailed);
}

#[test]
fn a_failed_execution_among_open_jobs_waits_until_the_log_would_tell_that_it_received_one_of_them() {
    for (seen, told) in [(10.0, 60.0), (50.0, 70.0)] {
        let mut play = Play::new();
        play.at(seen).jobs(&[job(1, seen - 1.0, J::Pending)]);
        play.at(60.0).execution(E::Failed).at(told - 0.1).swept();
        if told > 60.0 {
            play.goes_on(); // a line of before may still come
        }
        play.at(told).swept();
        play.ends(Outcome::Failure, Path::ExecutionFailed);
    }
    let mut received = Play::new();
    received.at(10.0).log(claimed()).jobs(&[job(1, 9.0, J::Pending)]);
    received.at(60.0).execution(E::Failed).jobs(&[]).at(61.0).swept();
    received.at(79.9).swept().goes_on();
    received.at(80.1).swept();
    received.ends(Outcome::Undetermined, Path::Ambiguous);
}

#[test]
fn the_log_is_swept_at_once_where_that_can_tell_of_open_jobs_and_again_once_it_is_complete() {
    let mut play = Play::new();
    play.at(10.0).jobs(&[job(1, 9.0, J::Pending)]);
    play.at(60.0).execution(E::Failed);
    let sweeps = |play: &Play| {
        let not_before = play.effects.iter().filter_map(|effect| match effect {
            Effect::SweepLog { not_before } => Some(play.second(*not_before)),
            _ => None,
        });
        not_before.collect::<Vec<_>>()
    };
    assert_eq!(sweeps(&play), [60.0]);
    play.at(60.2).swept();
    play.ends(Outcome::Failure, Path::ExecutionFailed);
    assert_eq!(sweeps(&play), [60.0, 80.0], "the diagnosis wants the rest");
}

#[test]
fn a_job_created_after_the_runners_end_is_not_its() {
    let mut late = Play::new();
    late.at(19.0).log(claimed());
    late.at(20.0)
        .execution(E::Succeeded)
        .at(30.0)
        .jobs(&[job(1, 29.0, J::Pending)]);
    late.at(41.0).swept().at(41.5).jobs(&[]);
    late.ends(Outcome::Undetermined, Path::Unverified);
}

#[test]
fn an_exit_line_alone_never_decides() {
    let mut play = Play::new();
    play.at(20.0).log(exited(1)).at(100.0).goes_on();
    assert!(play.effects.contains(&Effect::ReadExecution));
}

#[test]
fn a_specific_cause_found_after_a_vague_verdict_refines_it_and_changes_no_outcome() {
    let mut play = Play::new();
    play.at(20.0).execution(E::Failed);
    play.ends(Outcome::Failure, Path::ExecutionFailed);
    play.at(28.0)
        .log(fatal(FatalScope::Attempt, "quota-exceeded", 0))
        .at(30.0);
    let verdict = play.ends(Outcome::Failure, Path::ExecutionFailed);
    assert_eq!(
        (verdict.category.as_deref(), verdict.exit_code),
        (Some("quota-exceeded"), 1)
    );
    assert!(play.is_finished());
}

#[test]
fn a_vague_cause_never_replaces_a_specific_one() {
    let mut play = Play::new();
    play.at(20.0)
        .log(gave_up("quota-exceeded"))
        .at(20.5)
        .log(exited(1))
        .execution(E::Failed)
        .at(30.0);
    assert_eq!(
        play.verdict().unwrap().category.as_deref(),
        Some("quota-exceeded")
    );
}

#[test]
fn a_diagnosis_without_a_cause_ends_after_twenty_seconds() {
    let mut play = Play::new();
    play.at(20.0).execution(E::Failed).at(39.0);
    assert!(!play.is_finished());
    play.at(41.0);
    assert!(play.is_finished());
}

#[test]
fn a_clean_end_without_any_job_is_undetermined_and_asks_about_the_region() {
    let mut play = Play::new();
    play.at(20.0)
        .log(claimed())
        .execution(E::Succeeded)
        .at(35.0)
        .swept()
        .jobs(&[])
        .goes_on();
    play.at(40.5).swept().at(41.0).jobs(&[]);
    let verdict = play.ends(Outcome::Undetermined, Path::Unverified);
    assert!(verdict.summary.contains("is that the region?"));
}

#[test]
fn accept_unconfirmed_takes_a_clean_end_and_the_claim() {
    let accepting = LaunchSpec {
        accept_unconfirmed: true,
        ..spec()
    };
    let mut end = Play::of(accepting.clone());
    end.at(20.0)
        .execution(E::Succeeded)
        .at(40.5)
        .swept()
        .at(41.0)
        .jobs(&[]);
    assert_eq!(
        end.ends(Outcome::Success, Path::ExecutionCompleted).confirmed,
        Some(false)
    );
    let mut claim = Play::of(accepting);
    claim.at(20.0).log(claimed()).at(39.0).goes_on();
    claim.at(41.0);
    assert_eq!(
        claim.ends(Outcome::Success, Path::LogSubmitted).confirmed,
        Some(false)
    );
}

#[test]
fn a_retry_that_succeeds_outweighs_what_an_earlier_attempt_said() {
    let mut play = Play::with(spec(), 3, false);
    play.at(20.0)
        .log(fatal(FatalScope::Attempt, "code-fetch-failed", 0));
    play.at(30.0).log(Finding {
        attempt: 1,
        ..claimed()
    });
    play.at(40.0)
        .execution(E::Succeeded)
        .at(60.5)
        .swept()
        .at(61.0)
        .jobs(&[]);
    play.ends(Outcome::Undetermined, Path::Unverified);
}

#[test]
fn the_last_attempts_fatal_line_decides_at_once() {
    let mut play = Play::with(spec(), 1, false);
    play.at(20.0)
        .log(fatal(FatalScope::Attempt, "code-fetch-failed", 0))
        .goes_on();
    play.at(30.0)
        .log(fatal(FatalScope::Attempt, "code-fetch-failed", 1));
    play.ends(Outcome::Failure, Path::LogFatal);
}

#[test]
fn a_deleted_execution_counts_as_cancelled() {
    let mut play = Play::new();
    play.at(20.0).gone();
    assert_eq!(
        play.ends(Outcome::Cancelled, Path::ExecutionCancelled).exit_code,
        6
    );
}

#[test]
fn a_cancelled_job_is_cancelled_and_a_job_being_cancelled_is_no_end() {
    let mut play = Play::new();
    play.at(20.0)
        .jobs(&[ours(1, 19.0, J::Cancelling)])
        .at(30.0)
        .goes_on();
    play.jobs(&[ours(1, 19.0, J::Cancelled)]);
    play.ends(Outcome::Cancelled, Path::JobCancelled);
}

#[test]
fn an_end_never_goes_back() {
    let mut play = Play::with(spec(), 3, false);
    play.at(20.0)
        .log(claimed())
        .execution(E::Succeeded)
        .at(21.0)
        .execution(E::Running);
    play.at(41.0).swept().at(41.5).jobs(&[]);
    play.ends(Outcome::Undetermined, Path::Unverified);
}

#[test]
fn an_interruption_says_what_becomes_of_the_runner() {
    for (wish, says) in [
        (Afterwards::Cancel, "the runner was told to end"),
        (Afterwards::Leave, "the runner was left as it is"),
    ] {
        let mut play = Play::of(LaunchSpec {
            on_interrupt: wish,
            ..spec()
        });
        play.at(5.0).interrupt();
        let verdict = play.ends(Outcome::Interrupted, Path::Interrupted);
        assert!(verdict.summary.ends_with(says), "{}", verdict.summary);
        let goes_on = verdict
            .hint
            .as_ref()
            .is_some_and(|hint| hint.contains("liftoff watch"));
        assert_eq!(goes_on, wish == Afterwards::Leave, "{:?}", verdict.hint);
    }
}

#[test]
fn a_failure_cancels_only_where_that_was_asked_for() {
    for (wish, cancels) in [(Afterwards::Cancel, true), (Afterwards::Leave, false)] {
        let mut play = Play::of(LaunchSpec {
            on_failure: wish,
            ..spec()
        });
        play.at(20.0).log(gave_up("quota-exceeded"));
        assert_eq!(play.effects.contains(&Effect::Cancel { job: None }), cancels);
    }
}

#[test]
fn nothing_comes_out_after_the_end() {
    let mut play = Play::new();
    play.at(12.0).jobs(&[ours(1, 11.0, J::Running)]);
    let before = play.effects.len();
    play.at(13.0)
        .jobs(&[ours(1, 11.0, J::Failed)])
        .log(gave_up("quota-exceeded"))
        .execution(E::Failed);
    assert_eq!(play.effects.len(), before);
    play.ends(Outcome::Success, Path::JobActive);
}

#[test]
fn a_proven_job_that_no_list_shows_yet_outlives_the_runners_end() {
    for end in [E::Succeeded, E::Failed] {
        let mut play = Play::of(LaunchSpec {
            until: Goal::Running,
            ..spec()
        });
        play.at(12.0)
            .log(proof(1))
            .at(20.0)
            .execution(end)
            .at(41.0)
            .swept()
            .at(42.0)
            .jobs(&[])
            .at(50.0)
            .goes_on();
        play.jobs(&[job(1, 11.0, J::Running)]);
        play.ends(Outcome::Success, Path::JobActive);
    }
}
