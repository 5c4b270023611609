//! Batches on one queue: runners take each other's items.

use super::kit::*;
use crate::core::execution::ExecutionState as E;
use crate::core::finding::{Finding, Phase};
use crate::core::job::{JobState as J, JobView};
use crate::core::spec::{Identity, LaunchSpec};
use crate::core::verdict::{Outcome, Path};

fn wants(item: &str) -> LaunchSpec {
    let identity = Identity {
        queue_item: Some(item.into()),
        ..Identity::default()
    };
    LaunchSpec {
        identity,
        in_batch: true,
        ..spec()
    }
}

fn polling() -> Finding {
    Finding {
        phase: Some(Phase::AgentPolling),
        weak_success: false,
        ..claimed()
    }
}

/// Job 2, of item `item-a`, submitted by another launch's runner.
fn by_a_sibling() -> JobView {
    let job = labelled(job(2, 20.0, J::Pending), "cloud-run-execution", "train-bbbbb");
    JobView {
        trace_id: Some("item-a".into()),
        ..job
    }
}

#[test]
fn an_item_that_another_runner_of_the_batch_submitted_is_a_success_that_names_it() {
    let mut play = Play::of(wants("item-a"));
    play.at(10.0).log(received("item-b"));
    play.at(21.0).detail(by_a_sibling());
    let verdict = play.ends(Outcome::Success, Path::JobActive);
    assert_eq!(verdict.submitted_by.as_deref(), Some("train-bbbbb"));
}

#[test]
fn what_happens_to_anothers_item_is_not_this_launchs_failure() {
    let mut play = Play::of(wants("item-a"));
    play.at(10.0).log(received("item-b"));
    play.at(12.0).log(gave_up("quota-exceeded")).goes_on();
    let mut theirs = ours(1, 13.0, J::Failed);
    theirs.trace_id = Some("item-b".into());
    play.at(14.0).detail(theirs).goes_on();
    play.at(15.0).execution(E::Failed);
    play.at(40.0).swept().jobs(&[]).goes_on();
    play.at(60.0).detail(by_a_sibling());
    play.ends(Outcome::Success, Path::JobActive);
}

#[test]
fn once_no_runner_is_left_a_launch_whose_runner_took_anothers_item_is_told_so() {
    let mut play = Play::of(wants("item-a"));
    play.at(10.0).log(received("item-b"));
    let mut theirs = ours(1, 13.0, J::Pending);
    theirs.trace_id = Some("item-b".into());
    play.at(14.0).detail(theirs);
    play.at(15.0).execution(E::Succeeded);
    play.at(40.0).swept().jobs(&[]).goes_on();
    play.at(50.0).alone().goes_on();
    play.at(51.0).jobs(&[]);
    play.ends(Outcome::Undetermined, Path::OtherRun);
}

#[test]
fn a_runner_that_polled_and_got_nothing_found_an_empty_queue() {
    let mut alone = Play::new();
    alone.at(8.0).log(polling());
    alone.at(30.0).execution(E::Succeeded);
    alone.at(55.0).swept().at(56.0).jobs(&[]);
    let verdict = alone.ends(Outcome::Undetermined, Path::Unverified);
    assert_eq!(verdict.category.as_deref(), Some("queue-empty"));

    let mut batch = Play::of(wants("item-a"));
    batch.at(8.0).log(polling());
    batch.at(30.0).execution(E::Succeeded);
    batch.at(55.0).swept().at(56.0).jobs(&[]).goes_on();
    batch.at(70.0).alone().at(71.0).jobs(&[]);
    let verdict = batch.ends(Outcome::Undetermined, Path::Unverified);
    assert_eq!(verdict.category.as_deref(), Some("queue-empty"));
}

#[test]
fn a_runner_that_fails_with_its_own_item_fails_its_launch_at_once() {
    let mut play = Play::of(wants("item-a"));
    play.at(10.0).log(received("item-a"));
    play.at(12.0).log(gave_up("quota-exceeded"));
    play.ends(Outcome::Failure, Path::LogFatal);
}
