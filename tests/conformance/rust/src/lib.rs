//! A `liftoff emulate` process for Google's own Rust clients to talk to, and those clients pointed at it.

use std::process::Stdio;
use std::time::Duration;

use google_cloud_aiplatform_v1::client::JobService;
use google_cloud_auth::credentials::{Credentials, anonymous, service_account};
use google_cloud_logging_v2::client::LoggingServiceV2;
use google_cloud_run_v2::client::{Executions, Jobs, Tasks};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Under which every test works. Each has an emulator of its own, so nobody else does.
pub const PROJECT: &str = "conformance";
/// The location of [`PROJECT`].
pub const PARENT: &str = "projects/conformance/locations/us-central1";
/// A debug build on a busy machine may take its time.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// A running emulator. Dropping it kills it.
#[derive(Debug)]
pub struct Cloud {
    /// The root of all its APIs.
    pub endpoint: String,
    key: serde_json::Value,
    _process: Child,
    _folder: tempfile::TempDir,
}

impl Cloud {
    /// Starts `liftoff emulate` on a free port, with scenarios played `speed` times as fast as written.
    ///
    /// # Panics
    /// `LIFTOFF` does not name the binary, or it does not say where it listens.
    pub async fn start(speed: &str) -> Self {
        // The clients' own default is a library that has to be built from C.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let binary =
            std::env::var("LIFTOFF").expect("LIFTOFF names the binary; use tests/conformance/run rust");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key_file = folder.path().join("key.json");
        let mut process = Command::new(binary)
            .args(["emulate", "--port", "0", "--speed", speed, "--write-credentials"])
            .arg(&key_file)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("liftoff starts");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let endpoint = tokio::time::timeout(START_DEADLINE, address(&mut lines))
            .await
            .expect("an address in time");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} }); // so that the pipe never fills
        let key = std::fs::read(&key_file).expect("the written key");
        let key = serde_json::from_slice(&key).expect("the key is JSON");
        Self {
            endpoint,
            key,
            _process: process,
            _folder: folder,
        }
    }

    /// The written service account. These clients sign their own access tokens with it.
    ///
    /// # Panics
    /// It is no service account to Google's library.
    pub fn credentials(&self) -> Credentials {
        service_account::Builder::new(self.key.clone())
            .build()
            .expect("a service account")
    }

    /// Nobody.
    pub fn nobody() -> Credentials {
        anonymous::Builder::new().build()
    }

    /// The client of Cloud Run's jobs, for these credentials.
    ///
    /// # Panics
    /// It cannot be built.
    pub async fn jobs_as(&self, credentials: Credentials) -> Jobs {
        let client = Jobs::builder()
            .with_endpoint(&self.endpoint)
            .with_credentials(credentials);
        client.build().await.expect("a client")
    }

    /// The client of Cloud Run's jobs.
    pub async fn jobs(&self) -> Jobs {
        self.jobs_as(self.credentials()).await
    }

    /// The client of Cloud Run's executions.
    ///
    /// # Panics
    /// It cannot be built.
    pub async fn executions(&self) -> Executions {
        let client = Executions::builder()
            .with_endpoint(&self.endpoint)
            .with_credentials(self.credentials());
        client.build().await.expect("a client")
    }

    /// The client of Cloud Run's tasks.
    ///
    /// # Panics
    /// It cannot be built.
    pub async fn tasks(&self) -> Tasks {
        let client = Tasks::builder()
            .with_endpoint(&self.endpoint)
            .with_credentials(self.credentials());
        client.build().await.expect("a client")
    }

    /// The client of Cloud Logging.
    ///
    /// # Panics
    /// It cannot be built.
    pub async fn logging(&self) -> LoggingServiceV2 {
        let client = LoggingServiceV2::builder()
            .with_endpoint(&self.endpoint)
            .with_credentials(self.credentials());
        client.build().await.expect("a client")
    }

    /// The client of Vertex AI's jobs.
    ///
    /// # Panics
    /// It cannot be built.
    pub async fn vertex(&self) -> JobService {
        let client = JobService::builder()
            .with_endpoint(&self.endpoint)
            .with_credentials(self.credentials());
        client.build().await.expect("a client")
    }
}

/// Reads until the emulator names its address.
async fn address(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    while let Some(line) = lines.next_line().await.expect("its output can be read") {
        if let Some(at) = line.find("http://127.0.0.1:") {
            let text = &line[at..];
            let end = text[7..].find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit());
            return text[..end.map_or(text.len(), |end| end + 7)].to_owned();
        }
    }
    panic!("liftoff emulate ended without naming an address")
}
