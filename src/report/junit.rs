//! `--junit`: the results for a CI system, one test case a launch.
//!
//! | outcome | in JUnit | because |
//! |---|---|---|
//! | success | passed; earlier attempts are `flakyFailure` | |
//! | failure, timeout | `failure` | the launch did not reach its goal |
//! | undetermined, interrupted, refused | `error` | Liftoff cannot say how the launch came out |
//! | cancelled, never started | `skipped` | nobody is to look for a cause |
//!
//! The file is written whole when the summary comes, also after an interruption.

mod case;

use std::io;
use std::path::Path;

use quick_junit::{Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use self::case::{case, time};
use super::Reporter;
use super::ledger::Ledger;
use super::whole_file::WholeFile;
use crate::core::event::{Event, micros};
use crate::core::text::safe;
use crate::core::verdict::{ProcessError, Summary};

/// Writes the results as JUnit XML.
#[derive(Debug)]
pub struct Junit {
    file: WholeFile,
    ledger: Ledger,
}

impl Junit {
    /// Prepares the file, so that a path that cannot be written is known before anything starts.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: WholeFile::create(path)?,
            ledger: Ledger::default(),
        })
    }
}

impl Reporter for Junit {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Some(summary) = self.ledger.take(event) else {
            return Ok(());
        };
        let report = report(&self.ledger, summary);
        let text = report.to_string().map_err(io::Error::other)?;
        self.file.write(text.as_bytes())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the cloud said, made safe; what XML 1.0 cannot hold is visible in it.
fn text(text: &str) -> XmlString {
    safe(text).into()
}

fn report(ledger: &Ledger, summary: &Summary) -> Report {
    let name = ledger.batch.as_deref().unwrap_or("liftoff");
    let mut suite = TestSuite::new(text(name));
    // Parsed from text: the crate's type of time is then nobody else's business.
    suite.timestamp = ledger.begun.and_then(|begun| micros(begun).parse().ok());
    suite.time = ledger
        .begun
        .zip(ledger.ended)
        .map(|(begun, ended)| time(ended.duration_since(begun)));
    for (name, count) in &summary.counts {
        suite.add_property((text(name), text(&count.to_string())));
    }
    suite.add_test_cases(ledger.launches.iter().map(|record| case(record, summary)));
    if let Some(error) = summary.error.as_ref().filter(|_| ledger.launches.is_empty()) {
        suite.add_test_case(refused(error));
    }
    let mut report = Report::new(text(name));
    report.timestamp = suite.timestamp;
    report.time = suite.time;
    report.add_test_suite(suite);
    report
}

/// The process itself, where it came to no launch.
fn refused(error: &ProcessError) -> TestCase {
    let mut case = TestCase::new("liftoff", status_of(error));
    case.set_classname("liftoff");
    case
}

/// What went wrong outside of any verdict.
fn status_of(error: &ProcessError) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(quick_junit::NonSuccessKind::Error);
    status
        .set_type(text(&error.kind))
        .set_message(text(&error.message));
    if let Some(hint) = &error.hint {
        status.set_description(text(&format!("Hint: {hint}")));
    }
    status
}

#[cfg(test)]
mod tests;
