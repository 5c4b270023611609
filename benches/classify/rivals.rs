//! The same literals in other hands, and the whole command.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::Instant;

use crate::Table;

/// What Python gets of the log, in bytes: it would need minutes for all of it.
const FOR_PYTHON: usize = 4 << 20;
/// How often the command's log holds the bench's.
const COPIES: usize = 8;
/// Each is run this often; the best counts.
const TIMES: u32 = 6;

/// Reads lines and looks for each literal in each: how the substrings of a script are usually looked for.
const PYTHON: &str = "
import sys, time
literals = open(sys.argv[1]).read().split('\\n')
begun = time.perf_counter()
hits = 0
with open(sys.argv[2], errors='replace') as lines:
    for line in lines:
        hits += any(literal in line for literal in literals)
print(time.perf_counter() - begun)
";

/// Measures every rival that is installed, and `liftoff classify` from end to end.
pub(crate) fn all(table: &mut Table<'_>, literals: &[&str], log: &str, plain: Duration) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let ours = crate::speed(log.len(), plain);
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("literals"), literals.join("\n"))?;
    std::fs::write(file("log"), log)?;
    std::fs::write(file("part"), &log[..log.floor_char_boundary(FOR_PYTHON)])?;

    grep(table, &folder, log.len(), ours)?;
    python(table, &folder, ours)?;

    std::fs::write(file("large"), log.repeat(COPIES))?;
    for (what, arguments) in [
        ("liftoff classify -q FILE", &["-q"][..]),
        ("liftoff classify --only fatal FILE", &["--only", "fatal"]),
        ("liftoff classify FILE, every line shown", &[]),
        ("liftoff classify --output json FILE", &["--output", "json"]),
    ] {
        let took = command(Path::new(env!("CARGO_BIN_EXE_liftoff")), |command| {
            command.arg("classify").args(arguments).arg(file("large"));
        })?;
        table.row(what, log.len() * COPIES, took)?;
    }
    Ok(())
}

fn grep(table: &mut Table<'_>, folder: &TempDir, bytes: usize, ours: f64) -> io::Result<()> {
    for (what, flag) in [("grep -c -F -f", "-cF"), ("grep -c -i -F -f", "-ciF")] {
        let took = command(Path::new("grep"), |command| {
            let (literals, log) = (folder.path().join("literals"), folder.path().join("log"));
            command
                .env("LC_ALL", "C")
                .arg(flag)
                .arg("-f")
                .arg(literals)
                .arg(log);
        });
        match took {
            Ok(took) => table.ratio(what, bytes, took, ours)?,
            Err(error) => table.skip(what, &error.to_string())?,
        }
    }
    Ok(())
}

fn python(table: &mut Table<'_>, folder: &TempDir, ours: f64) -> io::Result<()> {
    const WHAT: &str = "python: any(p in line for p in literals)";
    let mut process = Command::new("python3");
    process
        .args(["-c", PYTHON])
        .args([folder.path().join("literals"), folder.path().join("part")]);
    let seconds = process.output().map(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.trim().parse::<f64>().ok()
    });
    match seconds {
        Ok(Some(seconds)) => table.ratio(WHAT, FOR_PYTHON, Duration::from_secs_f64(seconds), ours),
        Ok(None) => table.skip(WHAT, "python3 does not run here"),
        Err(error) => table.skip(WHAT, &error.to_string()),
    }
}

/// The wall time of a command.
fn command(program: &Path, arguments: impl Fn(&mut Command)) -> io::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..TIMES {
        let mut command = Command::new(program);
        arguments(&mut command);
        // Into a file: grep stops at its first hit where it sees that nobody looks.
        command.stdin(Stdio::null()).stdout(tempfile::tempfile()?);
        let begun = Instant::now();
        let status = command.status()?;
        best = best.min(begun.elapsed());
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(io::Error::other(format!(
                "{} failed: {status}",
                program.display()
            )));
        }
    }
    Ok(best)
}
