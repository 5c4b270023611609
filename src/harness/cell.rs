//! A cell: the same lives, watched by every policy, on one stage.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;
use tokio::time::Instant;

use super::liftoff::{self, Kit, Said as Spoken};
use super::rival::{Rival, Said, Seat};
use super::stage::{HarnessError, Setting, Stage, run_job};
use super::stats::Figures;
use super::verdict::{Claim, Tally};
use super::workload::{Draw, Life};
use crate::core::verdict::Outcome;
use crate::emulator::chance::Chance;
use crate::emulator::{Fault, FaultKind, Quotas};
use crate::gcp::{Gcp, Requests};

/// Rounds begin at any time of this span, so that rules that go by the wall clock meet every phase.
const PHASE_MS: u64 = 15_000;

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

/// What is played: so many lives, so many at once in a project, and the cloud around them.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// The lives.
    pub draw: Draw,
    /// Round-trip time of every request.
    pub rtt: Duration,
    /// Launches at once in one project and region.
    pub launches: usize,
    /// Those start over this span.
    pub starts: Duration,
    /// Whether Google's quotas are enforced.
    pub quotas: bool,
    /// Share of requests that are answered with 503.
    pub faults: f64,
    /// Lives in all, for each policy; rounded up to whole rounds of `launches`.
    pub events: usize,
    /// Draws everything.
    pub seed: u64,
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
    /// How long it worked, in minutes of the cloud's clock, summed over rounds.
    pub minutes: f64,
}

impl Arm {
    fn new(policy: Policy) -> Self {
        Self {
            policy: policy.name(),
            tally: Tally::default(),
            run: 0,
            logging: 0,
            vertex: 0,
            throttled: [0; 3],
            minutes: 0.0,
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

    /// Its latencies, summed up.
    pub fn figures(&self, seed: u64) -> Figures {
        Figures::of(&self.tally.latencies, seed)
    }

    fn count(&mut self, requests: Requests) {
        self.run += requests.run;
        self.logging += requests.logging;
        self.vertex += requests.vertex;
    }
}

/// One policy's turn: its project and the lives that it watches there.
struct Round<'a> {
    stage: &'a Stage,
    gcp: Gcp,
    project: String,
    jobs: Vec<String>,
    starts: Duration,
}

impl Cell {
    /// Plays the cell for each policy, in turns. To be called inside [`super::paused`].
    pub async fn play(&self, policies: &[Policy]) -> Result<Vec<Arm>, HarnessError> {
        let lives = self.lives()?;
        let stage = Stage::start(self.setting(&lives)).await?;
        let mut arms: Vec<Arm> = policies.iter().map(|policy| Arm::new(*policy)).collect();
        let mut chance = Chance::seeded(self.seed);
        for (number, lives) in lives.chunks(self.launches.max(1)).enumerate() {
            for turn in 0..policies.len() {
                let at = (turn + number) % policies.len();
                tokio::time::sleep(Duration::from_millis(chance.within(0..PHASE_MS))).await;
                let round = Round {
                    stage: &stage,
                    gcp: stage.client()?,
                    project: format!("r{number}-p{at}"),
                    starts: self.starts,
                    jobs: lives.iter().map(|(job, _)| job.clone()).collect(),
                };
                let lives: Vec<&Life> = lives.iter().map(|(_, life)| life).collect();
                round.play(policies[at], &lives, &mut arms[at]).await?;
            }
        }
        Ok(arms)
    }

    pub(super) fn lives(&self) -> Result<Vec<(String, Life)>, HarnessError> {
        let rounds = self.events.div_ceil(self.launches.max(1));
        (0..rounds * self.launches.max(1))
            .map(|index| Ok((format!("e{index}"), self.draw.life(self.seed, index as u64)?)))
            .collect()
    }

    pub(super) fn setting(&self, lives: &[(String, Life)]) -> Setting {
        let failing = Fault {
            code: Some(503),
            probability: self.faults,
            ..Fault::new("*", FaultKind::Status)
        };
        Setting {
            rtt: self.rtt,
            quotas: if self.quotas {
                Quotas::real()
            } else {
                Quotas::unlimited()
            },
            faults: if self.faults > 0.0 {
                vec![failing]
            } else {
                Vec::new()
            },
            jobs: lives
                .iter()
                .map(|(job, life)| (job.clone(), life.scenario.clone()))
                .collect(),
        }
    }
}

impl Round<'_> {
    async fn play(self, policy: Policy, lives: &[&Life], arm: &mut Arm) -> Result<(), HarnessError> {
        let (begun, throttled) = (Instant::now(), self.stage.throttled());
        let spoken: Vec<Option<Spoken>> = match policy {
            Policy::Liftoff => self.liftoff().await?,
            Policy::Rival(rival) => {
                let watches = (0..)
                    .zip(&self.jobs)
                    .map(|(nth, job)| self.rival(rival, nth, job));
                join_all(watches).await
            }
        };
        arm.minutes += begun.elapsed().as_secs_f64() / 60.0;
        arm.count(self.gcp.requests());
        let after = self.stage.throttled();
        for api in 0..throttled.len() {
            arm.throttled[api] += after[api] - throttled[api];
        }
        for (job, (life, spoken)) in self.jobs.iter().zip(lives.iter().zip(spoken)) {
            let shown = spoken
                .as_ref()
                .and_then(|spoken| self.stage.shows(&spoken.execution, life.facts));
            let claim = Claim {
                said: spoken.as_ref().map(|spoken| (spoken.outcome, spoken.at)),
                truth: life.outcome,
                shown,
            };
            let judged = claim.judge();
            arm.tally.add(judged);
            arm.tally.wonder(judged, || {
                let words = spoken.map_or("nothing".to_owned(), |spoken| spoken.words);
                format!("{job}: {judged:?}, said {words}")
            });
        }
        Ok(())
    }

    async fn liftoff(&self) -> Result<Vec<Option<Spoken>>, HarnessError> {
        let kit = Kit {
            gcp: self.gcp.clone(),
            patterns: Rc::clone(&self.stage.patterns),
            clock: self.stage.clock,
            starts: self.starts,
        };
        liftoff::launch(kit, &self.project, &self.jobs).await
    }

    async fn rival(&self, rival: Rival, nth: u32, job: &str) -> Option<Spoken> {
        let launches = u32::try_from(self.jobs.len()).unwrap_or(u32::MAX);
        tokio::time::sleep(self.starts * nth / launches.max(60)).await;
        let patterns = Rc::clone(&self.stage.patterns);
        let seat = Seat::take(self.gcp.clone(), patterns, &run_job(&self.project, job)).await?;
        let said = rival.watch(&seat, self.jobs.len()).await?;
        Some(Spoken {
            outcome: match said {
                Said::Success => Outcome::Success,
                Said::Failure => Outcome::Failure,
            },
            at: self.stage.emulator.now(),
            execution: seat.execution(),
            words: format!("{said:?}"),
        })
    }
}
