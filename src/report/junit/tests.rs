use std::fs;

use quick_junit::NonSuccessReruns;

use super::*;
use crate::core::event::EventKind;
use crate::core::verdict::{Outcome, Path as By, Retry, Verdict};
use crate::report::sample;

fn written(events: &[Event]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    let mut reporter = Junit::create(&path).unwrap();
    for event in events {
        reporter.event(event).unwrap();
    }
    reporter.finish().unwrap();
    fs::read_to_string(path).unwrap()
}

/// Read again by the crate's own parser, which knows the schema.
fn read(events: &[Event]) -> Report {
    Report::deserialize_from_str(&written(events)).unwrap()
}

fn launch(ending: Verdict) -> Vec<Event> {
    vec![
        sample::requested("plain"),
        sample::started("plain"),
        sample::verdict(ending.clone()),
        sample::event(13, EventKind::Diagnosis(Box::new(sample::diagnosis("plain")))),
        sample::summary(vec![ending], 1, Retry::Pointless),
    ]
}

#[test]
fn a_failure_reads_well() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("junit-failure", written(&launch(sample::failure()))));
}

#[test]
fn each_outcome_has_its_element() {
    for (name, ending) in sample::endings() {
        let EventKind::Verdict(verdict) = ending.kind else {
            panic!("no verdict")
        };
        let expected = match verdict.outcome {
            Outcome::Success => (0, 0, 0),
            Outcome::Failure | Outcome::Timeout => (1, 0, 0),
            Outcome::Undetermined | Outcome::Interrupted => (0, 1, 0),
            Outcome::Cancelled => (0, 0, 1),
        };
        let report = read(&launch(*verdict));
        assert_eq!(
            (report.failures, report.errors, report.skipped),
            expected,
            "{name}"
        );
        assert_eq!(report.tests, 1);
    }
}

#[test]
fn a_case_names_its_launch_job_time_and_links() {
    let report = read(&launch(sample::success()));
    let case = &report.test_suites[0].test_cases[0];
    assert_eq!(case.name.as_str(), "train-1a2b");
    assert_eq!(case.classname.as_deref(), Some("p.us-central1.train"));
    assert_eq!(case.time, Some(std::time::Duration::from_millis(12_250)));
    let value = |name: &str| {
        let found = case
            .properties
            .iter()
            .find(|property| property.name.as_str() == name);
        found.map(|property| property.value.to_string())
    };
    assert_eq!(value("custom_job"), Some(sample::job().to_string()));
    assert_eq!(value("path").as_deref(), Some("job_active"));
    assert_eq!(value("link.logs"), sample::links("plain").logs);
}

#[test]
fn a_success_at_the_second_attempt_is_flaky_and_a_failure_is_rerun() {
    for ending in [sample::success(), sample::failure()] {
        let mut events = launch(sample::failure());
        let mut again = launch(ending.clone());
        for event in &mut again {
            event.attempt = Some(2);
        }
        events.pop();
        events.extend(again);
        let report = read(&events);
        let runs = match &report.test_suites[0].test_cases[0].status {
            TestCaseStatus::Success { flaky_runs } => flaky_runs,
            TestCaseStatus::NonSuccess {
                reruns: NonSuccessReruns { runs, .. },
                ..
            } => runs,
            TestCaseStatus::Skipped { .. } => panic!("not skipped"),
        };
        let [run] = runs.as_slice() else {
            panic!("one earlier run, not {runs:?}")
        };
        assert_eq!(run.ty.as_deref(), Some("quota-exceeded"));
    }
}

#[test]
fn a_process_without_a_launch_is_one_error() {
    let report = read(&[sample::process_failed()]);
    assert_eq!((report.tests, report.errors), (1, 1));
    assert!(written(&[sample::process_failed()]).contains("gcloud auth application-default login"));
}

#[test]
fn launches_whose_turn_never_came_are_skipped_and_detached_ones_pass() {
    let asked = sample::named(sample::requested("plain"), "late");
    let report = read(&[asked, sample::summary(vec![], 130, Retry::Unsafe)]);
    assert_eq!((report.tests, report.skipped), (1, 1));

    let refused = sample::event(1, EventKind::NotStarted(sample::refusal("plain")));
    let report = read(&[
        sample::requested("plain"),
        refused,
        sample::summary(vec![], 2, Retry::Pointless),
    ]);
    assert_eq!((report.tests, report.errors), (1, 1));

    let started = [
        sample::requested("plain"),
        sample::started("plain"),
        sample::summary(vec![], 0, Retry::Unsafe),
    ];
    let report = read(&started);
    assert_eq!(
        (report.tests, report.failures + report.errors + report.skipped),
        (1, 0)
    );
}

#[test]
fn nothing_hostile_secret_or_invalid_in_xml_is_written() {
    let mut events = sample::every_kind(&format!("{}\u{fffe}\u{c}]]><x a='\"&", sample::HOSTILE));
    events.insert(0, sample::named(sample::requested("plain"), sample::HOSTILE));
    let text = written(&events);
    assert!(!text.contains(sample::SECRET), "{text}");
    let valid =
        |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert_eq!(text.chars().find(|c| !valid(*c)), None, "{text}");
    let report = Report::deserialize_from_str(&text).unwrap();
    assert_eq!(report.tests, 3);
}

#[test]
fn a_job_of_another_form_is_its_own_class() {
    let ended = Verdict {
        path: By::Timeout,
        outcome: Outcome::Timeout,
        ..sample::failure()
    };
    let mut events = launch(ended);
    if let EventKind::LaunchRequested(asked) = &mut events[0].kind {
        asked.job = "train".into();
    }
    let report = read(&events);
    assert_eq!(
        report.test_suites[0].test_cases[0].classname.as_deref(),
        Some("train")
    );
}
