//! `cargo bench --bench detection`: how soon, at what cost and how rightly launches are judged. See `benches/README.md`.

mod alone;
#[path = "../common/chart.rs"]
mod chart;
#[path = "../common/clocks.rs"]
mod clocks;
mod figures;
mod gate;
#[path = "../common/kept.rs"]
mod kept;
#[path = "../common/process.rs"]
mod process;
mod publish;
#[path = "../common/readme.rs"]
mod readme;
mod real;
mod record;
mod suites;
mod targets;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use liftoff::harness::{Amiss, paused, table};

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
    /// Launches of each cell, 400 by default, for which it takes a quarter of an hour; the other rules watch a fifth of them
    #[arg(long)]
    events: Option<usize>,
    /// Liftoff alone, as life is, with faults: launches that were judged wrongly, missed or started twice
    #[arg(long, conflicts_with = "short")]
    soak: bool,
    /// Some paths on the virtual and on the real clock, with the emulator in another process, and launches alone in theirs: twelve minutes
    #[arg(long, conflicts_with_all = ["short", "soak"])]
    real: bool,
    /// Plays a part of --real; this program calls itself with it
    #[arg(long, hide = true)]
    part: Option<String>,
    /// Draws everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only cells whose name has this in it
    #[arg(long)]
    only: Option<String>,
    /// Plays nothing: draws the table of targets anew from what the last runs of all benches have left
    #[arg(long, conflicts_with_all = ["short", "soak", "real"])]
    targets: bool,
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
    if let Some(part) = &args.part {
        return real::play(part).map(|()| true);
    }
    if args.real {
        return check();
    }
    if args.targets {
        return draw_targets(args.publish);
    }
    let mut played = Vec::new();
    for entry in &entries(args) {
        let arms = paused(entry.cell.play(&entry.policies))?;
        writeln!(io::stdout(), "{}\n{}", entry.name, table(&entry.cell, &arms))?;
        played.push(Played::new(entry, &arms));
    }
    if args.short {
        return judge(args, &played);
    }
    if args.soak {
        kept::write(&format!("soak-{}.json", args.seed), &played)?;
        return soaked(&played);
    }
    let path = kept::write("detection.json", &played)?;
    writeln!(
        io::stdout(),
        "{}\n{}",
        publish::block(&played),
        targets::table(&played)
    )?;
    writeln!(io::stdout(), "written: {}", path.display())?;
    if args.publish {
        publish::publish(&played)?;
    }
    Ok(true)
}

/// What is to be played.
fn entries(args: &Args) -> Vec<Entry> {
    let usual = match (args.short, args.soak) {
        (true, _) => 12,
        (_, true) => 2000,
        _ => 400,
    };
    let events = args.events.unwrap_or(usual);
    let scale = Scale {
        events,
        rivals: if args.short { usize::MAX } else { events / 5 },
        seed: args.seed,
    };
    let mut entries = match (args.short, args.soak) {
        (true, _) => scale.short(),
        (_, true) => scale.soak(),
        _ => scale.full(),
    };
    let wanted = |entry: &Entry| args.only.as_ref().is_none_or(|only| entry.name.contains(only));
    entries.retain(wanted);
    entries
}

/// Draws the table of targets from what is kept.
fn draw_targets(publish: bool) -> Result<bool, Box<dyn Error>> {
    let played: Vec<Played> = serde_json::from_slice(&fs::read(kept::folder().join("detection.json"))?)?;
    let table = targets::table(&played);
    writeln!(io::stdout(), "{table}")?;
    if publish {
        readme::replace("benches/README.md", "targets", &table)?;
    }
    Ok(true)
}

/// Says what became of all launches together.
fn soaked(played: &[Played]) -> Result<bool, Box<dyn Error>> {
    let rows = || played.iter().flat_map(|cell| &cell.arms);
    let sum = |of: fn(&record::Row) -> usize| rows().map(of).sum::<usize>();
    let amiss: Amiss = rows().map(|row| row.amiss).sum();
    writeln!(
        io::stdout(),
        "{} launches: {amiss}, {} started twice; {} rightly undetermined",
        sum(|row| row.launches),
        sum(|row| row.doubles),
        amiss.open,
    )?;
    Ok(sum(record::Row::bad) == 0)
}

/// Compares the clocks, and says what Liftoff itself adds.
fn check() -> Result<bool, Box<dyn Error>> {
    let real = real::Real::play()?;
    writeln!(io::stdout(), "{real}")?;
    kept::write("real.json", &real)?;
    Ok(true)
}

/// Holds a short run to what is expected.
fn judge(args: &Args, played: &[Played]) -> Result<bool, Box<dyn Error>> {
    kept::write("short.json", played)?;
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
