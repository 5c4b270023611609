//! Lost sources and the deadline.

use super::kit::*;
use crate::core::execution::ExecutionState as E;
use crate::core::job::JobState as J;
use crate::core::source::Source as S;
use crate::core::spec::{Goal, LaunchSpec};
use crate::core::verdict::{Outcome, Path};

#[test]
fn losing_any_one_source_leaves_a_launch_that_the_others_can_judge() {
    for lost in S::ALL {
        let mut play = Play::new();
        play.at(10.0).lose(lost).at(20.0).goes_on();
        if lost == S::Vertex {
            play.log(proof(1));
            play.ends(Outcome::Success, Path::LogSubmitted);
        } else {
            play.jobs(&[ours(1, 19.0, J::Pending)]);
            play.ends(Outcome::Success, Path::JobActive);
        }
    }
}

#[test]
fn with_log_and_vertex_lost_nothing_can_show_the_goal() {
    let mut play = Play::new();
    play.at(10.0).lose(S::Log).goes_on();
    play.at(11.0).lose(S::Vertex);
    let verdict = play.ends(Outcome::Undetermined, Path::SourcesLost);
    assert_eq!(verdict.exit_code, 5);
    assert!(verdict.summary.contains("Cloud Logging") && verdict.summary.contains("Vertex AI"));
}

#[test]
fn until_running_needs_vertex() {
    let mut play = Play::of(LaunchSpec {
        until: Goal::Running,
        ..spec()
    });
    play.at(10.0).lose(S::Vertex);
    play.ends(Outcome::Undetermined, Path::SourcesLost);
}

#[test]
fn a_clean_end_where_vertex_could_not_be_asked_is_an_unconfirmed_success_if_the_log_is_positive() {
    let mut play = Play::new();
    play.at(10.0)
        .lose(S::Vertex)
        .log(claimed())
        .execution(E::Succeeded)
        .at(29.0)
        .goes_on();
    play.at(30.5).swept();
    let verdict = play.ends(Outcome::Success, Path::ExecutionCompleted);
    assert_eq!((verdict.confirmed, verdict.exit_code), (Some(false), 0));
    let mut silent = Play::new();
    silent
        .at(10.0)
        .lose(S::Vertex)
        .execution(E::Succeeded)
        .at(30.5)
        .swept();
    silent.ends(Outcome::Undetermined, Path::SourcesLost);
}

#[test]
fn the_deadline_is_a_timeout_if_a_source_answered_in_the_last_minute() {
    let mut seen = Play::new();
    seen.at(880.0).answered(S::Execution).at(899.0).goes_on();
    seen.at(901.0);
    assert_eq!(seen.ends(Outcome::Timeout, Path::Timeout).exit_code, 3);
    let mut blind = Play::new();
    blind.at(700.0).answered(S::Execution).at(901.0);
    assert_eq!(blind.ends(Outcome::Undetermined, Path::SourcesLost).exit_code, 5);
}

#[test]
fn a_marked_job_decides_without_a_log() {
    let mut play = Play::new();
    play.at(10.0)
        .lose(S::Log)
        .execution(E::Succeeded)
        .at(11.0)
        .jobs(&[ours(1, 9.0, J::Succeeded)]);
    play.ends(Outcome::Success, Path::JobSucceeded);
}
