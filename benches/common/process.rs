//! A program that plays a part of its own measurement in a process of its own.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use liftoff::harness::wall::{self, Transport};
use liftoff::harness::{Cell, live};

/// A process that ends with this program's interest in it.
pub(crate) struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts this program again with `--part part`.
    pub(crate) fn start(part: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--part", part])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self { child, output })
    }

    /// Waits for the next line that it says.
    pub(crate) fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

/// Plays the cloud of a cell, which says where it is and the token that it takes.
pub(crate) fn serve(cell: &Cell) -> Result<(), Box<dyn Error>> {
    live(wall::serve(cell, |endpoint, token| {
        let _ = writeln!(io::stdout(), "{endpoint} {token}");
    }))?;
    Ok(())
}

/// Plays the launches of a cell, and says what they came to and cost.
pub(crate) fn launch(
    cell: &Cell,
    endpoint: &str,
    token: &str,
    transport: Transport,
) -> Result<(), Box<dyn Error>> {
    let cost = live(wall::launch(cell, endpoint, token, transport))?;
    writeln!(io::stdout(), "{}", serde_json::to_string(&cost)?)?;
    Ok(())
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
