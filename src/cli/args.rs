//! The command line, as types.
//!
//! A command's struct says what it takes; `flags()` hands the settings among it to [`crate::config`], and `request()` says
//! what is wanted of a launch. To add a command: a struct in a file here, and its line in [`Command`].

mod batch;
mod classify;
mod emulator;
mod help;
mod history;
mod launch;
mod resume;
mod tools;

use clap::{Parser, Subcommand};

pub use batch::BatchArgs;
pub use classify::{ClassifyArgs, InputForm};
pub use emulator::{EmulateArgs, RehearseArgs};
pub use history::{HistoryArgs, ShowArgs};
pub use launch::{CancelArgs, IdentityFlags, LaunchArgs, RunnerArgs, WatchArgs};
pub use resume::ResumeArgs;
pub use tools::{CompletionsArgs, ConfigArgs, ConfigView, DoctorArgs, ViewFlags};

/// Launches training runners on Google Cloud and tells, soon and truthfully, whether the launch worked
#[derive(Debug, Parser)]
#[command(name = "liftoff", version, after_help = help::EXIT_CODES, max_term_width = 110)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a runner and supervise the launch
    #[command(long_about = help::LAUNCH)]
    Launch(Box<LaunchArgs>),
    /// Launch everything that a file says, and supervise it together
    #[command(long_about = help::BATCH)]
    Batch(Box<BatchArgs>),
    /// Go on with a batch whose process ended
    Resume(Box<ResumeArgs>),
    /// Supervise a launch that was started already
    Watch(Box<WatchArgs>),
    /// Cancel a launch: the execution and the custom jobs that are proven to be its own
    Cancel(Box<CancelArgs>),
    /// List past launches
    History(Box<HistoryArgs>),
    /// Show what was recorded of a launch: its phases, evidence, verdict and diagnosis
    Show(Box<ShowArgs>),
    /// Launch against the built-in cloud: no account, no network
    Rehearse(Box<RehearseArgs>),
    /// Serve the built-in cloud on a loopback port, for other tools
    Emulate(Box<EmulateArgs>),
    /// Say what the lines of a runner's log mean
    #[command(long_about = help::CLASSIFY)]
    Classify(Box<ClassifyArgs>),
    /// Say what would keep a launch from working, and the command that mends it
    #[command(long_about = help::DOCTOR)]
    Doctor(Box<DoctorArgs>),
    /// Show the settings in force and where they come from
    Config(Box<ConfigArgs>),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

#[cfg(test)]
mod tests;
