//! Names: what is taken for one, and what is not.

use super::*;

#[test]
fn a_launch_id_is_a_label_value() {
    for good in ["a", "train-2026-11-23", "0x", &"a".repeat(63)] {
        assert!(LaunchId::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "-a", "a-", "A", "a_b", "a b", "é", &"a".repeat(64)] {
        assert!(LaunchId::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_later_try_has_an_id_of_its_own_that_is_a_label_value_too() {
    let of = |text: &str, attempt| LaunchId::parse(text).unwrap().of_attempt(attempt).to_string();
    assert_eq!(of("nightly", 1), "nightly");
    assert_eq!(of("nightly", 2), "nightly-r2");
    let long = of(&"a".repeat(63), 12);
    assert_eq!(long, format!("{}-r12", "a".repeat(59)));
    let hyphen = format!("{}-{}", "a".repeat(59), "b".repeat(3));
    assert_eq!(of(&hyphen, 2), format!("{}-r2", "a".repeat(59)));
    assert!(LaunchId::parse(&of(&hyphen, 2)).is_ok());
}

#[test]
fn custom_jobs_are_the_same_whether_the_project_is_a_number_or_an_id() {
    let by_number = CustomJobName::parse("projects/4019/locations/us-central1/customJobs/45").unwrap();
    let by_id = CustomJobName::parse("projects/p/locations/us-central1/customJobs/45").unwrap();
    let elsewhere = CustomJobName::parse("projects/p/locations/us-east1/customJobs/45").unwrap();
    assert_eq!(by_number, by_id);
    assert_ne!(by_id, elsewhere);
}

#[test]
fn rubbish_is_not_a_name() {
    for bad in [
        "",
        "projects/p",
        "projects/p/locations/l/customJobs/x",
        "projects//locations/l/customJobs/1",
    ] {
        assert!(CustomJobName::parse(bad).is_err(), "{bad}");
    }
    assert!(ExecutionName::parse("projects/p/locations/l/jobs/j/executions/").is_err());
    let name = "projects/p/locations/l/jobs/j/executions/j-abcde";
    assert_eq!(ExecutionName::parse(name).unwrap().to_string(), name);
}
