//! Why a line was judged as it was.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::core::pattern::{On, PatternSet};
use crate::core::reader::{TextReader, Told, Within};
use crate::core::text::safe_line;

/// The pattern that decided, where it comes from, what it captured, and what the line stood in.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Its id.
    pub pattern: String,
    /// The file that it comes from.
    pub file: String,
    /// The family: that file's name.
    pub family: String,
    /// The higher one speaks where several match.
    pub priority: u8,
    /// Which lines it may speak for.
    pub on: &'static str,
    /// `alone`, `give-up`, `traceback`, `dump`, `pair`.
    pub within: &'static str,
    /// Number of the line that opened it.
    pub opened: u64,
    /// Number of the line that decided.
    pub decided: u64,
    /// What its regex captured.
    pub captures: BTreeMap<String, String>,
}

impl Explanation {
    /// Explains a finding of these patterns.
    pub fn of(patterns: &PatternSet, told: &Told) -> Self {
        let id = &told.finding.pattern;
        let pattern = patterns.patterns().find(|pattern| pattern.id == *id);
        let file = pattern
            .map(|pattern| pattern.file.to_string())
            .unwrap_or_default();
        let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
        let captures = told
            .captures
            .iter()
            .map(|(name, value)| (name.clone(), safe_line(value)));
        Self {
            pattern: id.to_string(),
            family: safe_line(name.trim_end_matches(".toml")),
            file: safe_line(&file),
            priority: pattern.map_or(0, |pattern| pattern.priority),
            on: pattern.map_or("", |pattern| on(pattern.on)),
            within: within(told.within),
            opened: TextReader::number_at(told.opened),
            decided: TextReader::number_at(told.decided),
            captures: captures.collect(),
        }
    }

    /// The same in sentences, one a line.
    pub fn sentences(&self) -> Vec<String> {
        let stood = match self.within {
            "alone" => "the line stands for itself".to_owned(),
            "give-up" => format!(
                "in the give-up block that line {} opened: fatal, whatever is in it",
                self.opened
            ),
            "traceback" => format!(
                "the last word of the traceback that begins at line {}",
                self.opened
            ),
            "dump" => format!("in the job that the agent dumped after line {}", self.opened),
            _ => format!("announced by line {}", self.opened),
        };
        let mut all = vec![
            format!(
                "by {} of {} (family {}), priority {}",
                self.pattern, self.file, self.family, self.priority
            ),
            format!("{stood}; the pattern speaks for {}", self.on),
        ];
        all.extend(
            self.captures
                .iter()
                .map(|(name, value)| format!("{name} = {value}")),
        );
        all
    }
}

fn on(on: On) -> &'static str {
    match on {
        On::Error => "lines that state an error",
        On::Any => "any line",
        On::Block => "lines of a give-up block",
        On::Alone => "lines outside of tracebacks and give-up blocks",
    }
}

fn within(within: Within) -> &'static str {
    match within {
        Within::Alone => "alone",
        Within::GiveUp => "give-up",
        Within::Traceback => "traceback",
        Within::Dump => "dump",
        Within::Pair => "pair",
    }
}
