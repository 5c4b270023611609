//! `liftoff resume [BATCH]`.

use std::path::PathBuf;

use clap::Args;

use crate::config::{self, BatchingFlags, CommonFlags, Flags, Format};
use crate::core::ids::BatchId;

use super::help;

/// `liftoff resume [BATCH]`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::EXIT_CODES)]
pub struct ResumeArgs {
    /// The batch [default: the last one that was not finished]
    #[arg(value_name = "BATCH", value_parser = config::parse_batch_id)]
    pub batch: Option<BatchId>,
    /// The batch file, if it is needed: secrets are not recorded, and a launch that needs them is read from it again
    /// [default: the file that the batch was made from]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// That file's format, whatever its name [default: by its extension]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// How the launches follow each other [default: as the batch was begun with].
    #[command(flatten)]
    pub batching: BatchingFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl ResumeArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            batching: self.batching.clone(),
            detach: Some(false),
            ..self.common.flags()
        }
    }
}
