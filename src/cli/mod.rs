//! The `liftoff` command: reads its arguments, runs one command, exits with its code.
//!
//! One file per command. Whatever happens, the process ends through [`output::Output::finish`], so that the last line of
//! `--output json` is always the `summary`.
//!
//! To add a command: a struct in `args`, a file here, and its line in [`run`].

pub mod args;
mod batch;
mod cancel;
mod classify;
mod doctor;
mod emulate;
mod failure;
mod history;
mod journal;
mod launch;
mod output;
mod rehearse;
mod resume;
mod session;
mod signals;
mod tools;
mod watchdog;

use std::ffi::OsString;
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use clap::Parser;

use crate::clock::Clock;
use crate::config::{Env as _, Flags, SystemEnv};
use crate::core::verdict::exit;

use args::{Cli, Command};
use failure::Failure;
use output::Output;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(log_panic));
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let code = match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(cli.command),
        Err(error) => usage(&error, &arguments),
    };
    ExitCode::from(code)
}

/// A panic of one actor is its supervisor's business: it is logged in one safe line, not as a backtrace on a terminal.
fn log_panic(info: &PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("no text");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    log::warn!("panic at {place}: {}", crate::core::text::safe_line(text));
}

fn run(command: Command) -> u8 {
    match command {
        Command::Launch(args) => launch::launch(&args),
        Command::Batch(args) => batch::batch(&args),
        Command::Resume(args) => resume::resume(&args),
        Command::History(args) => history::history(&args),
        Command::Show(args) => history::show(&args),
        Command::Watch(args) => launch::watch(&args),
        Command::Cancel(args) => cancel::cancel(&args),
        Command::Rehearse(args) => rehearse::rehearse(&args),
        Command::Emulate(args) => emulate::emulate(&args),
        Command::Classify(args) => classify::classify(&args),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Config(args) => tools::config(&args),
        Command::Completions(args) => tools::completions(args),
    }
}

/// Wrong arguments: clap's own text, or a summary where JSON was asked for.
fn usage(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if !error.use_stderr() {
        let _ = error.print(); // --help and --version; a closed stdout is no failure
        return exit::SUCCESS;
    }
    if !wants_json(arguments) {
        let _ = error.print();
        return exit::USAGE;
    }
    let text = error.to_string();
    let message = text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    let failure = Failure::usage("usage", message, Some("See liftoff --help".to_owned()));
    Output::json_only(Clock::system()).finish_with(&failure)
}

/// Whether JSON was asked for on a command line that cannot be read as a whole.
fn wants_json(arguments: &[OsString]) -> bool {
    let text: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .collect();
    let flag = text.iter().any(|argument| argument == "--output=json")
        || text
            .windows(2)
            .any(|pair| pair[0] == "--output" && pair[1] == "json");
    flag || SystemEnv.given("LIFTOFF_OUTPUT").as_deref() == Some("json")
}

/// Whether these flags ask for JSON, before anything else of the configuration is known.
fn flags_want_json(flags: &Flags) -> bool {
    match flags.output.output {
        Some(output) => output == crate::config::Output::Json,
        None => SystemEnv.given("LIFTOFF_OUTPUT").as_deref() == Some("json"),
    }
}
