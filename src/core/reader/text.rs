//! Reading plain lines: what a file or a pipe holds, one stream of one attempt.

use jiff::{SignedDuration, Timestamp};

use super::again::Again;
use super::lane::Lane;
use super::told::Told;
use crate::core::entry::Stream;
use crate::core::pattern::{PatternSet, Sifted, first_line};

/// Reads the lines of one stream, always with the same patterns. Lines have no times, so their numbers stand for them.
#[derive(Clone, Debug)]
pub struct TextReader {
    lane: Lane,
    again: Again,
    /// Number of the line that comes next, from 1.
    number: u64,
    /// Pieces of it that carriage returns have ended.
    pieces: u64,
    /// The last thing read was a carriage return; a newline after it ends the same line.
    returned: bool,
    /// When the quiet lines were read that stand right before the next line.
    passed: Option<Timestamp>,
}

/// What comes next in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Passage<'t> {
    /// Whole lines that no pattern speaks for, with their ends.
    Quiet {
        /// Number of the first of them, from 1.
        first: u64,
        /// The lines.
        text: &'t str,
    },
    /// One line.
    Line {
        /// Its number, from 1. Carriage returns end lines for the reader and not for an editor, so several may have the same.
        number: u64,
        /// As it was printed, without its end.
        text: &'t str,
        /// Whether it is part of a block or a dump that an earlier line opened.
        part: bool,
        /// Whether something is open after it, so that later lines may still say what it means.
        open: bool,
        /// What is said by now.
        told: Vec<Told>,
    },
}

impl Default for TextReader {
    fn default() -> Self {
        Self {
            lane: Lane::new(0, 0, Stream::Other),
            again: Again::default(),
            number: 1,
            pieces: 0,
            returned: false,
            passed: None,
        }
    }
}

impl TextReader {
    /// A reader at the beginning of its stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next passage of a text of whole lines, and takes it off the text; `None` at the end.
    pub fn next<'t>(&mut self, patterns: &PatternSet, text: &mut Sifted<'t>) -> Option<Passage<'t>> {
        if self.returned && text.rest().starts_with('\n') {
            text.take_line();
            self.end(b'\n');
        }
        if text.rest().is_empty() {
            return None;
        }
        let first = self.number;
        if self.lane.is_idle() {
            let quiet = text.take_quiet();
            if !quiet.is_empty() {
                self.lane.pass(quiet, self.now());
                if text.rest().is_empty() {
                    self.lane.hear(quiet, self.now());
                } else {
                    self.passed = Some(self.now());
                }
                self.pass(quiet);
                return Some(Passage::Quiet { first, text: quiet });
            }
        }
        let (line, end) = text.take_line();
        let before = self.passed.take().map(|at| (text.quiet(), at));
        let mut told = Vec::new();
        let part = self.read(patterns, line, before, &mut told);
        self.end(end.unwrap_or(b'\n'));
        Some(Passage::Line {
            number: first,
            text: line,
            part,
            open: !self.lane.is_idle(),
            told,
        })
    }

    /// Reads one line, or knows what it says; says whether it was part of something open.
    fn read(
        &mut self,
        patterns: &PatternSet,
        line: &str,
        before: Option<(&str, Timestamp)>,
        told: &mut Vec<Told>,
    ) -> bool {
        let (at, idle) = (self.now(), self.lane.is_idle());
        if idle && let Some(said) = self.again.said(line) {
            self.lane.repeat(line, said.level, at);
            told.push(said.at(at));
            return false;
        }
        let read = self.lane.read_line(patterns, line, before, at, told);
        if idle
            && read.whole
            && self.lane.is_idle()
            && let [one] = told.as_slice()
            && let Some(level) = self.lane.said_at(at)
        {
            self.again.keep(line, one, level);
        }
        read.part
    }

    /// What is open at the end of the stream, as it stands.
    pub fn finish(&mut self) -> Vec<Told> {
        let mut told = Vec::new();
        self.lane.settle(&mut told);
        told
    }

    /// Forgets which lines came before.
    #[cfg(test)]
    pub(super) fn forget(&mut self) {
        self.again = Again::default();
    }

    /// How many lines were read.
    pub fn lines(&self) -> u64 {
        self.number - 1 + u64::from(self.pieces > 0)
    }

    /// The number of the line that a told time stands for.
    pub fn number_at(at: Timestamp) -> u64 {
        u64::try_from(at.as_microsecond()).unwrap_or(0)
    }

    /// Counts the lines of a quiet text; one without an end is the last of its stream.
    fn pass(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut pieces = bytes;
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            self.number += memchr::memchr_iter(b'\n', bytes).count() as u64;
            self.pieces = 0;
            pieces = &bytes[last + 1..];
        }
        self.pieces += memchr::memchr_iter(b'\r', pieces).count() as u64;
        self.returned = text.ends_with('\r');
        if !text.ends_with(['\r', '\n']) {
            self.end(b'\n');
        }
    }

    fn end(&mut self, by: u8) {
        self.returned = by == b'\r';
        if self.returned {
            self.pieces += 1;
        } else {
            self.number += 1;
            self.pieces = 0;
        }
    }

    /// A microsecond a line, a nanosecond a piece of it.
    fn now(&self) -> Timestamp {
        let micros = i64::try_from(self.number).unwrap_or(i64::MAX);
        let nanos = i64::try_from(self.pieces.min(999)).unwrap_or_default();
        let since = SignedDuration::from_micros(micros).saturating_add(SignedDuration::from_nanos(nanos));
        Timestamp::UNIX_EPOCH.checked_add(since).unwrap_or(Timestamp::MAX)
    }
}

/// The lines of a quiet passage with their numbers.
pub fn numbered(first: u64, text: &str) -> impl Iterator<Item = (u64, &str)> {
    let (mut number, mut rest, mut returned) = (first, text, false);
    std::iter::from_fn(move || {
        if returned && rest.starts_with('\n') {
            (number, rest) = (number + 1, &rest[1..]);
        }
        if rest.is_empty() {
            return None;
        }
        let (line, after) = first_line(rest);
        returned = rest[line.len()..].starts_with('\r');
        let this = number;
        number += u64::from(!returned);
        rest = after;
        Some((this, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages(text: &str) -> Vec<(u64, String, usize)> {
        let patterns = PatternSet::builtin().unwrap();
        let mut reader = TextReader::new();
        let mut rest = patterns.sift(text);
        let mut all = Vec::new();
        while let Some(passage) = reader.next(&patterns, &mut rest) {
            all.push(match passage {
                Passage::Quiet { first, text } => (first, text.to_owned(), 0),
                Passage::Line {
                    number, text, told, ..
                } => (number, text.to_owned(), told.len()),
            });
        }
        all
    }

    #[test]
    fn lines_keep_the_numbers_of_an_editor() {
        let found: Vec<_> = numbered(7, "one\r\ntwo\n\nbar 1\rbar 2\nlast").collect();
        assert_eq!(
            found,
            [
                (7, "one"),
                (8, "two"),
                (9, ""),
                (10, "bar 1"),
                (10, "bar 2"),
                (11, "last")
            ]
        );
    }

    #[test]
    fn lines_that_nobody_speaks_for_are_passed_in_one_go_and_counted() {
        let found = passages("one\r\ntwo\n\nwandb: Starting launch agent\r\nbar 1\rbar 2\rlast");
        assert_eq!(
            found,
            [
                (1, "one\r\ntwo\n\n".to_owned(), 0),
                (4, "wandb: Starting launch agent".to_owned(), 1),
                (5, "bar 1\rbar 2\rlast".to_owned(), 0),
            ]
        );
    }
}
