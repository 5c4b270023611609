//! The commands about the built-in cloud: `rehearse`, `emulate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::config::{self, Flags, GoalFlags, OutputFlags, ReadingFlags};
use crate::emulator::Fault;
use crate::watch::chaos::Chaos;

use super::help;
use super::launch::IdentityFlags;

/// `liftoff rehearse [SCENARIO]`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::EXIT_CODES)]
pub struct RehearseArgs {
    /// What the built-in cloud does; --list names them. Without one: a short successful launch, then a failing one
    pub scenario: Option<String>,
    /// List the scenarios
    #[arg(long)]
    pub list: bool,
    /// How many times faster than real time it goes, 0.01 to 10000
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed)]
    pub speed: f64,
    /// Make watchers fail on purpose: SOURCE=HOW, such as log=panic or vertex=hang; several with commas
    #[arg(long = "break", value_name = "SOURCE=HOW", value_parser = clap::value_parser!(Chaos))]
    pub chaos: Option<Chaos>,
    /// What is known of the job to come.
    #[command(flatten)]
    pub identity: IdentityFlags,
    /// How it is judged.
    #[command(flatten)]
    pub goal: GoalFlags,
    /// What is said.
    #[command(flatten)]
    pub output: OutputFlags,
    /// Where settings come from.
    #[command(flatten)]
    pub reading: ReadingFlags,
}

impl RehearseArgs {
    /// The settings among the arguments. A rehearsal is always supervised.
    pub fn flags(&self) -> Flags {
        Flags {
            goal: self.goal.clone(),
            output: self.output.clone(),
            reading: self.reading.clone(),
            detach: Some(false),
            ..Flags::default()
        }
    }
}

/// `liftoff emulate [SCENARIO]`.
#[derive(Args, Clone, Debug)]
pub struct EmulateArgs {
    /// What job `train` does; every built-in scenario is also a job of its own name
    pub scenario: Option<String>,
    /// The loopback port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub port: u16,
    /// How many times faster than real time scenarios go, 0.01 to 10000
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed)]
    pub speed: f64,
    /// Run job `train`, and jobs that are created, as real processes: /bin/sh -c COMMAND, followed by the container's arguments
    #[arg(long, value_name = "COMMAND")]
    pub exec: Option<String>,
    /// From a log line's timestamp to where queries show it, whatever the scenario says, such as 15s
    #[arg(long, value_name = "DURATION", value_parser = config::duration)]
    pub lag: Option<Duration>,
    /// Something that goes wrong, in the words of a scenario's `[[fault]]`: method=logging.*,kind=status,code=503,from=10s,to=1m; may be repeated
    #[arg(long = "fault", value_name = "KEY=VALUE,…")]
    pub faults: Vec<Fault>,
    /// Accelerators that custom jobs may use at a time in a region, such as `NVIDIA_TESLA_A100=0`; 8 of each type if not given
    #[arg(long = "accelerators", value_name = "TYPE=N", value_parser = accelerators)]
    pub accelerators: Vec<(String, u32)>,
    /// Accept requests without credentials, which Google refuses
    #[arg(long)]
    pub allow_anonymous: bool,
    /// Write a service account key for this cloud to FILE, for `GOOGLE_APPLICATION_CREDENTIALS`
    #[arg(long, value_name = "FILE")]
    pub write_credentials: Option<PathBuf>,
    /// Round-trip time added to every answer, such as 80ms
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = config::duration)]
    pub rtt: Duration,
    /// What is said.
    #[command(flatten)]
    pub output: OutputFlags,
    /// Where settings come from.
    #[command(flatten)]
    pub reading: ReadingFlags,
}

impl EmulateArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            output: self.output.clone(),
            reading: self.reading.clone(),
            ..Flags::default()
        }
    }
}

/// Reads `TYPE=N`.
fn accelerators(text: &str) -> Result<(String, u32), String> {
    let read = text
        .split_once('=')
        .and_then(|(kind, count)| Some((kind.to_owned(), count.parse().ok()?)));
    read.filter(|(kind, _)| !kind.is_empty())
        .ok_or_else(|| "expected a type and a number, such as NVIDIA_L4=2".to_owned())
}

/// Reads a factor of real time.
fn speed(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|speed| (0.01..=10_000.0).contains(speed))
        .ok_or_else(|| "expected a number from 0.01 to 10000".to_owned())
}
