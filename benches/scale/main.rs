//! `cargo bench --bench scale`: what the machine adds and what Liftoff costs, on the real clock. See `benches/README.md`.
//!
//! The emulator and the launches are processes of their own, started from this program again.

mod binary;
mod figure;
mod party;
mod publish;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use party::Part;

/// Measures the real binary and processes with many launches, on the real clock.
#[derive(clap::Parser)]
struct Args {
    /// Launches at once in one process, one measurement each
    #[arg(long, value_delimiter = ',', default_value = "1,10,100")]
    launches: Vec<usize>,
    /// Write table and figure into README.md and benches/figures/
    #[arg(long)]
    publish: bool,
    /// Plays a part of a measurement; this program calls itself with it
    #[arg(long, hide = true)]
    part: Option<String>,
    /// What cargo passes
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.part {
        Some(part) => Part::parse(part).and_then(Part::play),
        None => measure(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout();
    let binary = binary::measure()?;
    writeln!(out, "{binary}")?;
    let checks = party::checks()?;
    for check in &checks {
        writeln!(out, "{check}")?;
    }
    let mut sizes = Vec::new();
    for &launches in &args.launches {
        let size = party::size(launches)?;
        writeln!(out, "{size}")?;
        sizes.push(size);
    }
    let results = publish::Results {
        binary,
        checks,
        sizes,
    };
    results.write()?;
    if args.publish {
        results.publish()?;
    }
    Ok(())
}
