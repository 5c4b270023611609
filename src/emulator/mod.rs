//! The built-in cloud: Cloud Run, Cloud Logging, Vertex AI and the token endpoint on one loopback port.
//!
//! It speaks Google's JSON by the discovery documents, with its own wire types, and plays [`Scenario`]s: starting
//! a Cloud Run job here begins a timeline of container states, log entries (late, as in life), custom jobs and
//! faults. It enforces the real request quotas, and knows which verdicts are true at any time.
//!
//! ```text
//! config/scenarios/*.toml ─▶ scenario ─▶ timeline (pure) ─▶ cloud ◀─ run, logging, vertex, oauth (methods)
//!                                                             ▲
//!                 axum, one thread ─▶ server: route, auth, quota, fault
//! ```
//!
//! It runs on the caller's tokio runtime and reads tokio's clock, so it also runs in virtual time: on a paused
//! current-thread runtime minutes of a scenario pass in milliseconds, through real HTTP. It imports nothing of
//! Liftoff's other parts: it must be right by Google's documents, not by what a client happens to send.
//!
//! To emulate one more API see `router`; to add a scenario see [`Scenario`]; to add a kind of fault see [`FaultKind`].

pub mod lql;
pub mod token;

mod answer;
mod auth;
pub(crate) mod chance;
mod clock;
mod cloud;
mod config;
mod connection;
mod exec;
mod fault;
pub(crate) mod fields;
mod grpc;
mod host;
mod logging;
mod method;
mod names;
mod oauth;
mod paging;
mod quota;
mod recent;
mod router;
mod run;
mod scenario;
mod server;
mod sighting;
mod state_page;
mod stats;
mod status;
mod store;
mod timeline;
mod vertex;
mod wire;

#[cfg(test)]
mod tests;

pub use config::{EmulatorConfig, Exec, Quotas};
pub use fault::{ErrorBody, Fault, FaultKind};
pub use scenario::{Scenario, ScenarioError, Truth};
pub use sighting::Sighting;
pub use stats::{MethodStats, Stats};

/// Why an emulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// The port could not be had.
    #[error("cannot listen on 127.0.0.1:{port}: {source}; choose another port, or 0 for any that is free")]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The key file for the processes of executions could not be written.
    #[error(
        "cannot write a key file to the temporary folder: {source}; set TMPDIR to a folder that can be written"
    )]
    KeyFile {
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running emulator. Dropping it stops it.
#[derive(Debug)]
pub struct Emulator {
    server: server::Server,
    static_token: String,
}

impl Emulator {
    /// Starts an emulator on the current tokio runtime, and returns once it listens.
    ///
    /// # Errors
    /// The port is taken, or the system has no loopback address.
    pub async fn start(config: EmulatorConfig) -> Result<Self, EmulatorError> {
        let static_token = auth::fixed_token(config.seed);
        Ok(Self {
            server: server::Server::start(config).await?,
            static_token,
        })
    }

    /// Where it listens: `http://127.0.0.1:PORT`, the root of all its APIs.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    /// A bearer token that is always accepted, also when a fault revokes the granted ones.
    pub fn static_token(&self) -> String {
        self.static_token.clone()
    }

    /// A service-account key file for `project`: written to a file that `GOOGLE_APPLICATION_CREDENTIALS` names, it
    /// leads Google's client libraries to this emulator's `/token`.
    pub fn credentials_json(&self, project: &str) -> String {
        token::service_account_json(project, &format!("{}/token", self.endpoint()))
    }

    /// What it has been asked and has done since its start.
    pub fn stats(&self) -> Stats {
        self.server.shared.cloud().stats.clone()
    }

    /// Which verdicts are true now about an execution, given by its short or full name. Empty for an unknown one.
    pub fn truths(&self, execution: &str) -> Vec<Truth> {
        self.server.shared.cloud().truths(execution)
    }

    /// From when answers show `what` of an execution, given by its short or full name; none if none ever will.
    pub fn visible_from(&self, execution: &str, what: Sighting<'_>) -> Option<jiff::Timestamp> {
        sighting::first(&self.server.shared.cloud(), execution, what)
    }

    /// What its clock shows.
    pub fn now(&self) -> jiff::Timestamp {
        self.server.shared.cloud().clock.now()
    }

    /// Stops it: waiting requests are cut, and the port is free when this returns.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
