//! How an emulator is set up.

use std::time::Duration;

use jiff::Timestamp;

use crate::emulator::{fault::Fault, scenario::Scenario};

/// Everything that an emulator can be told before it starts.
#[derive(Debug, Clone)]
pub struct EmulatorConfig {
    /// TCP port on the loopback address; 0 takes a free one.
    pub port: u16,
    /// What the server's clock shows at its start.
    pub epoch: Timestamp,
    /// Decides names, ids and fault rolls.
    pub seed: u64,
    /// Round-trip time that every request takes, half before and half after it is answered.
    pub rtt: Duration,
    /// Request quotas that are enforced.
    pub quotas: Quotas,
    /// Cloud Run jobs beyond the built-in scenarios (which are all deployed under their own names), by job name.
    pub jobs: Vec<(String, Scenario)>,
    /// How much faster than written scenarios are played. The server's own clock is not touched.
    pub speed: f64,
    /// Lifetime of the access tokens that `/token` grants.
    pub token_lifetime: Duration,
    /// Where this is given, the time from a log line's timestamp to its visibility for queries, whatever scenarios say.
    pub lag: Option<Duration>,
    /// Job `train` and created jobs run this command as real processes.
    pub exec: Option<Exec>,
    /// Accept requests that carry no credentials. Google does not.
    pub allow_anonymous: bool,
    /// Accelerators of a type that a project may use at a time in a region; others may use 8.
    pub accelerators: Vec<(String, u32)>,
    /// Faults beyond those of the scenarios; their windows are on the server's clock.
    pub extra_faults: Vec<Fault>,
}

impl Default for EmulatorConfig {
    fn default() -> Self {
        Self {
            port: 0,
            epoch: Timestamp::constant(1_795_428_000, 0), // 2026-11-23T10:00:00Z
            seed: 0,
            rtt: Duration::ZERO,
            quotas: Quotas::real(),
            jobs: Vec::new(),
            speed: 1.0,
            token_lifetime: Duration::from_secs(3599),
            lag: None,
            exec: None,
            allow_anonymous: false,
            accelerators: Vec::new(),
            extra_faults: Vec::new(),
        }
    }
}

/// A command that executions run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exec {
    /// What `/bin/sh -c` is given; the container's arguments follow it.
    pub command: String,
    /// From `SIGTERM`, at a cancel or a timeout, to `SIGKILL`.
    pub grace: Duration,
}

impl Exec {
    /// A command with Cloud Run's grace: ten seconds.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            grace: Duration::from_secs(10),
        }
    }
}

/// Requests a minute that are answered; the next ones get Google's 429. And how many executions there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Cloud Run reads per project and region (`ReadPerMinutePerProjectRegion`).
    pub run_read_per_minute: u32,
    /// Cloud Run writes per project and region (`WritePerMinutePerProjectRegion`).
    pub run_write_per_minute: u32,
    /// `entries.list` requests per project, pages counted one by one (`ReadRequestsPerMinutePerProject`).
    pub logging_read_per_minute: u32,
    /// Vertex AI resource management requests per project and region.
    pub vertex_per_minute: u32,
    /// Executions that may run at a time per project and region.
    pub running_executions: u32,
    /// Completed executions that are kept per job, a hundred more or less.
    pub retained_executions: usize,
}

impl Quotas {
    /// Google's: 60 log reads a minute per project, 600 Vertex AI requests a minute per region. Cloud Run's
    /// defaults are not published; 600 reads and 180 writes a minute stand for them.
    pub const fn real() -> Self {
        Self {
            run_read_per_minute: 600,
            run_write_per_minute: 180,
            logging_read_per_minute: 60,
            vertex_per_minute: 600,
            running_executions: 1000,
            retained_executions: 1000,
        }
    }

    /// No limit that can be reached.
    pub const fn unlimited() -> Self {
        Self {
            run_read_per_minute: u32::MAX,
            run_write_per_minute: u32::MAX,
            logging_read_per_minute: u32::MAX,
            vertex_per_minute: u32::MAX,
            running_executions: u32::MAX,
            retained_executions: usize::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_epoch_is_the_documented_one() {
        assert_eq!(
            EmulatorConfig::default().epoch.to_string(),
            "2026-11-23T10:00:00Z"
        );
    }
}
