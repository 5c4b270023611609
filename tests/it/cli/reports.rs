//! `--report` and `--junit`: files that are whole, and that say what stdout says.

use std::fs;
use std::path::Path;

use quick_junit::{Report, TestCaseStatus};
use serde_json::Value;

use super::cloud::{Cloud, events, liftoff};

fn launched(cloud: &Cloud, scenario: &str, folder: &Path) -> (Value, String, Report) {
    let (html, xml) = (folder.join("report.html"), folder.join("junit.xml"));
    let output = cloud
        .launch(scenario, "p")
        .arg("--report")
        .arg(&html)
        .arg("--junit")
        .arg(&xml)
        .output()
        .unwrap();
    let summary = events(&output).pop().unwrap();
    let report = Report::deserialize_from_str(&fs::read_to_string(xml).unwrap()).unwrap();
    let files = fs::read_dir(folder).unwrap().count();
    assert_eq!(files, 2, "nothing is left beside them");
    (summary, fs::read_to_string(html).unwrap(), report)
}

#[test]
fn both_files_say_what_the_summary_says() {
    let cloud = Cloud::start(&["--speed", "6"]);
    for scenario in ["job-pending", "quota"] {
        let folder = tempfile::tempdir().unwrap();
        let (summary, page, report) = launched(&cloud, scenario, folder.path());
        let launch = &summary["launches"][0];
        let case = &report.test_suites[0].test_cases[0];
        assert_eq!(launch["launch"], case.name.as_str());
        assert!(page.contains(launch["launch"].as_str().unwrap()), "{page}");
        match &case.status {
            TestCaseStatus::Success { .. } => assert_eq!(launch["outcome"], "success"),
            TestCaseStatus::NonSuccess { ty, message, .. } => {
                assert_eq!(launch["category"], ty.as_deref().unwrap());
                assert_eq!(launch["summary"], message.as_deref().unwrap());
                assert!(
                    page.contains(&format!("failed: {}", ty.as_deref().unwrap())),
                    "{page}"
                );
            }
            TestCaseStatus::Skipped { .. } => panic!("{summary:#}"),
        }
    }
}

#[test]
fn a_launch_that_is_refused_has_its_files_too() {
    let cloud = Cloud::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (summary, page, report) = launched(&cloud, "no-such", folder.path());
    assert_eq!(summary["exit_code"], 2);
    assert_eq!((report.tests, report.errors), (1, 1));
    assert!(page.contains("jobs/no-such"), "{page}");
}

#[test]
fn a_file_that_cannot_be_written_is_exit_2_before_anything_starts() {
    let home = tempfile::tempdir().unwrap();
    for flag in ["--report", "--junit"] {
        let mut command = liftoff(&home);
        command.args([
            "launch",
            "train",
            "--project=p",
            "--region=us-central1",
            "--output=json",
        ]);
        let output = command.args([flag, "/no/such/folder/file"]).output().unwrap();
        let summary = events(&output).pop().unwrap();
        assert_eq!(
            (&summary["exit_code"], &summary["started"]),
            (&2.into(), &"no".into())
        );
        assert!(summary["error"]["message"].as_str().unwrap().starts_with(flag));
    }
}
