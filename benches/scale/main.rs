//! `cargo bench --bench scale`: what the machine adds and what Liftoff costs, on the real clock. See `benches/README.md`.
//!
//! The emulator and the launches are processes of their own, started from this program again. They speak HTTP/2, as
//! Google's servers do: over HTTP/1.1 each waiting request would take a connection, with 60 KiB of buffers.

mod batch;
mod binary;
#[path = "../common/chart.rs"]
#[expect(dead_code, reason = "the detection bench draws logarithmic heights too")]
mod chart;
mod check;
#[path = "../common/clocks.rs"]
mod clocks;
mod figure;
#[path = "../common/kept.rs"]
mod kept;
mod party;
#[path = "../common/process.rs"]
mod process;
mod publish;
#[path = "../common/readme.rs"]
mod readme;
mod verdicts;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use liftoff::harness::Case;

use batch::Batch;
use check::Check;
use party::{Part, Scene, Size};

/// Launches of a cross-check between the clocks.
const CHECKED: usize = 100;

/// Measures the real binary and processes with many launches, on the real clock.
#[derive(clap::Parser)]
struct Args {
    /// Launches at once in one process, one measurement each; `1000:870`: decided within so many seconds, which are 45 and
    /// one for every 20 launches where not given
    #[arg(long, value_name = "N[:SECONDS]", value_delimiter = ',', default_value = "1,10,100,1000", value_parser = Scene::asked)]
    launches: Vec<Scene>,
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
        Some(part) => Part::parse(part).and_then(Part::play).map(|()| true),
        None => measure(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures, and says whether every launch was judged rightly.
fn measure(args: &Args) -> Result<bool, Box<dyn Error>> {
    let mut out = io::stdout();
    let binary = binary::measure()?;
    write!(out, "{binary}")?;
    let mut checks = Vec::new();
    let mut check = |out: &mut io::Stdout, scene: Scene, size: &Size| -> Result<(), Box<dyn Error>> {
        let check = Check::of(scene, size)?;
        writeln!(out, "{check}")?;
        checks.push(check);
        Ok(())
    };
    let scene = Scene::usual(Case::ExecutionFailed, CHECKED);
    check(&mut out, scene, &Size::play(scene)?)?;
    let mut sizes = Vec::new();
    for &scene in &args.launches {
        let size = Size::play(scene)?;
        writeln!(out, "{size}")?;
        if scene.launches == CHECKED {
            check(&mut out, scene, &size)?;
        }
        sizes.push(size);
    }
    let most = args.launches.iter().map(|scene| scene.launches).max();
    let batch = Batch::play(most.unwrap_or(1))?;
    writeln!(out, "{batch}")?;
    let results = publish::Results {
        cores: kept::cores(),
        binary,
        checks,
        sizes,
        batch,
    };
    kept::write("scale.json", &results)?;
    if args.publish {
        results.publish()?;
    }
    Ok(results.bad() == 0)
}
