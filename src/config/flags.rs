//! The flags that are settings too. Commands take the groups that concern them.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::core::spec::{Afterwards, Attribution, Goal};

use super::choice::{Color, Output, Verbosity};
use super::count::{at_once, retries};
use super::duration::{Timeout, timeout};
use super::journal::JournalFlags;
use super::name;
use super::quota::{QuotaFlag, quota};

/// Every flag that is a setting; what a command does not take stays unset.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// Where.
    pub place: PlaceFlags,
    /// How it is judged.
    pub goal: GoalFlags,
    /// How many at once.
    pub batching: BatchingFlags,
    /// What is said.
    pub output: OutputFlags,
    /// Where settings come from.
    pub reading: ReadingFlags,
    /// Where launches are recorded.
    pub journal: JournalFlags,
    /// Whether to end once the runner is started.
    pub detach: Option<bool>,
}

/// What every command takes that reads settings and may look into the journal.
#[derive(Args, Clone, Debug, Default)]
pub struct CommonFlags {
    /// What is said.
    #[command(flatten)]
    pub output: OutputFlags,
    /// Where settings come from.
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// Where launches are recorded.
    #[command(flatten)]
    pub journal: JournalFlags,
}

impl CommonFlags {
    /// The settings among a command's arguments, where it takes no others.
    pub fn flags(&self) -> Flags {
        Flags {
            output: self.output.clone(),
            reading: self.reading.clone(),
            journal: self.journal.clone(),
            ..Flags::default()
        }
    }
}

/// Where the runner and the custom job live.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Where")]
pub struct PlaceFlags {
    /// Google Cloud project of the Cloud Run job
    #[arg(long, value_name = "PROJECT", value_parser = name::project)]
    pub project: Option<String>,
    /// Region of the Cloud Run job
    #[arg(long, value_name = "REGION", value_parser = name::region)]
    pub region: Option<String>,
    /// Project where the custom job is expected [default: the project]
    #[arg(long, value_name = "PROJECT", value_parser = name::project)]
    pub vertex_project: Option<String>,
    /// Region where the custom job is expected [default: the region]
    #[arg(long, value_name = "REGION", value_parser = name::region)]
    pub vertex_region: Option<String>,
}

/// What counts as success, and what happens otherwise.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Goal")]
pub struct GoalFlags {
    /// How far the custom job has to come [default: submitted]
    #[arg(long, value_name = "GOAL")]
    pub until: Option<Goal>,
    /// Give up after this long: 90s, 15m, 2h, 1h30m, or none [default: 15m for submitted, 1h for running, none for succeeded]
    #[arg(long, value_name = "DURATION", value_parser = timeout)]
    pub timeout: Option<Timeout>,
    /// How far a guess may go when no mark says whose job it is [default: strict]
    #[arg(long, value_name = "HOW")]
    pub attribution: Option<Attribution>,
    /// Take weak signs for success, reported as not confirmed
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub accept_unconfirmed: Option<bool>,
    /// What to do with the runner and its job after a failure [default: leave]
    #[arg(long, value_name = "WHAT")]
    pub on_failure: Option<Afterwards>,
    /// What to do with them after the deadline [default: leave]
    #[arg(long, value_name = "WHAT")]
    pub on_timeout: Option<Afterwards>,
    /// What to do with them when this process is interrupted [default: leave]
    #[arg(long, value_name = "WHAT")]
    pub on_interrupt: Option<Afterwards>,
    /// A file of log patterns added to the built-in ones; may be repeated
    #[arg(long, value_name = "FILE")]
    pub patterns: Vec<PathBuf>,
}

/// How the launches of a batch follow each other.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Batch")]
pub struct BatchingFlags {
    /// Have at most so many executions alive at once [default: 20]
    #[arg(long, value_name = "N", value_parser = at_once)]
    pub max_parallel: Option<u32>,
    /// Try a launch again so often whose cause can pass: a stockout, a preemption, the network [default: 0]
    #[arg(long, value_name = "N", value_parser = retries)]
    pub retry_failed: Option<u32>,
    /// Start nothing more once a launch has failed
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub fail_fast: Option<bool>,
}

/// What is written, and where.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub struct OutputFlags {
    /// Text for a person, or one JSON object a line on stdout [default: human]
    #[arg(long, value_name = "FORMAT")]
    pub output: Option<Output>,
    /// Whether text is coloured [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub color: Option<Color>,
    /// Show the runner's log
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub logs: Option<bool>,
    /// Append every event to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub events_file: Option<PathBuf>,
    /// Write the final verdict to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub verdict_file: Option<PathBuf>,
    /// Write the results to this file, as JUnit XML: one test case a launch
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write a report for people to this file, as one HTML page that needs no network
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Say more: the evidence and the sources; twice: Liftoff's own log
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say only the verdict and the summary
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
}

impl OutputFlags {
    /// What `-v` and `-q` say together.
    pub fn verbosity(&self) -> Option<Verbosity> {
        match (self.quiet, self.verbose) {
            (true, _) => Some(Verbosity::Quiet),
            (false, 0) => None,
            (false, 1) => Some(Verbosity::Verbose),
            (false, _) => Some(Verbosity::Debug),
        }
    }
}

/// Where settings come from, and how much of the project's quota may be used.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings")]
pub struct ReadingFlags {
    /// Read this file instead of the project's liftoff.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The project's quotas, in requests a minute [default: logging=60,vertex=600,run=600]
    #[arg(long, value_name = "API=N,…", value_parser = quota)]
    pub quota: Option<QuotaFlag>,
}
