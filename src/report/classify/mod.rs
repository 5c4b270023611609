//! What `liftoff classify` shows: lines with their labels, and which of them decides.
//!
//! A [`Rows`] writes one format to a writer that it was given. Whatever a line says passes through
//! [`crate::core::text`] before it is written. To add a format: one file with a type that implements [`Rows`], and the line
//! where the command chooses it.

mod explain;
mod human;
mod json;

use std::io;

use crate::core::finding::Label;
use crate::core::reader::Told;

pub use explain::Explanation;
pub use human::HumanRows;
pub use json::{ItemRow, JsonRows};

/// One line that was read.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// As it was printed.
    pub text: &'a str,
    /// What it means.
    pub label: Label,
    /// What is said because of it.
    pub told: Option<&'a Told>,
    /// Whether it decides what the whole means, as far as the whole was read.
    pub decides: bool,
}

/// All lines together.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// How many there were.
    pub lines: u64,
    /// How many of them were fatal, transient, success and progress.
    pub counts: [(Label, u64); 4],
    /// What decides.
    pub deciding: Option<&'a Told>,
}

/// A format of output.
pub trait Rows {
    /// Shows a line.
    fn row(&mut self, row: &Row<'_>) -> io::Result<()>;

    /// Ends the output.
    fn whole(&mut self, whole: &Whole<'_>) -> io::Result<()>;

    /// Makes what was shown visible.
    fn flush(&mut self) -> io::Result<()>;
}

#[cfg(test)]
mod tests;
