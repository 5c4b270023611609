//! One stream of one attempt of one task: what is open there, and what the next line therefore means.

use jiff::Timestamp;

use super::block::{Block, Kind, Role, is_adjacent};
use super::dump::{Dump, Dumped};
use super::held::Held;
use crate::core::entry::{LogEntry, Stream};
use crate::core::finding::{Finding, Label, Phase};
use crate::core::pattern::{Context, Hit, Level, Line, Opens, PatternSet, Place, lines};

/// The state of one lane.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    task: u32,
    attempt: u32,
    stream: Stream,
    block: Option<Block>,
    dump: Option<(Dump, Hit)>,
    /// A pattern that wants the next line as well, and when its first line was printed.
    pending: Option<(Hit, Timestamp)>,
    /// Findings that the next lines may take back.
    held: Option<Held>,
    /// The last logger line that was no error: a traceback printed with it is a caught one.
    calm: Option<Timestamp>,
}

impl Lane {
    pub(super) fn new(entry: &LogEntry) -> Self {
        Self {
            task: entry.task,
            attempt: entry.attempt,
            stream: entry.stream,
            block: None,
            dump: None,
            pending: None,
            held: None,
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

    /// Whether an entry without any hit is worth remembering by a lane that does not exist yet.
    pub(super) fn would_note(entry: &LogEntry) -> bool {
        last_said(&entry.text).is_some_and(|line| is_calm(&line))
    }

    /// Passes an entry without any hit.
    pub(super) fn note(&mut self, entry: &LogEntry) {
        if let Some(line) = last_said(&entry.text) {
            self.calm = is_calm(&line).then(|| entry.timestamp());
        }
    }

    pub(super) fn read(&mut self, patterns: &PatternSet, entry: &LogEntry, findings: &mut Vec<Finding>) {
        for raw in lines(&entry.text) {
            Line::unfold(raw, &mut |line| {
                self.line(patterns, &line, entry.timestamp(), findings);
            });
        }
    }

    /// Reports what is open; it stays open for what may still come.
    pub(super) fn settle(&mut self, findings: &mut Vec<Finding>) {
        if let Some(held) = self.held.take() {
            held.release(findings);
        }
        if let Some(block) = &mut self.block {
            block.tell(findings);
        }
    }

    fn line(&mut self, patterns: &PatternSet, line: &Line<'_>, at: Timestamp, findings: &mut Vec<Finding>) {
        if self.is_dumped(line, at, findings) || self.is_awaited(line, at, findings) {
            return;
        }
        if self.is_in_block(patterns, line, at, findings) {
            return;
        }
        self.decide_held(line, findings);
        if let Some(hit) = patterns.best(line, self.context(false)) {
            self.say(patterns, hit, line, at, findings);
        }
        if !line.is_blank() && !line.is_indented() {
            self.calm = is_calm(line).then_some(at);
        }
    }

    fn is_dumped(&mut self, line: &Line<'_>, at: Timestamp, findings: &mut Vec<Finding>) -> bool {
        let Some((dump, header)) = &mut self.dump else {
            return false;
        };
        let (dumped, over) = dump.take(line);
        if let Dumped::QueueItem(item) = &dumped {
            let place = Place {
                task: self.task,
                attempt: self.attempt,
                at,
            };
            let finding = header.finding(place);
            findings.push(Finding {
                queue_item: Some(item.clone()),
                phase: Some(Phase::JobReceived),
                ..finding
            });
        }
        if over {
            self.dump = None;
        }
        dumped != Dumped::Foreign
    }

    fn is_awaited(&mut self, line: &Line<'_>, at: Timestamp, findings: &mut Vec<Finding>) -> bool {
        if line.is_blank() || self.pending.as_ref().is_none_or(|(_, since)| at < *since) {
            return false;
        }
        let Some((mut hit, since)) = self.pending.take() else {
            return false;
        };
        let taken = hit.take_next(line);
        if taken {
            findings.push(hit.finding(self.place(since)));
        }
        taken
    }

    fn is_in_block(
        &mut self,
        patterns: &PatternSet,
        line: &Line<'_>,
        at: Timestamp,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let stream = self.stream;
        let Some(block) = &mut self.block else {
            return false;
        };
        let kind = block.kind();
        let given_up = kind == Kind::GaveUp;
        let mut role = block.role(line, at);
        let mut hit = None;
        if matches!(role, Role::Exception | Role::More) {
            hit = patterns.best(line, Context { stream, given_up });
            if hit.as_ref().is_some_and(|hit| stands_alone(hit, kind)) {
                role = Role::Next;
            }
        }
        match role {
            Role::Foreign => return false,
            Role::Next => {
                block.tell(findings);
                self.block = None;
                return false;
            }
            Role::Filler => block.advance(role, line, at),
            Role::Exception | Role::More => {
                block.advance(role, line, at);
                block.hear(role, hit.as_ref(), line);
                if block.is_sure() {
                    block.tell(findings);
                }
            }
        }
        true
    }

    /// Drops what a line takes back, or lets it go once that line can no longer come.
    fn decide_held(&mut self, line: &Line<'_>, findings: &mut Vec<Finding>) {
        let Some(mut held) = self.held.take() else {
            return;
        };
        if held.is_taken_back(line) {
            return;
        }
        if held.waits_on() {
            self.held = Some(held);
        } else {
            held.release(findings);
        }
    }

    fn hold(&mut self, hit: Hit, finding: Finding) {
        match &mut self.held {
            Some(held) => held.add(finding),
            None => self.held = Some(Held::new(hit, finding)),
        }
    }

    /// A line that stands for itself, or opens something.
    fn say(
        &mut self,
        patterns: &PatternSet,
        hit: Hit,
        line: &Line<'_>,
        at: Timestamp,
        findings: &mut Vec<Finding>,
    ) {
        let finding = hit.finding(self.place(at));
        match hit.pattern.opens {
            Some(Opens::GiveUp) => self.give_up(patterns, &hit, line, finding, findings),
            Some(Opens::Traceback) => self.open(self.kind_of_traceback(line, at), line, finding, findings),
            Some(Opens::Covered) => {
                findings.push(finding.clone());
                self.open(Kind::Covered, line, finding, findings);
            }
            Some(Opens::Dump) => {
                findings.push(finding);
                self.dump = Some((Dump::after(line), hit));
            }
            None if hit.may_be_taken_back() => self.hold(hit, finding),
            None if hit.wants_next() => self.pending = Some((hit, at)),
            None => findings.push(finding),
        }
    }

    /// Opens a give-up block; the marker's own line may already name the cause.
    fn give_up(
        &mut self,
        patterns: &PatternSet,
        hit: &Hit,
        line: &Line<'_>,
        finding: Finding,
        findings: &mut Vec<Finding>,
    ) {
        let context = self.context(true);
        self.open(Kind::GaveUp, line, finding, findings);
        let Some(block) = &mut self.block else { return };
        let rest = hit.capture("rest").unwrap_or_default();
        let cause = patterns.best(&Line::parse(rest), context);
        block.hear(Role::More, cause.as_ref(), line);
        if block.is_sure() {
            block.tell(findings);
        }
    }

    fn open(&mut self, kind: Kind, line: &Line<'_>, finding: Finding, findings: &mut Vec<Finding>) {
        if let Some(open) = &mut self.block {
            open.tell(findings);
        }
        self.block = Some(Block::open(kind, line, finding));
    }

    /// A traceback that a logger printed below error level, or with a calm line, was caught.
    fn kind_of_traceback(&self, line: &Line<'_>, at: Timestamp) -> Kind {
        let caught = line.level.is_some_and(|level| level < Level::Error)
            || self.calm.is_some_and(|calm| is_adjacent(calm, at));
        if caught { Kind::Covered } else { Kind::Bare }
    }

    fn context(&self, given_up: bool) -> Context {
        Context {
            stream: self.stream,
            given_up,
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

/// Whether a line means the same wherever it stands: the traceback before it was cut off, or ends in a give-up marker.
fn stands_alone(hit: &Hit, within: Kind) -> bool {
    let gives_up = within == Kind::Bare && hit.pattern.opens == Some(Opens::GiveUp);
    matches!(hit.pattern.label, Label::Success | Label::Progress) || hit.is_exit() || gives_up
}

/// The last line of a text that starts a message.
fn last_said(text: &str) -> Option<Line<'_>> {
    let said = |line: &&str| !line.trim().is_empty() && !line.starts_with([' ', '\t']);
    text.rsplit(['\n', '\r']).find(said).map(Line::parse)
}

/// Whether a logger calls a line no error.
fn is_calm(line: &Line<'_>) -> bool {
    !line.by_wandb && line.level.is_some_and(|level| level < Level::Error)
}
