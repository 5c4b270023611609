//! Judging some lines that stand alone, as `liftoff classify` and the examples of the patterns do.

use jiff::{SignedDuration, Timestamp};

use super::RunnerReader;
use crate::core::entry::{EntryKey, LogEntry, Severity, Stream};
use crate::core::finding::{FatalScope, Finding, Label};
use crate::core::pattern::PatternSet;

/// Words that make a line look like an error: only used to tell harmless lines from plain ones.
const ALARMING: [&str; 8] = [
    "error",
    "fail",
    "exception",
    "denied",
    "fatal",
    "warn",
    "critical",
    "traceback",
];

/// Judges lines that belong together, in the order in which they were printed: what they mean, and the finding that decides.
///
/// Without a finding they are benign if they look like an error, by their words or their severity, and info otherwise.
pub fn judge_item<S: AsRef<str>>(
    patterns: &PatternSet,
    lines: &[S],
    severity: Severity,
) -> (Label, Option<Finding>) {
    let deciding = decide(findings(patterns, lines, severity));
    let label = deciding
        .as_ref()
        .map_or_else(|| quiet_label(lines, severity), |finding| finding.label);
    (label, deciding)
}

/// All findings of lines that belong together.
pub(super) fn findings<S: AsRef<str>>(
    patterns: &PatternSet,
    lines: &[S],
    severity: Severity,
) -> Vec<Finding> {
    let mut reader = RunnerReader::new();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        found.extend(reader.read(patterns, &entry(index, line.as_ref(), severity)));
    }
    found.extend(reader.settle(patterns));
    found
}

/// The finding that decides: the one that says most, the first of those; a block's last word replaces its earlier ones.
pub(super) fn decide(findings: Vec<Finding>) -> Option<Finding> {
    let mut deciding: Option<Finding> = None;
    for finding in findings {
        let wins = deciding.as_ref().is_none_or(|best| {
            let (new, old) = (weight(&finding), weight(best));
            let refines = (finding.task, finding.attempt, finding.at) == (best.task, best.attempt, best.at);
            new > old || (new == old && refines)
        });
        if wins {
            deciding = Some(finding);
        }
    }
    deciding
}

fn weight(finding: &Finding) -> u8 {
    match (finding.label, finding.vague, finding.scope) {
        (Label::Fatal, false, _) => 7,
        (Label::Fatal, true, FatalScope::Item) => 6,
        (Label::Success, _, _) => 5,
        (Label::Fatal, true, FatalScope::Attempt) => 4,
        (Label::Transient, _, _) => 3,
        (Label::Progress, _, _) => 2,
        (Label::Benign, _, _) => 1,
        (Label::Info, _, _) => 0,
    }
}

fn quiet_label<S: AsRef<str>>(lines: &[S], severity: Severity) -> Label {
    let alarming = |line: &S| {
        let line = line.as_ref().to_ascii_lowercase();
        ALARMING.iter().any(|word| line.contains(word))
    };
    if severity >= Severity::Warning || lines.iter().any(alarming) {
        Label::Benign
    } else {
        Label::Info
    }
}

/// An entry of a stream that nobody can name, one microsecond after the one before.
fn entry(index: usize, text: &str, severity: Severity) -> LogEntry {
    let micros = SignedDuration::from_micros(i64::try_from(index).unwrap_or(i64::MAX));
    LogEntry {
        key: EntryKey {
            log_name: "".into(),
            timestamp: Timestamp::UNIX_EPOCH
                .checked_add(micros)
                .unwrap_or(Timestamp::MAX),
            insert_id: index.to_string(),
        },
        stream: Stream::Other,
        severity,
        received: None,
        execution: None,
        task: 0,
        attempt: 0,
        text: text.to_owned(),
    }
}
