//! `cargo bench --bench detection`: how soon, at what cost and how rightly launches are judged. See `benches/README.md`.

mod figures;
mod gate;
mod publish;
mod record;
mod suites;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use liftoff::harness::{paused, table};

use record::Played;
use suites::{Entry, Scale};

/// Plays drawn launches against the built-in cloud, for Liftoff and other rules.
#[derive(clap::Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
struct Args {
    /// A small part, held to what is expected of it; exits with 1 where it is not
    #[arg(long)]
    short: bool,
    /// With --short: expect from now on what comes out
    #[arg(long, requires = "short")]
    bless: bool,
    /// Launches of each cell and policy
    #[arg(long)]
    events: Option<usize>,
    /// Draws everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only cells whose name has this in it
    #[arg(long)]
    only: Option<String>,
    /// Write tables and figures into README.md and benches/figures/
    #[arg(long)]
    publish: bool,
    /// What cargo passes
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<bool, Box<dyn Error>> {
    let usual = if args.short { 12 } else { 300 };
    let scale = Scale {
        events: args.events.unwrap_or(usual),
        seed: args.seed,
    };
    let entries = if args.short { scale.short() } else { scale.full() };
    let wanted = |entry: &Entry| args.only.as_ref().is_none_or(|only| entry.name.contains(only));
    let mut played = Vec::new();
    for entry in entries.iter().filter(|entry| wanted(entry)) {
        let arms = paused(entry.cell.play(&entry.policies))?;
        writeln!(io::stdout(), "{}\n{}", entry.name, table(&entry.cell, &arms))?;
        played.push(Played::new(entry, &arms));
    }
    if args.short {
        return judge(args, &played);
    }
    writeln!(io::stdout(), "{}", publish::block(&played))?;
    let path = record::write("detection.json", &played)?;
    writeln!(io::stdout(), "written: {}", path.display())?;
    if args.publish {
        publish::publish(&played)?;
    }
    Ok(true)
}

/// Holds a short run to what is expected.
fn judge(args: &Args, played: &[Played]) -> Result<bool, Box<dyn Error>> {
    record::write("short.json", played)?;
    if args.bless {
        gate::bless(played)?;
    }
    let complaints = gate::complaints(played)?;
    for complaint in &complaints {
        writeln!(io::stderr(), "{complaint}")?;
    }
    if !complaints.is_empty() {
        let hint = "If this is meant: cargo bench --bench detection -- --short --bless, and read the diff";
        writeln!(io::stderr(), "{hint}")?;
    }
    Ok(complaints.is_empty())
}
