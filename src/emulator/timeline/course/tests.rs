//! Courses: written by a scenario, by a cancel, or by the clock.

use super::*;

fn course(toml: &str, cancel: Option<u64>) -> Course {
    let plan: RunnerPlan = toml::from_str(toml).unwrap();
    let pace = Pace::new(Timestamp::UNIX_EPOCH, 1.0);
    Course::lay_out(&plan, &pace, (1, plan.timeout.0), cancel.map(second))
}

fn second(at: u64) -> Timestamp {
    later(Timestamp::UNIX_EPOCH, Duration::from_secs(at))
}

const GOOD: &str = "[[attempt]]\nstart = \"4s\"\nexit = {at = \"40s\", code = 0}";

#[test]
fn a_good_runner_is_pending_then_running_then_succeeded() {
    let course = course(GOOD, None);
    assert_eq!(
        (course.started_at(second(3)), course.running(second(3))),
        (None, 0)
    );
    assert!(course.running(second(4)) == 1 && course.ended(second(40)).is_none());
    assert_eq!(course.running(second(40)), 0);
    assert_eq!(course.ended(second(41)), Some(&End::Succeeded));
}

#[test]
fn a_retried_failure_does_not_end_the_execution() {
    let two = "max_retries = 1\n[[attempt]]\nstart = \"4s\"\nexit = {at = \"9s\", code = 1}\n\
               [[attempt]]\nstart = \"12s\"\nexit = {at = \"30s\", code = 0}";
    let course = course(two, None);
    assert!(course.ended(second(10)).is_none() && course.running(second(10)) == 0);
    assert_eq!(course.begun(0, second(13)).len(), 2);
    assert_eq!(course.ended(second(31)), Some(&End::Succeeded));
}

#[test]
fn a_cancel_passes_through_cancelling_and_ends_the_container_with_143() {
    let course = course(GOOD, Some(10));
    assert!(course.is_cancelling(second(11)) && !course.is_cancelling(second(12)));
    assert_eq!(course.ended(second(12)), Some(&End::Cancelled));
    assert_eq!(course.attempts(0)[0].exit.as_ref().unwrap().1.code, Some(143));
}

#[test]
fn a_cancel_before_the_start_leaves_no_attempt_and_one_after_the_end_changes_nothing() {
    assert!(course(GOOD, Some(1)).attempts(0).is_empty());
    assert_eq!(course(GOOD, Some(50)).ended(second(60)), Some(&End::Succeeded));
}

#[test]
fn an_attempt_without_an_exit_ends_at_its_timeout() {
    let course = course("timeout = \"60s\"\n[[attempt]]\nstart = \"4s\"", None);
    assert!(
        matches!(course.ended(second(65)), Some(End::Failed(exit)) if exit.failure().contains("timeout"))
    );
}
