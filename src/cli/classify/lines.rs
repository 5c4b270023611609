//! Lines of one log: each with its label, and what they come to.
//!
//! What a line means may be known only when the block that it belongs to is over, so lines are held back while one is open.

use std::io;

use super::input::{Lines, Source, last_end};
use super::{after, code};
use crate::cli::args::ClassifyArgs;
use crate::cli::failure::Failure;
use crate::core::finding::Label;
use crate::core::pattern::PatternSet;
use crate::core::reader::{Deciding, Passage, TextReader, Told, Within, numbered, quiet_label};
use crate::report::classify::{Row, Rows, Whole};

/// Longest line that is read whole, in bytes: four times what Cloud Logging takes.
const LONGEST: usize = 1 << 20;
/// Lines held back at most; a longer block is shown as far as it was read.
const MAX_HELD: usize = 1000;
/// Bytes of a line that are held back: more than is ever shown of it.
const HELD_BYTES: usize = 32 * 1024;

/// Reads a source to its end, or until nobody looks at the output any more.
pub(super) fn read(
    source: &Source,
    patterns: &PatternSet,
    rows: &mut dyn Rows,
    args: &ClassifyArgs,
) -> Result<u8, Failure> {
    let mut lines = Lines::new(source.open()?, LONGEST, last_end);
    let mut log = Log::new(rows, args);
    let mut reader = TextReader::new();
    while let Some(text) = lines.next().map_err(|error| source.unreadable(&error))? {
        let mut rest = patterns.sift(&text);
        let mut shown = Ok(());
        while let (Ok(()), Some(passage)) = (&shown, reader.next(patterns, &mut rest)) {
            shown = log.take(passage);
        }
        if let Err(error) = shown.and_then(|()| log.rows.flush()) {
            return after(&error, code(log.fatal));
        }
    }
    let ended = log.end(&mut reader);
    ended.map_or_else(|error| after(&error, code(log.fatal)), |()| Ok(code(log.fatal)))
}

/// What was read, as far as it is shown.
struct Log<'r> {
    rows: &'r mut dyn Rows,
    shows: Shows,
    held: Vec<Held>,
    /// What the open block means, once that is known.
    block: Option<Label>,
    deciding: Deciding,
    fatal: bool,
    counts: [(Label, u64); 4],
}

/// Which lines are shown.
struct Shows {
    nothing: bool,
    only: Vec<Label>,
}

/// A line that is not shown yet.
struct Held {
    number: u64,
    text: String,
    part: bool,
    label: Option<Label>,
    told: Option<Told>,
    decides: bool,
}

impl Shows {
    fn label(&self, label: Label) -> bool {
        !self.nothing && (self.only.is_empty() || self.only.contains(&label))
    }

    /// Whether lines that no pattern speaks for are shown at all.
    fn quiet(&self) -> bool {
        self.label(Label::Info) || self.label(Label::Benign)
    }
}

impl<'r> Log<'r> {
    fn new(rows: &'r mut dyn Rows, args: &ClassifyArgs) -> Self {
        Self {
            rows,
            shows: Shows {
                nothing: args.quiet,
                only: args.only.clone(),
            },
            held: Vec::new(),
            block: None,
            deciding: Deciding::default(),
            fatal: false,
            counts: [Label::Fatal, Label::Transient, Label::Success, Label::Progress].map(|label| (label, 0)),
        }
    }

    fn take(&mut self, passage: Passage<'_>) -> io::Result<()> {
        match passage {
            Passage::Quiet { first, text } => self.quiet(first, text),
            Passage::Line {
                number,
                text,
                part,
                open,
                told,
            } => {
                self.hold(number, text, part);
                let said = !told.is_empty();
                for told in told {
                    self.hear(told);
                }
                if !open || said || self.held.len() > MAX_HELD {
                    self.show_held()?;
                }
                if !open {
                    self.block = None;
                }
                Ok(())
            }
        }
    }

    fn quiet(&mut self, first: u64, text: &str) -> io::Result<()> {
        if !self.shows.quiet() {
            return Ok(());
        }
        for (number, text) in numbered(first, text) {
            let label = quiet_label(text);
            if self.shows.label(label) {
                self.rows.row(&Row {
                    number,
                    text,
                    label,
                    told: None,
                    decides: false,
                })?;
            }
        }
        Ok(())
    }

    fn hold(&mut self, number: u64, text: &str, part: bool) {
        self.held.push(Held {
            number,
            text: text[..text.floor_char_boundary(HELD_BYTES)].to_owned(),
            part,
            label: None,
            told: None,
            decides: false,
        });
    }

    fn hear(&mut self, told: Told) {
        let wins = self.deciding.offer(&told);
        let (label, within) = (told.finding.label, told.within);
        self.fatal |= label == Label::Fatal;
        let (opened, decided) = (
            TextReader::number_at(told.opened),
            TextReader::number_at(told.decided),
        );
        if let Some(held) = self.held.iter_mut().rev().find(|held| held.number == decided) {
            held.label = Some(label);
            held.decides = wins && matches!(label, Label::Fatal | Label::Transient | Label::Success);
            held.told = Some(told);
        }
        if matches!(within, Within::GiveUp | Within::Traceback | Within::Pair) {
            self.block = Some(label);
            let block = self.held.iter_mut().filter(|held| held.number >= opened);
            for held in block.filter(|held| held.part || held.number == opened) {
                held.label.get_or_insert(label);
            }
        }
    }

    fn show_held(&mut self) -> io::Result<()> {
        for held in std::mem::take(&mut self.held) {
            let label = held.label.or(self.block.filter(|_| held.part));
            let label = label.unwrap_or_else(|| quiet_label(&held.text));
            if let Some((_, count)) = self.counts.iter_mut().find(|(counted, _)| *counted == label) {
                *count += 1;
            }
            if self.shows.label(label) {
                self.rows.row(&Row {
                    number: held.number,
                    text: &held.text,
                    label,
                    told: held.told.as_ref(),
                    decides: held.decides,
                })?;
            }
        }
        Ok(())
    }

    fn end(&mut self, reader: &mut TextReader) -> io::Result<()> {
        for told in reader.finish() {
            self.hear(told);
        }
        self.show_held()?;
        self.rows.whole(&Whole {
            lines: reader.lines(),
            counts: self.counts,
            deciding: self.deciding.told(),
        })?;
        self.rows.flush()
    }
}
