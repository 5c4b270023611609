//! `liftoff batch FILE`.

use std::path::PathBuf;

use clap::Args;

use crate::config::{self, BatchingFlags, CommonFlags, Flags, Format, GoalFlags, PlaceFlags};
use crate::core::ids::BatchId;

use super::help;

/// `liftoff batch FILE`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::BATCH_FILE)]
pub struct BatchArgs {
    /// The batch file, in TOML, JSON or CSV by its extension; `-` reads the standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The file's format, whatever its name [default: by its extension]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Show what would be launched, let Cloud Run validate it, and start nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before more than 50 launches are started
    #[arg(short, long)]
    pub yes: bool,
    /// The batch's id: a launch of it whose execution exists already is attached to instead of started again
    #[arg(long, value_name = "ID", value_parser = config::parse_batch_id)]
    pub batch_id: Option<BatchId>,
    /// How the launches follow each other.
    #[command(flatten)]
    pub batching: BatchingFlags,
    /// Where.
    #[command(flatten)]
    pub place: PlaceFlags,
    /// How the launches are judged.
    #[command(flatten)]
    pub goal: GoalFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl BatchArgs {
    /// The settings among the arguments. A batch is there to be supervised, whatever a file says of detaching.
    pub fn flags(&self) -> Flags {
        Flags {
            place: self.place.clone(),
            goal: self.goal.clone(),
            batching: self.batching.clone(),
            detach: Some(false),
            ..self.common.flags()
        }
    }
}
