//! What a line says by itself: told at once, held back while a later line may take it back, or open for the lines below.

use jiff::Timestamp;

use super::super::block::{Block, Kind, Role, is_adjacent};
use super::super::dump::Dump;
use super::super::held::Held;
use super::super::step;
use super::super::told::Told;
use super::Lane;
use crate::core::finding::Label;
use crate::core::pattern::{Hit, Inside, Level, Line, Opens, PatternSet};

impl Lane {
    /// Drops what a line takes back, or lets it go once that line can no longer come: something else has failed for it.
    pub(super) fn decide_held(&mut self, line: &Line<'_>, hit: Option<&Hit>, told: &mut Vec<Told>) {
        let Some(mut held) = self.held.take() else {
            return;
        };
        if held.is_taken_back(line, hit) {
            return;
        }
        let failed = hit.is_some_and(|hit| hit.pattern.label == Label::Fatal && !self.may_be_taken_back(hit));
        if !failed && held.waits_on(line) {
            self.held = Some(held);
        } else {
            held.release(told);
        }
    }

    /// Tells a finding, or holds it back while a line may come that takes it back.
    pub(super) fn tell(&mut self, hit: Hit, told: &mut Vec<Told>, as_told: impl FnOnce(Hit) -> Told) {
        if !self.may_be_taken_back(&hit) {
            return told.push(as_told(hit));
        }
        let said = as_told(hit.clone());
        if let Some(held) = &mut self.held {
            held.add(said);
        } else {
            let traced = Some(self.traced).filter(|traced| traced.covers());
            self.held = Some(Box::new(Held::new(hit, traced, said)));
        }
    }

    /// Whether one of the next lines may say that a finding did not matter.
    fn may_be_taken_back(&self, hit: &Hit) -> bool {
        let fatal = hit.pattern.label == Label::Fatal;
        let covered = || self.traced.covers() || step::of_output(hit.line()).is_some();
        hit.may_be_taken_back() || (fatal && covered())
    }

    /// A line that stands for itself, or opens something.
    pub(super) fn say(
        &mut self,
        patterns: &PatternSet,
        hit: Hit,
        line: &Line<'_>,
        at: Timestamp,
        told: &mut Vec<Told>,
    ) {
        let place = self.place(at);
        match hit.pattern.opens {
            Some(Opens::GiveUp) => {
                let said = Told::alone(hit.clone(), place);
                self.give_up(patterns, &hit, line, said, told);
            }
            Some(Opens::Traceback) => self.open_traceback(line, at, Told::alone(hit, place), told),
            Some(Opens::Covered) => {
                let said = Told::alone(hit, place);
                told.push(said.clone());
                self.open(Kind::Covered, line, said, told);
            }
            Some(Opens::Dump) => {
                told.push(Told::alone(hit.clone(), place));
                self.dump = Some(Box::new((Dump::after(line), hit, at)));
            }
            None if hit.wants_next() => self.pending = Some(Box::new((hit, at))),
            None => self.tell(hit, told, |hit| Told::alone(hit, place)),
        }
    }

    /// Opens a give-up block; the marker's own line may already name the cause.
    fn give_up(
        &mut self,
        patterns: &PatternSet,
        hit: &Hit,
        line: &Line<'_>,
        said: Told,
        told: &mut Vec<Told>,
    ) {
        let (context, at) = (self.context(Inside::GiveUp), said.opened);
        self.open(Kind::GaveUp, line, said, told);
        let Some(block) = &mut self.block else { return };
        let rest = hit.capture("rest").unwrap_or_default();
        let cause = patterns.best(&Line::parse(rest), context);
        block.hear(Role::More, cause.as_ref(), line, at);
        if block.is_sure() {
            block.tell(told);
        }
    }

    fn open(&mut self, kind: Kind, line: &Line<'_>, said: Told, told: &mut Vec<Told>) {
        if let Some(open) = &mut self.block {
            open.tell(told);
        }
        self.block = Some(Box::new(Block::open(kind, line, said)));
    }

    /// A traceback that a logger printed below error level was caught, and so was one that a warning announces; after a line
    /// of information it may also be what ended the program. One that is an error of its own needs no announcement.
    fn open_traceback(&mut self, line: &Line<'_>, at: Timestamp, said: Told, told: &mut Vec<Told>) {
        let caught = line.level.is_some_and(|level| level < Level::Error);
        let own = line.level == Some(Level::Error);
        let calm = self.calm.filter(|(calm, _)| !own && is_adjacent(*calm, at));
        let kind = if caught || calm.is_some() {
            Kind::Covered
        } else {
            Kind::Bare
        };
        self.open(kind, line, said, told);
        if let Some(block) = &mut self.block
            && !caught
            && calm.is_some_and(|(_, level)| level == Level::Info)
        {
            block.doubt();
        }
    }
}
