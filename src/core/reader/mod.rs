//! The reader of a runner's log: entries in, [`Finding`]s out.
//!
//! A line alone is not enough to judge by: the agent's give-up marker makes whatever follows fatal, a traceback is decided by
//! its last line, a caught exception that is logged means nothing, and the job that the agent dumps is data. So each task,
//! attempt and stream has a [`Lane`] that remembers what is open.
//!
//! ```text
//!            ┌ Seen: an entry counts once
//!  LogEntry ─┤
//!            └ Lane (task, attempt, stream) ─┬ Dump   the job that the agent received: data
//!                                            ├ Block  a give-up, a traceback, a covered message
//!                                            └ the line alone ─▶ PatternSet::best
//! ```
//!
//! A stream that is known to be one, such as a file, is read by a [`TextReader`], which has one lane and no entries.
//!
//! Pure and bounded; owned by the launch whose execution it reads. To read one more kind of block: a variant of
//! [`Opens`](super::pattern::Opens), a pattern that has it, and its rule in `block.rs`.

mod again;
mod announce;
mod block;
mod dump;
mod examples;
mod held;
mod judge;
mod lane;
mod seen;
mod shell;
mod step;
mod text;
mod told;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

pub use examples::failing_examples;
pub use judge::{Deciding, explain_item, judge_item, judge_text, quiet_label};
pub use text::{Passage, TextReader, numbered};
pub use told::{Told, Within};

use announce::last_level;
use lane::Lane;
use seen::Seen;
use shell::is_traced;

use super::entry::LogEntry;
use super::finding::Finding;
use super::pattern::{Level, PatternSet};

/// Lanes kept at once: three streams of some twenty tasks. A runner has one task; the longest unheard lane goes first.
const MAX_LANES: usize = 64;

/// Reads the log of one execution.
#[derive(Clone, Debug, Default)]
pub struct RunnerReader {
    seen: Seen,
    /// Least recently heard first.
    lanes: Vec<Lane>,
}

impl RunnerReader {
    /// A reader that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads entries in their order. An entry that was read before changes nothing.
    pub fn read<'e>(
        &mut self,
        patterns: &PatternSet,
        entries: impl IntoIterator<Item = &'e LogEntry>,
    ) -> Vec<Finding> {
        findings(self.explain(patterns, entries))
    }

    /// Reads entries, as [`read`](Self::read) does, and says how each finding came about.
    pub fn explain<'e>(
        &mut self,
        patterns: &PatternSet,
        entries: impl IntoIterator<Item = &'e LogEntry>,
    ) -> Vec<Told> {
        let (mut told, mut passed) = (Vec::new(), Vec::new());
        for entry in entries {
            let lane = self.lanes.iter().rposition(|lane| lane.is_of(entry));
            let waiting = lane.is_some_and(|at| !self.lanes[at].is_idle());
            let mut sifted = patterns.sift(&entry.text);
            if !waiting && sifted.is_quiet() {
                self.pass(lane, entry, &mut passed, &mut told);
            } else if self.seen.is_new(&entry.key) {
                self.hear(&mut passed);
                let lane = self.heard(lane, entry, &mut told);
                lane.read(patterns, sifted, entry.timestamp(), &mut told);
            }
        }
        self.hear(&mut passed);
        told
    }

    /// Reports what is open as it stands: to be called when the log is quiet or drained. A later line may refine it.
    pub fn settle(&mut self, _patterns: &PatternSet) -> Vec<Finding> {
        findings(self.explain_open())
    }

    /// Reports what is open as it stands, as [`settle`](Self::settle) does, and says how each finding came about.
    pub fn explain_open(&mut self) -> Vec<Told> {
        let mut told = Vec::new();
        for lane in &mut self.lanes {
            lane.settle(&mut told);
        }
        told
    }

    /// Passes an entry that no pattern speaks for. A lane hears later what it announces, the newest only; a lane that has
    /// nothing to remember is not kept.
    fn pass<'e>(
        &mut self,
        lane: Option<usize>,
        entry: &'e LogEntry,
        passed: &mut Vec<(usize, &'e LogEntry)>,
        told: &mut Vec<Told>,
    ) {
        let (text, at) = (&entry.text, entry.timestamp());
        if let Some(lane) = lane {
            self.lanes[lane].pass(text, at);
            passed.push((lane, entry));
        } else if is_traced(text) || last_level(text).is_some_and(|level| level < Level::Error) {
            self.hear(passed);
            self.heard(lane, entry, told).note(text, at);
        }
    }

    /// Lets each lane hear the newest of what it has passed: to take a line apart costs more than all else that is done with
    /// one that means nothing.
    fn hear(&mut self, passed: &mut Vec<(usize, &LogEntry)>) {
        passed.sort_by_key(|(_, entry)| entry.timestamp());
        let mut heard = [false; MAX_LANES];
        for (lane, entry) in passed.drain(..).rev() {
            heard[lane] = heard[lane] || self.lanes[lane].hear(&entry.text, entry.timestamp());
        }
    }

    /// The entry's lane, moved to the end; a lane that has to give way reports what it has open.
    fn heard(&mut self, at: Option<usize>, entry: &LogEntry, told: &mut Vec<Told>) -> &mut Lane {
        let lane = match at {
            Some(at) => self.lanes.remove(at),
            None => Lane::new(entry.task, entry.attempt, entry.stream),
        };
        if self.lanes.len() >= MAX_LANES {
            self.lanes.remove(0).settle(told);
        }
        let last = self.lanes.len();
        self.lanes.push(lane);
        &mut self.lanes[last]
    }
}

fn findings(told: Vec<Told>) -> Vec<Finding> {
    told.into_iter().map(|told| told.finding).collect()
}
