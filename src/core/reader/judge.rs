//! Judging some lines that stand alone, as `liftoff classify` and the examples of the patterns do.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::RunnerReader;
use super::told::Told;
use crate::core::entry::{EntryKey, LogEntry, Severity, Stream};
use crate::core::finding::{FatalScope, Finding, Label};
use crate::core::pattern::PatternSet;

/// Words that make a line look like an error: only used to tell harmless lines from plain ones.
const ALARMING: &str = "(?i-u)error|fail|exception|denied|fatal|warn|critical|traceback";

/// The compiled words: a constant that cannot be computed at compile time.
static ALARMING_WORDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(ALARMING).expect("a constant, and the tests compile it"));

/// Judges lines that belong together, in the order in which they were printed: what they mean, and the finding that decides.
///
/// Without a finding they are benign if they look like an error, by their words or their severity, and info otherwise.
pub fn judge_item<S: AsRef<str>>(
    patterns: &PatternSet,
    lines: &[S],
    severity: Severity,
) -> (Label, Option<Finding>) {
    let (label, told) = explain_item(patterns, lines, severity);
    (label, told.map(|told| told.finding))
}

/// Judges lines that belong together, as [`judge_item`] does, and says how the deciding finding came about. Its times stand
/// for the lines: a microsecond each, from 0.
pub fn explain_item<S: AsRef<str>>(
    patterns: &PatternSet,
    lines: &[S],
    severity: Severity,
) -> (Label, Option<Told>) {
    let mut deciding = Deciding::default();
    for told in told(patterns, lines, severity) {
        deciding.offer(&told);
    }
    let label = match deciding.told() {
        Some(told) => told.finding.label,
        None if severity >= Severity::Warning => Label::Benign,
        None => lines
            .iter()
            .map(|line| quiet_label(line.as_ref()))
            .find(|label| *label == Label::Benign)
            .unwrap_or(Label::Info),
    };
    (label, deciding.0)
}

/// Which of several findings decides: the one that says most, the first of those; a block's last word replaces its earlier
/// ones.
#[derive(Clone, Debug, Default)]
pub struct Deciding(Option<Told>);

impl Deciding {
    /// Takes the next finding; says whether it decides now.
    pub fn offer(&mut self, told: &Told) -> bool {
        let best = self.0.as_ref().map(|told| &told.finding);
        let wins = outweighs(&told.finding, best);
        if wins {
            self.0 = Some(told.clone());
        }
        wins
    }

    /// The one that decides by now.
    pub fn told(&self) -> Option<&Told> {
        self.0.as_ref()
    }
}

/// The fatal cause that an API's own error text names, if it names one: `CustomJob.error.message`, a condition's message.
pub fn judge_text(patterns: &PatternSet, text: &str) -> Option<Finding> {
    let (label, finding) = judge_item(patterns, &[text], Severity::Error);
    // What is transient in a log (a stockout that Vertex AI retries) is the cause once the API reports it as the end.
    finding.filter(|_| matches!(label, Label::Fatal | Label::Transient))
}

/// All findings of lines that belong together.
pub(super) fn told<S: AsRef<str>>(patterns: &PatternSet, lines: &[S], severity: Severity) -> Vec<Told> {
    let mut reader = RunnerReader::new();
    let lines = lines.iter().enumerate();
    let entries: Vec<LogEntry> = lines
        .map(|(index, line)| entry(index, line.as_ref(), severity))
        .collect();
    let mut told = reader.explain(patterns, &entries);
    told.extend(reader.explain_open());
    told
}

fn outweighs(finding: &Finding, best: Option<&Finding>) -> bool {
    best.is_none_or(|best| {
        let (new, old) = (weight(finding), weight(best));
        let refines = (finding.task, finding.attempt, finding.at) == (best.task, best.attempt, best.at);
        new > old || (new == old && refines)
    })
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

/// What a line means that no pattern speaks for: benign if it looks like an error by its words, else info.
pub fn quiet_label(line: &str) -> Label {
    if ALARMING_WORDS.is_match(line) {
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
