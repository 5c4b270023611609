//! Who is told of which job.

use super::*;
use crate::core::spec::Identity;
use crate::hub::job::testing::{job, subscription};

fn id(text: &str) -> LaunchId {
    LaunchId::parse(text).unwrap()
}

fn names(routes: &Routes, job: &JobView) -> Vec<String> {
    routes.of(job).into_iter().map(ToString::to_string).collect()
}

#[test]
fn a_marked_job_goes_to_the_launch_that_its_mark_names_and_to_those_that_named_it() {
    let mut routes = Routes::default();
    routes.add(&subscription("a", "train-1"));
    let identity = Identity {
        run_id: Some("r7".into()),
        ..Identity::default()
    };
    routes.add(&JobSubscription {
        identity,
        ..subscription("b", "train-2")
    });
    let by_label = |key: &str, value: &str| job(1, &[(key, value)]);
    assert_eq!(names(&routes, &by_label("cloud-run-execution", "train-1")), ["a"]);
    assert_eq!(names(&routes, &by_label("liftoff-launch", "b")), ["b"]);
    assert_eq!(
        names(&routes, &by_label("cloud-run-execution", "train-9")),
        [""; 0]
    );
    let other_runners = job(1, &[("cloud-run-execution", "train-1"), ("wandb-run-id", "r7")]);
    assert_eq!(names(&routes, &other_runners), ["a", "b"]);
    routes.remove(&id("a"));
    assert_eq!(names(&routes, &other_runners), ["b"]);
}

#[test]
fn a_queue_item_leads_to_whoever_received_it() {
    let mut routes = Routes::default();
    routes.add(&subscription("a", "train-1"));
    assert_eq!(routes.sought(), Sought::None);
    routes.add_item(&id("a"), "item-1");
    let traced = JobView {
        trace_id: Some("item-1".into()),
        ..job(1, &[])
    };
    assert!(routes.sought().has(&traced));
    let foreign = job(2, &[("cloud-run-execution", "train-9")]);
    assert!(!routes.sought().has(&foreign), "its mark says whose it is");
    assert_eq!(names(&routes, &traced), ["a"]);
    routes.remove(&id("a"));
    assert_eq!(routes.sought(), Sought::None);
}

#[test]
fn a_macro_that_was_not_expanded_marks_nothing() {
    assert!(is_open(&job(
        1,
        &[("cloud-run-execution", "${CLOUD_RUN_EXECUTION}")]
    )));
    assert!(!is_open(&job(1, &[("cloud-run-execution", "train-1")])));
}
