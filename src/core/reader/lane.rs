//! One stream of one attempt of one task: what is open there, and what the next line therefore means.

mod say;

use jiff::Timestamp;

use super::announce::{last_level, level_of};
use super::block::{Block, Kind, Role};
use super::dump::{Dump, Dumped};
use super::held::Held;
use super::shell::Traced;
use super::told::{Told, Within};
use crate::core::entry::{LogEntry, Stream};
use crate::core::finding::{Finding, Label, Phase};
use crate::core::pattern::{Context, Hit, Inside, Level, Line, Opens, PatternSet, Place, Sifted};

/// The state of one lane. What may be open is boxed: mostly nothing is, and a reader is kept for each launch.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    task: u32,
    attempt: u32,
    stream: Stream,
    block: Option<Box<Block>>,
    /// The job that is being dumped, its header, and when that was printed.
    dump: Option<Box<(Dump, Hit, Timestamp)>>,
    /// A pattern that wants the next line as well, and when its first line was printed.
    pending: Option<Box<(Hit, Timestamp)>>,
    /// Findings that the next lines may take back.
    held: Option<Box<Held>>,
    /// The command that a shell script traced last.
    traced: Traced,
    /// When the newest line that begins a message was printed: an older one that comes late, or again, is not the last word.
    said: Timestamp,
    /// The same, if it was a logger's and no error: a traceback printed with it is a caught one.
    calm: Option<(Timestamp, Level)>,
}

/// How a line was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    /// It was part of something open.
    pub(super) part: bool,
    /// It is one line, and not several in one.
    pub(super) whole: bool,
}

impl Lane {
    pub(super) fn new(task: u32, attempt: u32, stream: Stream) -> Self {
        Self {
            task,
            attempt,
            stream,
            block: None,
            dump: None,
            pending: None,
            held: None,
            traced: Traced::default(),
            said: Timestamp::MIN,
            calm: None,
        }
    }

    pub(super) fn is_of(&self, entry: &LogEntry) -> bool {
        (self.task, self.attempt, self.stream) == (entry.task, entry.attempt, entry.stream)
    }

    /// Whether nothing is open, so that a line without a hit means nothing.
    pub(super) fn is_idle(&self) -> bool {
        self.block.is_none() && self.dump.is_none() && self.pending.is_none() && self.held.is_none()
    }

    /// Notes a text that no pattern speaks for.
    pub(super) fn note(&mut self, text: &str, at: Timestamp) {
        self.pass(text, at);
        self.hear(text, at);
    }

    /// Passes a text that no pattern speaks for: what it is to commands that a script traces.
    pub(super) fn pass(&mut self, text: &str, at: Timestamp) {
        if !text.is_empty() {
            self.traced.pass(text, at);
        }
    }

    /// Hears what a text that no pattern speaks for announces; says whether it begins a message.
    pub(super) fn hear(&mut self, text: &str, at: Timestamp) -> bool {
        let level = last_level(text);
        if let Some(level) = level {
            self.heard(level, at);
        }
        level.is_some()
    }

    fn heard(&mut self, level: Level, at: Timestamp) {
        if at >= self.said {
            self.said = at;
            self.calm = (level < Level::Error).then_some((at, level));
        }
    }

    /// Reads a text of one or more lines that were printed together. While nothing is open, what no pattern can speak for
    /// is passed over in one go.
    pub(super) fn read(
        &mut self,
        patterns: &PatternSet,
        mut text: Sifted<'_>,
        at: Timestamp,
        told: &mut Vec<Told>,
    ) {
        while !text.rest().is_empty() {
            if self.is_idle() {
                self.note(text.take_quiet(), at);
            }
            let (raw, _) = text.take_line();
            self.read_line(patterns, raw, None, at, told);
        }
    }

    /// Reads one line, as it was printed. What stands right `before` it, passed and not heard, is heard if that matters.
    pub(super) fn read_line(
        &mut self,
        patterns: &PatternSet,
        raw: &str,
        mut before: Option<(&str, Timestamp)>,
        at: Timestamp,
        told: &mut Vec<Told>,
    ) -> Read {
        let (mut part, mut lines) = (false, 0);
        Line::unfold(raw, &mut |line| {
            lines += 1;
            part |= self.line(patterns, &line, before.take(), at, told);
        });
        let whole = lines == 1;
        Read { part, whole }
    }

    /// Takes note of a line that is known to say something, and to open nothing; it traces no command.
    pub(super) fn repeat(&mut self, raw: &str, level: Level, at: Timestamp) {
        self.traced.pass(raw, at);
        self.heard(level, at);
    }

    /// How bad the message was that a line printed then began.
    pub(super) fn said_at(&self, at: Timestamp) -> Option<Level> {
        let calm = self.calm.filter(|(calm, _)| *calm == at);
        (self.said == at).then(|| calm.map_or(Level::Error, |(_, level)| level))
    }

    /// Reports what is open; it stays open for what may still come.
    pub(super) fn settle(&mut self, told: &mut Vec<Told>) {
        if let Some(held) = self.held.take() {
            held.release(told);
        }
        if let Some(block) = &mut self.block {
            block.tell(told);
        }
    }

    fn line(
        &mut self,
        patterns: &PatternSet,
        line: &Line<'_>,
        before: Option<(&str, Timestamp)>,
        at: Timestamp,
        told: &mut Vec<Told>,
    ) -> bool {
        if self.is_dumped(line, at, told)
            || self.is_awaited(patterns, line, at, told)
            || self.is_in_block(patterns, line, at, told)
        {
            return true;
        }
        let hit = patterns.best(line, self.context(Inside::Nothing));
        self.traced.see(line, at);
        self.decide_held(line, hit.as_ref(), told);
        let level = (!line.is_blank() && !line.is_indented()).then(|| level_of(line, hit.as_ref()));
        let traceback = hit
            .as_ref()
            .is_some_and(|hit| hit.pattern.opens == Some(Opens::Traceback));
        // Only a traceback asks what was announced, and any line that begins a message says it anew.
        if let Some((text, at)) = before.filter(|_| traceback || level.is_none()) {
            self.hear(text, at);
        }
        if let Some(hit) = hit {
            self.say(patterns, hit, line, at, told);
        }
        if let Some(level) = level {
            self.heard(level, at);
        }
        false
    }

    fn is_dumped(&mut self, line: &Line<'_>, at: Timestamp, told: &mut Vec<Told>) -> bool {
        let place = self.place(at);
        let Some(open) = &mut self.dump else {
            return false;
        };
        let (dump, header, opened) = &mut **open;
        let (dumped, over) = dump.take(line);
        if let Dumped::QueueItem(item) = &dumped {
            let said = Told::alone(header.clone(), place);
            told.push(Told {
                within: Within::Dump,
                opened: *opened,
                finding: Finding {
                    queue_item: Some(item.clone()),
                    phase: Some(Phase::JobReceived),
                    ..said.finding
                },
                ..said
            });
        }
        if over {
            self.dump = None;
        }
        dumped != Dumped::Foreign
    }

    /// A line that another one announced. A heading that says nothing else gives way to what the line says by itself.
    fn is_awaited(
        &mut self,
        patterns: &PatternSet,
        line: &Line<'_>,
        at: Timestamp,
        told: &mut Vec<Told>,
    ) -> bool {
        if line.is_blank() || self.pending.as_ref().is_none_or(|pending| at < pending.1) {
            return false;
        }
        let Some(pending) = self.pending.take() else {
            return false;
        };
        let (mut hit, since) = *pending;
        if !hit.take_next(line) {
            return false;
        }
        let known = |inside| patterns.best(line, self.context(inside)).filter(is_cause);
        let cause = || known(Inside::Nothing).or_else(|| known(Inside::GiveUp));
        if let Some(cause) = hit.pattern.vague.then(cause).flatten() {
            let place = self.place(at);
            self.tell(cause, told, |hit| Told::alone(hit, place));
        } else {
            let place = self.place(since);
            self.tell(hit, told, |hit| Told {
                within: Within::Pair,
                decided: at,
                ..Told::alone(hit, place)
            });
        }
        true
    }

    fn is_in_block(
        &mut self,
        patterns: &PatternSet,
        line: &Line<'_>,
        at: Timestamp,
        told: &mut Vec<Told>,
    ) -> bool {
        let stream = self.stream;
        let Some(block) = &mut self.block else {
            return false;
        };
        let kind = block.kind();
        let mut role = block.role(line, at);
        let mut hit = None;
        if matches!(role, Role::Exception | Role::More) {
            let inside = inside(kind);
            hit = patterns.best(line, Context { stream, inside });
            if hit.as_ref().is_some_and(|hit| stands_alone(hit, kind)) {
                role = Role::Next;
            }
        }
        match role {
            Role::Foreign => return false,
            Role::Next => {
                block.tell(told);
                self.block = None;
                return false;
            }
            Role::Filler => block.advance(role, line, at),
            Role::Exception | Role::More => {
                block.advance(role, line, at);
                block.hear(role, hit.as_ref(), line, at);
                if block.is_sure() {
                    block.tell(told);
                }
            }
        }
        true
    }

    fn context(&self, inside: Inside) -> Context {
        Context {
            stream: self.stream,
            inside,
        }
    }

    fn place(&self, at: Timestamp) -> Place {
        Place {
            task: self.task,
            attempt: self.attempt,
            at,
        }
    }
}

/// What a line of a block is part of; one of a covered message says nothing in any case.
fn inside(kind: Kind) -> Inside {
    match kind {
        Kind::GaveUp => Inside::GiveUp,
        Kind::Bare | Kind::Covered => Inside::Traceback,
    }
}

/// Whether it says what went wrong, more than that something did.
fn is_cause(hit: &Hit) -> bool {
    let pattern = &hit.pattern;
    let trouble = matches!(pattern.label, Label::Fatal | Label::Transient);
    trouble && !pattern.vague && pattern.opens.is_none() && !hit.wants_next()
}

/// Whether a line means the same wherever it stands: the traceback before it was cut off, or ends in a give-up marker.
fn stands_alone(hit: &Hit, within: Kind) -> bool {
    let gives_up = within == Kind::Bare && hit.pattern.opens == Some(Opens::GiveUp);
    matches!(hit.pattern.label, Label::Success | Label::Progress) || hit.is_exit() || gives_up
}
