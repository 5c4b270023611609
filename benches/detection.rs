//! `cargo bench --bench detection`: how soon, at what cost and how rightly launches are judged. See `benches/README.md`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use liftoff::harness::{Case, Cell, Draw, Lag, Policy, Rival, paused, table};

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    for case in Case::ALL {
        let cell = Cell {
            draw: Draw {
                case,
                lag: Lag::Usual,
                within: Duration::from_secs(75),
                foreign: 0,
            },
            rtt: Duration::from_millis(80),
            launches: 1,
            quotas: true,
            faults: 0.0,
            events: 40,
            seed: 1,
        };
        let policies: Vec<Policy> = std::iter::once(Policy::Liftoff)
            .chain(Rival::ALL.map(Policy::Rival))
            .collect();
        match paused(cell.play(&policies)) {
            Ok(arms) => {
                let _ = writeln!(out, "{}", table(&cell, &arms));
            }
            Err(error) => {
                let _ = writeln!(io::stderr(), "{error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
