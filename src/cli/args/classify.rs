//! `liftoff classify`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::config::{Color, Flags, GoalFlags, Output, OutputFlags, ReadingFlags};
use crate::core::finding::Label;

use super::help;

/// `liftoff classify [FILE|-]`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::CLASSIFY_EXIT_CODES)]
pub struct ClassifyArgs {
    /// What to read; standard input without it, or with `-`
    pub file: Option<PathBuf>,
    /// What it holds
    #[arg(long, value_name = "FORM", default_value = "lines")]
    pub input: InputForm,
    /// Say which pattern decided, where it comes from, what it captured, and what the line stood in
    #[arg(long)]
    pub explain: bool,
    /// Show only lines with these labels
    #[arg(long, value_name = "LABEL,…", value_delimiter = ',')]
    pub only: Vec<Label>,
    /// A file of log patterns added to the built-in ones; may be repeated
    #[arg(long, value_name = "FILE")]
    pub patterns: Vec<PathBuf>,
    /// Text for a person, or one JSON object a line on stdout [default: human]
    #[arg(long, value_name = "FORMAT")]
    pub output: Option<Output>,
    /// Whether text is coloured [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub color: Option<Color>,
    /// Say only what it comes to: the fastest way through a large file
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show Liftoff's own log, where given twice
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Read this file instead of the project's liftoff.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What the input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum InputForm {
    /// The lines of one log, as they were printed
    Lines,
    /// One item a line, each judged by itself: {"id", "lines": […], "severity"}
    Jsonl,
}

impl ClassifyArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            goal: GoalFlags {
                patterns: self.patterns.clone(),
                ..GoalFlags::default()
            },
            output: OutputFlags {
                output: self.output,
                color: self.color,
                quiet: self.quiet,
                verbose: self.verbose,
                ..OutputFlags::default()
            },
            reading: ReadingFlags {
                config: self.config.clone(),
                ..ReadingFlags::default()
            },
            ..Flags::default()
        }
    }
}
