//! A batch for a person: a live table at a terminal, plain lines elsewhere, and one page at the end.
//!
//! ```text
//!  Event ─▶ Board (what is known) ─┬▶ view::lines (pure) ─▶ Screen     at a terminal, ten times a second at most
//!                                  └▶ plain (a line per start and end, and one now and then for the whole)
//!  Summary ─▶ Human: the page at the end
//! ```
//!
//! [`Board`] owns what is known of the launches, [`Screen`] what is drawn. With `-v`, and with `--logs` elsewhere than at
//! a terminal, every launch is shown as a single one would be, by [`Human`]; with `-q`, only the page at the end.
//! To show something more in the table: keep it in `board.rs`, give it its line in `view.rs`.

mod board;
mod line;
mod pace;
mod plain;
mod screen;
mod tally;
mod view;

use std::io::{self, Write};

use indicatif::TermLike;
use jiff::{SignedDuration, Timestamp};

use self::board::Board;
use self::plain::Plain;
use self::screen::Screen;
pub(super) use self::tally::Tally;
use super::{Human, Reporter, Style, Verbosity};
use crate::core::event::{Event, EventKind};

/// Between two drawings: more would cost, and nobody sees it.
const FRAME: SignedDuration = SignedDuration::from_millis(100);

/// Between two drawings while nothing happens: times are shown in seconds.
const STILL: SignedDuration = SignedDuration::from_secs(1);

/// What is known of a batch before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: String,
    /// How many launches it has.
    pub launches: usize,
    /// How many may be under way at once.
    pub parallel: usize,
}

/// Shows a batch to a person.
#[derive(Debug)]
pub struct Crowd<W: Write> {
    board: Board,
    human: Human<W>,
    mode: Mode,
}

/// How the launches are shown while they are under way.
#[derive(Debug)]
enum Mode {
    /// As a table.
    Live {
        screen: Screen,
        /// When it was drawn.
        drawn: Option<Timestamp>,
        /// Something has happened since.
        stale: bool,
    },
    /// A line for what matters.
    Plain(Plain),
    /// As [`Human`] shows single launches.
    Each,
    /// Not at all; only the page at the end.
    Silent,
}

impl<W: Write> Crowd<W> {
    /// A batch on this writer. The table is drawn on `table`, if a person looks at one; otherwise there are lines, all that
    /// a single launch would get if `verbosity` or `logs` ask for that.
    pub fn new(
        out: W,
        style: Style,
        verbosity: Verbosity,
        logs: bool,
        batch: Batch,
        table: Option<Box<dyn TermLike>>,
    ) -> Self {
        let mode = match (verbosity, table) {
            (Verbosity::Normal, Some(term)) => Mode::Live {
                screen: Screen::new(term, style),
                drawn: None,
                stale: true,
            },
            (Verbosity::Quiet, _) => Mode::Silent,
            (Verbosity::Normal, None) if !logs => Mode::Plain(Plain::default()),
            _ => Mode::Each,
        };
        Self {
            board: Board::new(batch),
            human: Human::new(out, style, verbosity, None),
            mode,
        }
    }

    /// Brings the table up to date, if it is time.
    fn refresh(&mut self, now: Timestamp) -> io::Result<()> {
        let Mode::Live { screen, drawn, stale } = &mut self.mode else {
            return Ok(());
        };
        let due = |after: SignedDuration| {
            // A clock that was set back is no reason to stand still.
            drawn.is_none_or(|last| now.duration_since(last).abs() >= after)
        };
        let news = *stale || screen.is_resized();
        if !due(if news { FRAME } else { STILL }) {
            return Ok(());
        }
        (*drawn, *stale) = (Some(now), false);
        screen.draw(&view::lines(&self.board, screen.size(), now))
    }
}

impl<W: Write> Reporter for Crowd<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.board.take(event);
        if matches!(event.kind, EventKind::Summary(_)) {
            if let Mode::Live { screen, .. } = &mut self.mode {
                screen.clear()?;
                self.mode = Mode::Silent;
            }
            return self.human.event(event);
        }
        match &mut self.mode {
            Mode::Live { stale, .. } => {
                *stale = true;
                self.refresh(event.at)
            }
            Mode::Plain(plain) => plain.event(&mut self.human, &self.board, event),
            Mode::Each => self.human.event(event),
            Mode::Silent => Ok(()),
        }
    }

    fn tick(&mut self, now: Timestamp) -> io::Result<()> {
        if let Mode::Plain(plain) = &mut self.mode {
            return plain.tick(&mut self.human, &self.board, now);
        }
        self.refresh(now)
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        if let Mode::Live { screen, stale, .. } = &mut self.mode {
            screen.clear()?;
            *stale = true;
        }
        self.human.note(text)
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Mode::Live { screen, .. } = &mut self.mode {
            screen.clear()?;
        }
        self.human.finish()
    }
}

#[cfg(test)]
mod tests;
