//! Who watches a cell, and what came of it.

use serde::Serialize;

use super::rival::Rival;
use super::stats::Figures;
use super::verdict::Tally;
use crate::gcp::Requests;

/// Who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Liftoff.
    Liftoff,
    /// Another rule.
    Rival(Rival),
}

impl Policy {
    /// Its name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Liftoff => "liftoff",
            Self::Rival(rival) => rival.name(),
        }
    }
}

/// What one policy made of a cell.
#[derive(Clone, Debug, Serialize)]
pub struct Arm {
    /// The policy.
    pub policy: &'static str,
    /// Its verdicts.
    pub tally: Tally,
    /// Requests to Cloud Run, after the verdicts too (diagnosis).
    pub run: u64,
    /// Requests to Cloud Logging.
    pub logging: u64,
    /// Requests to Vertex AI.
    pub vertex: u64,
    /// Answers 429, of Cloud Run, Cloud Logging and Vertex AI.
    pub throttled: [u64; 3],
    /// How long it worked, in minutes of the cloud's clock, summed over rounds and projects.
    pub minutes: f64,
    /// The same in seconds, summed over rounds alone,
    pub seconds: f64,
    /// and on the machine's clock: what the simulation takes.
    pub wall_seconds: f64,
    /// Launches that it started twice; counted for Liftoff, whose launches have ids.
    pub doubles: usize,
}

impl Arm {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy: policy.name(),
            tally: Tally::default(),
            run: 0,
            logging: 0,
            vertex: 0,
            throttled: [0; 3],
            minutes: 0.0,
            seconds: 0.0,
            wall_seconds: 0.0,
            doubles: 0,
        }
    }

    /// All requests.
    pub fn requests(&self) -> u64 {
        self.run + self.logging + self.vertex
    }

    /// Requests per launch.
    pub fn per_launch(&self) -> f64 {
        self.requests() as f64 / self.tally.launches().max(1) as f64
    }

    /// Requests per minute of one project.
    pub fn per_minute(&self, requests: u64) -> f64 {
        requests as f64 / self.minutes.max(f64::MIN_POSITIVE)
    }

    /// How much faster than life its launches were played, with the emulator in the same thread.
    pub fn speed(&self) -> f64 {
        self.seconds / self.wall_seconds.max(f64::MIN_POSITIVE)
    }

    /// Its latencies, summed up.
    pub fn figures(&self, seed: u64) -> Figures {
        Figures::of(&self.tally.latencies, seed)
    }

    pub(super) fn count(&mut self, requests: Requests) {
        self.run += requests.run;
        self.logging += requests.logging;
        self.vertex += requests.vertex;
    }
}
