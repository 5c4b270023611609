//! Names that are taken, and those that are refused.

use super::*;

#[test]
fn regions_are_google_s_and_nothing_that_could_be_a_host() {
    for good in [
        "us-central1",
        "europe-west12",
        "northamerica-northeast2",
        "u-france-east1",
    ] {
        assert_eq!(region(good).as_deref(), Ok(good));
    }
    for bad in [
        "",
        "us",
        "global",
        "US-CENTRAL1",
        "us-central",
        "us-central1/",
        "x.example/#-1",
        "-us-1",
        "us--1",
        "us_central1",
        "us-central1 ",
        "us-céntral1",
    ] {
        let error = region(bad).unwrap_err().to_string();
        assert_eq!(error, "expected a region such as `us-central1`", "{bad:?}");
    }
    let zone = region("us-central1-a").unwrap_err().to_string();
    assert_eq!(zone, "this is a zone; its region is `us-central1`");
}

#[test]
fn projects_are_ids_or_numbers() {
    for good in ["my-project-123", "401938475610", "example.com:team-ml", "p"] {
        assert_eq!(project(good).as_deref(), Ok(good));
    }
    for bad in [
        "",
        "My Project",
        "projects/p",
        "p/..",
        "a..b",
        "-p",
        "p-",
        "p\n",
        "(unset)",
        &"a".repeat(101),
    ] {
        assert!(project(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn jobs_and_executions_are_short_or_full() {
    assert_eq!(job("train").unwrap().scope, None);
    let full = job("projects/p/locations/us-central1/jobs/train").unwrap();
    assert_eq!(
        full.scope.unwrap().to_string(),
        "projects/p/locations/us-central1"
    );
    let name = "projects/p/locations/us-central1/jobs/train/executions/train-hkk8p";
    match runner(name).unwrap() {
        RunnerRef::Full(execution) => assert_eq!(execution.to_string(), name),
        short @ RunnerRef::Short(_) => panic!("{short:?}"),
    }
    for bad in [
        "",
        "Train",
        "train-",
        "-train",
        "a b",
        "jobs/train",
        "projects/p/locations/us-central1/jobs/",
        "projects/p/locations/nowhere/jobs/train",
        "train\"",
        "projects/p/locations/us-central1/jobs/a/b",
    ] {
        assert!(job(bad).is_err(), "{bad:?}");
        assert!(runner(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn an_execution_names_its_job_and_a_launch_id_does_not() {
    assert_eq!(job_of("train-hkk8p"), Some("train"));
    assert_eq!(job_of("train-big-hkk8p"), Some("train-big"));
    for other in ["train", "-hkk8p", "lo-20261123-101530-4f2a09bc", "train-x"] {
        assert_eq!(job_of(other), None, "{other}");
    }
}

#[test]
fn custom_jobs_carry_a_region_that_is_one() {
    assert!(custom_job("projects/4019/locations/us-central1/customJobs/45").is_ok());
    for bad in [
        "45",
        "projects/4019/locations/evil.example/customJobs/45",
        "projects/4019/locations/us-central1/customJobs/x",
    ] {
        assert!(custom_job(bad).is_err(), "{bad}");
    }
}

#[test]
fn marks_are_printable() {
    assert!(mark("UnVuUXVldWVJdGVtOjEyMw==").is_ok());
    assert!(display_name("résumé run 7").is_ok());
    for bad in ["", "a b", "a\u{1b}"] {
        assert!(mark(bad).is_err(), "{bad:?}");
    }
    assert!(display_name("").is_err());
    assert!(display_name("a\u{7}").is_err());
}
