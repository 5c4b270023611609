//! The real binary: how large it is and how soon it does something.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use liftoff::harness::live;
use liftoff::harness::stats::Figures;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

const BINARY: &str = env!("CARGO_BIN_EXE_liftoff");
/// Starts of each kind.
const STARTS: usize = 40;
/// A start that has sent nothing by then failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Size and start-up.
#[derive(Serialize)]
pub(crate) struct Binary {
    pub(crate) bytes: u64,
    /// The same without its symbols; none where `strip` is not installed.
    pub(crate) stripped: Option<u64>,
    /// From the start of the process to its end, ms.
    pub(crate) version: Figures,
    /// From the start of the process to the first byte of its first request, ms; with a static token.
    pub(crate) first_request: Figures,
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (version, first) = (&self.version, &self.first_request);
        write!(f, "binary: {:.1} MB", self.bytes as f64 / 1e6)?;
        if let Some(stripped) = self.stripped {
            write!(f, ", {:.1} MB without symbols", stripped as f64 / 1e6)?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "--version: p50 {:.1} ms, p95 {:.1} ms",
            version.p50, version.p95
        )?;
        writeln!(
            f,
            "start to first request, with a static token: p50 {:.1} ms, p95 {:.1} ms",
            first.p50, first.p95
        )
    }
}

pub(crate) fn measure() -> Result<Binary, Box<dyn Error>> {
    let versions: Result<Vec<f64>, Box<dyn Error>> = (0..STARTS).map(|_| version()).collect();
    let requests: Result<Vec<f64>, Box<dyn Error>> = (0..STARTS).map(|_| live(first_request())).collect();
    Ok(Binary {
        bytes: fs::metadata(BINARY)?.len(),
        stripped: stripped(),
        version: Figures::of(&versions?, 1),
        first_request: Figures::of(&requests?, 1),
    })
}

fn stripped() -> Option<u64> {
    let copy = tempfile::NamedTempFile::new().ok()?;
    let mut strip = Command::new("strip");
    let done = strip.arg("-o").arg(copy.path()).arg(BINARY).status().ok()?;
    let size = fs::metadata(copy.path()).ok()?.len();
    (done.success() && size > 0).then_some(size)
}

fn version() -> Result<f64, Box<dyn Error>> {
    let begun = Instant::now();
    let output = Command::new(BINARY)
        .arg("--version")
        .stdin(Stdio::null())
        .output()?;
    let elapsed = begun.elapsed();
    if !output.status.success() {
        return Err("liftoff --version failed".into());
    }
    Ok(elapsed.as_secs_f64() * 1000.0)
}

/// The binary, at this cloud and with this token; no settings and no journal but those of the folder.
pub(crate) fn liftoff(endpoint: &str, token: &str, home: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .env("CLOUDSDK_AUTH_ACCESS_TOKEN", token)
        .env("HOME", home)
        .env("XDG_STATE_HOME", home)
        .current_dir(home)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    for api in ["RUN", "LOGGING", "AIPLATFORM"] {
        command.env(format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}"), endpoint);
    }
    command
}

async fn first_request() -> Result<f64, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}/", listener.local_addr()?);
    let home = tempfile::tempdir()?;
    let mut command = liftoff(&endpoint, "ya29.bench", home.path());
    command
        .args(["launch", "train", "--project", "p-1", "--region", "us-central1"])
        .stdout(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let heard = timeout(PATIENCE, async {
        let (stream, _) = listener.accept().await?;
        stream.readable().await
    });
    let heard = heard.await;
    let elapsed = begun.elapsed();
    child.kill()?;
    child.wait()?;
    heard.map_err(|_| "liftoff launch sent no request")??;
    Ok(elapsed.as_secs_f64() * 1000.0)
}
