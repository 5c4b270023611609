//! Draws lines over the lines drawn before. What is drawn is decided in [`view`](super::view).

use std::fmt;
use std::io;

use indicatif::TermLike;

use super::line::Line;
use super::view::Size;
use crate::report::Style;

/// A terminal whose last lines are the table's.
pub(super) struct Screen {
    term: Box<dyn TermLike>,
    style: Style,
    /// Columns of each line that is drawn now. The cursor stands below them.
    drawn: Vec<usize>,
    /// The size for which they were drawn.
    size: Size,
}

impl Screen {
    /// On this terminal; nothing is drawn yet.
    pub(super) fn new(term: Box<dyn TermLike>, style: Style) -> Self {
        let size = measured(&*term);
        Self {
            term,
            style,
            drawn: Vec::new(),
            size,
        }
    }

    /// The size now. The line on which the cursor stands is not to be used.
    pub(super) fn size(&self) -> Size {
        measured(&*self.term)
    }

    /// Whether the terminal is of another size than when it was drawn to.
    pub(super) fn is_resized(&self) -> bool {
        self.size() != self.size
    }

    /// Draws these lines in the place of those before.
    pub(super) fn draw(&mut self, lines: &[Line]) -> io::Result<()> {
        let before = self.rewind()?;
        for line in lines {
            self.term.clear_line()?;
            self.term.write_line(&line.painted(self.style))?;
        }
        self.wipe(before.saturating_sub(lines.len()))?;
        self.drawn = lines.iter().map(Line::columns).collect();
        self.term.flush()
    }

    /// Takes the lines away.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.draw(&[])
    }

    /// Moves the cursor to the first line that is drawn; how many there are. A terminal that was made narrower has broken
    /// lines into several; those that were pushed out at its top are out of reach.
    fn rewind(&mut self) -> io::Result<usize> {
        self.size = measured(&*self.term);
        let width = self.size.width.max(1);
        let rows = self.drawn.iter().map(|columns| columns.div_ceil(width).max(1));
        let rows = rows.sum::<usize>().min(self.size.height);
        self.term.move_cursor_up(rows)?;
        Ok(rows)
    }

    /// Empties so many lines from the cursor on, which stays.
    fn wipe(&self, lines: usize) -> io::Result<()> {
        for _ in 0..lines {
            self.term.clear_line()?;
            self.term.move_cursor_down(1)?;
        }
        self.term.move_cursor_up(lines)
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("drawn", &self.drawn.len())
            .finish_non_exhaustive()
    }
}

fn measured(term: &dyn TermLike) -> Size {
    Size {
        width: usize::from(term.width()),
        height: usize::from(term.height()).saturating_sub(1),
    }
}
