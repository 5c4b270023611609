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
use super::wall::Stopwatch;
use super::workload::{Draw, Life};
use crate::core::ids::RunJob;
use crate::core::verdict::Outcome;
use crate::emulator::chance::Chance;
use crate::emulator::{Fault, FaultKind, Quotas};
use crate::gcp::{Gcp, Requests};

/// Rounds begin at any time of this span, so that rules that go by the wall clock meet every phase.
const PHASE_MS: u64 = 15_000;

/// An emulator deploys every life in every project, and each round is in a project of its own: after so many lives another
/// emulator goes on.
const LIVES_OF_A_STAGE: usize = 100;

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

/// Which of Google's quotas a cloud enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// All.
    Google,
    /// Those on reads. Starts and running executions are not limited, so that thousands can be alive at once.
    Reads,
    /// None.
    None,
}

impl Enforced {
    fn quotas(self) -> Quotas {
        let (real, none) = (Quotas::real(), Quotas::unlimited());
        match self {
            Self::Google => real,
            Self::Reads => Quotas {
                run_write_per_minute: none.run_write_per_minute,
                running_executions: none.running_executions,
                retained_executions: none.retained_executions,
                ..real
            },
            Self::None => none,
        }
    }
}

/// Over how many projects, and regions of each, the launches of a round are dealt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Projects.
    pub projects: usize,
    /// Regions of each, four at most.
    pub regions: usize,
}

impl Spread {
    /// One project and region.
    pub const NONE: Self = Self {
        projects: 1,
        regions: 1,
    };

    fn scopes(self) -> usize {
        (self.projects * self.regions).max(1)
    }
}

/// What is played: so many lives, so many at once, and the cloud around them.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// The lives.
    pub draw: Draw,
    /// Round-trip time of every request.
    pub rtt: Duration,
    /// Launches at once,
    pub launches: usize,
    /// over these projects and regions.
    pub spread: Spread,
    /// Those start over this span.
    pub starts: Duration,
    /// The quotas that are enforced.
    pub quotas: Enforced,
    /// Share of requests that are answered with 503.
    pub faults: f64,
    /// Share of requests that are executed and whose answer is lost.
    pub lost: f64,
    /// Lives in all; rounded up to whole rounds of `launches`.
    pub events: usize,
    /// Rivals play the first so many of them, rounded up likewise.
    pub rival_events: usize,
    /// The number of the first life: to play one again.
    pub first: u64,
    /// Draws everything.
    pub seed: u64,
}

impl Default for Cell {
    /// A life as the seed 1 draws it, alone in its project, under Google's quotas at a round trip of 80 ms.
    fn default() -> Self {
        Self {
            draw: Draw::default(),
            rtt: Duration::from_millis(80),
            launches: 1,
            spread: Spread::NONE,
            starts: Duration::from_mins(1),
            quotas: Enforced::Google,
            faults: 0.0,
            lost: 0.0,
            events: 1,
            rival_events: usize::MAX,
            first: 0,
            seed: 1,
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
    fn new(policy: Policy) -> Self {
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
    jobs: Vec<RunJob>,
    spread: Spread,
    starts: Duration,
}

impl Cell {
    /// Plays the cell for each policy, in turns. To be called inside [`super::paused`].
    pub async fn play(&self, policies: &[Policy]) -> Result<Vec<Arm>, HarnessError> {
        let lives = self.lives()?;
        let mut arms: Vec<Arm> = policies.iter().map(|policy| Arm::new(*policy)).collect();
        let mut chance = Chance::seeded(self.seed);
        let at_once = self.launches.max(1);
        let rounds_of_a_stage = LIVES_OF_A_STAGE.div_ceil(at_once);
        for (number, lives) in lives.chunks(rounds_of_a_stage * at_once).enumerate() {
            let stage = Stage::start(self.setting(number, lives)).await?;
            self.rounds(
                &stage,
                (number * rounds_of_a_stage, lives),
                policies,
                &mut chance,
                &mut arms,
            )
            .await?;
        }
        Ok(arms)
    }

    /// Plays the rounds of one stage, the first of which has this number.
    async fn rounds(
        &self,
        stage: &Stage,
        (first, lives): (usize, &[(String, Life)]),
        policies: &[Policy],
        chance: &mut Chance,
        arms: &mut [Arm],
    ) -> Result<(), HarnessError> {
        for (number, lives) in (first..).zip(lives.chunks(self.launches.max(1))) {
            for turn in 0..policies.len() {
                let at = (turn + number) % policies.len();
                let done = number * self.launches.max(1) >= self.rival_events;
                if done && policies[at] != Policy::Liftoff {
                    continue;
                }
                tokio::time::sleep(Duration::from_millis(chance.within(0..PHASE_MS))).await;
                let round = Round {
                    stage,
                    gcp: stage.client()?,
                    spread: self.spread,
                    starts: self.starts,
                    jobs: self.places(&format!("r{number}-p{at}"), lives.iter().map(|(job, _)| job)),
                };
                let lives: Vec<&Life> = lives.iter().map(|(_, life)| life).collect();
                round.play(policies[at], &lives, &mut arms[at]).await?;
            }
        }
        if let Some(liftoff) = arms.iter_mut().find(|arm| arm.policy == Policy::Liftoff.name()) {
            liftoff.doubles += stage.doubles();
        }
        Ok(())
    }

    /// Where a round's launches live: in projects of their own, so that no two rounds share a quota or a log.
    pub(super) fn places<'a>(&self, project: &str, jobs: impl Iterator<Item = &'a String>) -> Vec<RunJob> {
        let Spread { projects, regions } = self.spread;
        let places = jobs.enumerate().map(|(nth, job)| {
            let project = format!("{project}-{}", nth % projects.max(1));
            run_job(&project, nth / projects.max(1) % regions.max(1), job)
        });
        places.collect()
    }

    pub(super) fn lives(&self) -> Result<Vec<(String, Life)>, HarnessError> {
        (self.first..)
            .zip(self.jobs())
            .map(|(number, job)| Ok((job, self.draw.life(self.seed, number)?)))
            .collect()
    }

    /// The names of the jobs that live them.
    pub(super) fn jobs(&self) -> Vec<String> {
        let rounds = self.events.div_ceil(self.launches.max(1));
        let numbers = self.first..self.first + (rounds * self.launches.max(1)) as u64;
        numbers.map(|number| format!("e{number}")).collect()
    }

    /// The cloud of the stage with this number.
    pub(super) fn setting(&self, number: usize, lives: &[(String, Life)]) -> Setting {
        let failing = Fault {
            code: Some(503),
            probability: self.faults,
            ..Fault::new("*", FaultKind::Status)
        };
        let unanswered = Fault {
            probability: self.lost,
            ..Fault::new("*", FaultKind::LostResponse)
        };
        let faults = [failing, unanswered];
        Setting {
            seed: number as u64,
            rtt: self.rtt,
            quotas: self.quotas.quotas(),
            faults: faults
                .into_iter()
                .filter(|fault| fault.probability > 0.0)
                .collect(),
            jobs: lives
                .iter()
                .map(|(job, life)| (job.clone(), life.scenario.clone()))
                .collect(),
        }
    }
}

impl Round<'_> {
    async fn play(self, policy: Policy, lives: &[&Life], arm: &mut Arm) -> Result<(), HarnessError> {
        let (begun, wall, throttled) = (Instant::now(), Stopwatch::start(), self.stage.throttled());
        let spoken: Vec<Option<Spoken>> = match policy {
            Policy::Liftoff => self.liftoff().await?,
            Policy::Rival(rival) => {
                let watches = (0..)
                    .zip(&self.jobs)
                    .map(|(nth, job)| self.rival(rival, nth, job));
                join_all(watches).await
            }
        };
        let seconds = begun.elapsed().as_secs_f64();
        arm.seconds += seconds;
        arm.minutes += seconds / 60.0 * self.spread.projects as f64;
        arm.wall_seconds += wall.seconds();
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
                given_up: shown.and_then(|shown| life.given_up(shown)),
            };
            let judged = claim.judge();
            arm.tally.add(judged);
            arm.tally.wonder(judged, || {
                let words = spoken.map_or("nothing".to_owned(), |spoken| spoken.words);
                format!("{}: {judged:?}, said {words}", job.job)
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
        liftoff::launch(kit, &self.jobs).await
    }

    async fn rival(&self, rival: Rival, nth: u32, job: &RunJob) -> Option<Spoken> {
        let launches = u32::try_from(self.jobs.len()).unwrap_or(u32::MAX);
        tokio::time::sleep(self.starts * nth / launches.max(60)).await;
        let patterns = Rc::clone(&self.stage.patterns);
        let seat = Seat::take(self.gcp.clone(), patterns, job).await?;
        let sharing = self.jobs.len().div_ceil(self.spread.scopes());
        let said = rival.watch(&seat, sharing).await?;
        Some(Spoken {
            outcome: match said {
                Said::Success => Outcome::Success,
                Said::Failure => Outcome::Failure,
            },
            at: self.stage.emulator.now(),
            execution: seat.execution(),
            words: format!("{said:?}"),
            since_answer: Duration::ZERO,
        })
    }
}
