//! The commands about Liftoff itself and what it needs: `doctor`, `config`, `completions`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use super::help;
use crate::config::{self, CommonFlags, Flags, GoalFlags, JobRef, PlaceFlags};

/// `liftoff doctor [JOB]`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::EXIT_CODES)]
pub struct DoctorArgs {
    /// The Cloud Run job that is to be started: its name, or projects/P/locations/R/jobs/J
    #[arg(value_name = "JOB", value_parser = config::job)]
    pub job: Option<JobRef>,
    /// A file of log patterns added to the built-in ones; may be repeated
    #[arg(long, value_name = "FILE")]
    pub patterns: Vec<PathBuf>,
    /// Where.
    #[command(flatten)]
    pub place: PlaceFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl DoctorArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            place: self.place.clone(),
            goal: GoalFlags {
                patterns: self.patterns.clone(),
                ..GoalFlags::default()
            },
            ..self.common.flags()
        }
    }
}

/// `liftoff config`.
#[derive(Args, Clone, Debug)]
pub struct ConfigArgs {
    /// What is printed.
    #[command(flatten)]
    pub view: ViewFlags,
    /// Where.
    #[command(flatten)]
    pub place: PlaceFlags,
    /// How launches are judged.
    #[command(flatten)]
    pub goal: GoalFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl ConfigArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            place: self.place.clone(),
            goal: self.goal.clone(),
            ..self.common.flags()
        }
    }

    /// What is printed.
    pub fn view(&self) -> ConfigView {
        match (self.view.schema, self.view.default) {
            (true, _) => ConfigView::Schema,
            (false, true) => ConfigView::Default,
            (false, false) => ConfigView::Show,
        }
    }
}

/// What `liftoff config` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigView {
    /// Every setting in force, with its origin.
    Show,
    /// The JSON Schema of what `--output json` writes.
    Schema,
    /// The commented defaults.
    Default,
}

/// At most one of them.
#[derive(Args, Clone, Copy, Debug, Default)]
#[group(multiple = false)]
pub struct ViewFlags {
    /// Print every setting in force and where it comes from (the default)
    #[arg(long)]
    pub show: bool,
    /// Print the JSON Schema of what --output json writes
    #[arg(long)]
    pub schema: bool,
    /// Print the built-in defaults, commented: a start for a file of your own
    #[arg(long)]
    pub default: bool,
}

/// `liftoff completions SHELL`.
#[derive(Args, Clone, Copy, Debug)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}
