//! One line of the table: pieces of text with their roles, safe and never wider than it may be.

use crate::core::text::sanitise_line;
use crate::report::columns::{columns, padded, shortened, untabbed};
use crate::report::style::{Role, Style};

/// A line, so wide at most.
#[derive(Clone, Debug)]
pub(super) struct Line {
    most: usize,
    spans: Vec<(Role, String)>,
}

impl Line {
    /// An empty one.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            spans: Vec::new(),
        }
    }

    /// Of one piece.
    pub(super) fn of(most: usize, role: Role, text: &str) -> Self {
        Self::new(most).with(role, text)
    }

    /// With another piece, as far as there is room. Secrets are the caller's to take out.
    pub(super) fn with(mut self, role: Role, text: &str) -> Self {
        let text = shortened(&untabbed(&sanitise_line(text)), self.room());
        self.spans.push((role, text));
        self
    }

    /// With a piece of exactly so many columns, as far as there is room.
    pub(super) fn column(mut self, role: Role, text: &str, exactly: usize) -> Self {
        let text = padded(&untabbed(&sanitise_line(text)), exactly.min(self.room()));
        self.spans.push((role, text));
        self
    }

    /// Columns that are left.
    pub(super) fn room(&self) -> usize {
        self.most.saturating_sub(self.columns())
    }

    /// Columns that it takes, at most.
    pub(super) fn columns(&self) -> usize {
        self.spans.iter().map(|(_, text)| columns(text)).sum()
    }

    /// As it is written.
    pub(super) fn painted(&self, style: Style) -> String {
        self.spans
            .iter()
            .map(|(role, text)| style.paint(*role, text))
            .collect()
    }
}
