//! A batch in a file or a CI's log: a line for each start and end, and now and then one for the whole.

use std::io::{self, Write};

use jiff::{SignedDuration, Timestamp};

use super::board::Board;
use super::view::about;
use crate::core::event::{Event, EventKind};
use crate::core::verdict::{Outcome, Verdict};
use crate::report::human::Human;
use crate::report::human::page::Page;
use crate::report::style::Role;
use crate::report::words;

/// Between two lines for the whole: often enough to see that it lives, seldom enough to read the rest.
const PROGRESS: SignedDuration = SignedDuration::from_secs(30);

/// When the last line for the whole was written, and of what.
#[derive(Debug, Default)]
pub(super) struct Plain {
    told: Option<Timestamp>,
}

impl Plain {
    /// Says what matters of an event.
    pub(super) fn event<W: Write>(
        &mut self,
        human: &mut Human<W>,
        board: &Board,
        event: &Event,
    ) -> io::Result<()> {
        let name = event.name.as_deref().or(event.launch.as_deref());
        let mut page = Page::new(human.style(), name);
        match &event.kind {
            EventKind::LaunchStarted(started) => {
                let verb = if started.attached {
                    "attached to"
                } else {
                    "started"
                };
                let what = format!("{verb} {}", started.execution.short());
                page.mark(0, Role::Plain, "◇", &what);
                for note in &started.notes {
                    page.mark(2, Role::Warning, "!", note);
                }
            }
            EventKind::Verdict(verdict) => {
                page.mark(
                    0,
                    Role::Plain,
                    words::sign(verdict.outcome),
                    &ended(verdict, event.elapsed_ms),
                );
            }
            EventKind::NotStarted(error) => {
                let what = format!("{}: {}: {}", words::NOT_STARTED, error.kind, error.message);
                page.mark(0, Role::Plain, words::sign(None), &what);
            }
            _ => {}
        }
        human.write(page)?;
        self.tick(human, board, event.at)
    }

    /// Says how far the batch is, if it is time.
    pub(super) fn tick<W: Write>(
        &mut self,
        human: &mut Human<W>,
        board: &Board,
        now: Timestamp,
    ) -> io::Result<()> {
        let last = *self.told.get_or_insert(now);
        if now.duration_since(last) < PROGRESS {
            return Ok(());
        }
        self.told = Some(now);
        let mut page = Page::new(human.style(), None);
        page.say(0, Role::Heading, &progress(board, now));
        human.write(page)
    }
}

fn ended(verdict: &Verdict, ms: Option<u64>) -> String {
    let after = ms.map(|ms| format!(" after {}", words::elapsed(ms)));
    let category = verdict
        .category
        .as_ref()
        .filter(|_| verdict.outcome != Outcome::Success);
    let category = category.map(|category| format!(": {category}"));
    format!(
        "{}{}{}: {}",
        words::outcome(verdict.outcome),
        after.unwrap_or_default(),
        category.unwrap_or_default(),
        verdict.summary
    )
}

fn progress(board: &Board, now: Timestamp) -> String {
    let tally = Some(board.tally.to_string()).filter(|text| !text.is_empty());
    let tally = tally.map(|text| format!(" ({text})"));
    let left = board.left(now).map(|left| format!(", {} left", about(left)));
    format!(
        "Progress: {} of {} done{}, {} active, {} waiting{}",
        board.tally.all(),
        board.launches(),
        tally.unwrap_or_default(),
        board.active.len(),
        board.waiting(),
        left.unwrap_or_default()
    )
}
