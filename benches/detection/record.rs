//! What is kept of a run: `target/bench/detection.json`.

use hdrhistogram::Histogram;
use liftoff::harness::stats::{Figures, noise};
use liftoff::harness::{Amiss, Arm};
use serde::{Deserialize, Serialize};

use crate::suites::Entry;

/// One cell as it was played.
#[derive(Deserialize, Serialize)]
pub(crate) struct Played {
    pub(crate) name: String,
    pub(crate) case: String,
    pub(crate) rtt_ms: u128,
    pub(crate) launches: usize,
    pub(crate) seed: u64,
    pub(crate) arms: Vec<Row>,
}

/// What one policy made of it. Latencies are raw, in milliseconds, of right verdicts.
#[derive(Deserialize, Serialize)]
pub(crate) struct Row {
    pub(crate) policy: String,
    pub(crate) launches: usize,
    #[serde(flatten)]
    pub(crate) amiss: Amiss,
    /// Started twice; of Liftoff's.
    pub(crate) doubles: usize,
    /// Times real time, with the emulator in the same thread.
    pub(crate) speed: f64,
    pub(crate) latency: Figures,
    /// Between two halves of the same run, at the median and the 99th percentile.
    pub(crate) noise: (f64, f64),
    pub(crate) requests: [u64; 3],
    pub(crate) requests_per_launch: f64,
    /// Cloud Run, Cloud Logging, Vertex AI, each per minute of one project.
    pub(crate) requests_per_minute: [f64; 3],
    pub(crate) throttled: [u64; 3],
    /// What was said of the first launches that were judged wrongly.
    odd: Vec<String>,
    /// HDR histogram with three digits: microseconds and how many.
    histogram: Vec<(u64, u64)>,
    #[serde(skip)]
    pub(crate) latencies: Vec<f64>,
}

impl Played {
    pub(crate) fn new(entry: &Entry, arms: &[Arm]) -> Self {
        let cell = &entry.cell;
        Self {
            name: entry.name.clone(),
            case: cell.draw.case.name().to_owned(),
            rtt_ms: cell.rtt.as_millis(),
            launches: cell.launches,
            seed: cell.seed,
            arms: arms.iter().map(|arm| Row::new(arm, cell.seed)).collect(),
        }
    }

    /// The row of a policy.
    pub(crate) fn row(&self, policy: &str) -> Option<&Row> {
        self.arms.iter().find(|row| row.policy == policy)
    }
}

impl Row {
    fn new(arm: &Arm, seed: u64) -> Self {
        let requests = [arm.run, arm.logging, arm.vertex];
        Self {
            policy: arm.policy.to_owned(),
            launches: arm.tally.launches(),
            amiss: arm.tally.amiss,
            doubles: arm.doubles,
            speed: arm.speed(),
            latency: arm.figures(seed),
            noise: noise(&arm.tally.latencies),
            requests,
            requests_per_launch: arm.per_launch(),
            requests_per_minute: requests.map(|requests| arm.per_minute(requests)),
            throttled: arm.throttled,
            odd: arm.tally.odd.clone(),
            histogram: histogram(&arm.tally.latencies),
            latencies: arm.tally.latencies.clone(),
        }
    }

    /// Verdicts that help nobody.
    pub(crate) fn bad(&self) -> usize {
        self.amiss.bad() + self.doubles
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "latencies are not negative and far below 2^53 microseconds"
)]
fn histogram(latencies: &[f64]) -> Vec<(u64, u64)> {
    let Ok(mut histogram) = Histogram::<u64>::new(3) else {
        return Vec::new();
    };
    for latency in latencies {
        histogram.saturating_record((latency * 1000.0) as u64);
    }
    let recorded = histogram.iter_recorded();
    recorded
        .map(|at| (at.value_iterated_to(), at.count_at_value()))
        .collect()
}
