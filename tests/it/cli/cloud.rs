//! `liftoff emulate` in a process of its own, and `liftoff` run against it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(super) const BINARY: &str = env!("CARGO_BIN_EXE_liftoff");

/// A running emulator; killed when dropped.
pub(super) struct Cloud {
    process: Child,
    endpoint: String,
    home: TempDir,
}

impl Cloud {
    pub(super) fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let key = home.path().join("key.json");
        let mut process = liftoff(&home)
            .args(["emulate", "--port", "0", "--write-credentials"])
            .arg(&key)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let endpoint = lines.find_map(|line| {
            let line = line.unwrap();
            line.strip_prefix("export CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=")
                .map(str::to_owned)
        });
        Self {
            process,
            endpoint: endpoint.expect("the endpoint among the instructions"),
            home,
        }
    }

    /// `liftoff` with the variables that `emulate` prints, real credentials included.
    pub(crate) fn liftoff(&self) -> Command {
        let mut command = liftoff(&self.home);
        for api in ["RUN", "LOGGING", "AIPLATFORM"] {
            command.env(format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}"), &self.endpoint);
        }
        command.env("GOOGLE_APPLICATION_CREDENTIALS", self.key());
        command
    }

    /// What the emulator holds and was asked.
    pub(super) fn state(&self) -> Value {
        let address = self.endpoint.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .write_all(b"GET /emulator/state HTTP/1.0\r\nhost: localhost\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// The home of every process of it.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(super) fn key(&self) -> PathBuf {
        self.home.path().join("key.json")
    }

    /// `liftoff launch JOB --output json` in a project of its own.
    pub(super) fn launch(&self, job: &str, project: &str) -> Command {
        let mut command = self.liftoff();
        command.args([
            "launch",
            job,
            "--project",
            project,
            "--region",
            "us-central1",
            "--output",
            "json",
        ]);
        command
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `liftoff` that knows nothing of the machine's own credentials and settings.
pub(crate) fn liftoff(home: &TempDir) -> Command {
    let mut command = Command::new(BINARY);
    command
        .env_clear()
        .env("HOME", home.path())
        .env("NO_GCE_CHECK", "true")
        .current_dir(home.path());
    command
}

/// The lines of `--output json`: each an object with every common key, the last a summary.
pub(super) fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for event in &events {
        for key in [
            "schema",
            "seq",
            "event",
            "launch",
            "batch",
            "name",
            "attempt",
            "at",
            "elapsed_ms",
        ] {
            assert!(event.get(key).is_some(), "{key} is missing in {event}");
        }
    }
    let last = events
        .last()
        .unwrap_or_else(|| panic!("no output; {}", String::from_utf8_lossy(&output.stderr)));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(last["event"], "summary", "{}, {complaint}, {text}", output.status);
    assert_eq!(last["exit_code"], output.status.code().unwrap());
    events
}
