//! A cell: the same lives, watched by every policy, on one stage.
//!
//! A [`Cell`] is what is played and owns nothing of the play: that is the [`Stage`]'s, and the figures are each policy's
//! [`Arm`]. One more thing that a cell may vary is a field here, and its words in [`super::table()`].

use std::time::Duration;

use super::arm::{Arm, Policy};
use super::round::Round;
use super::stage::{HarnessError, Setting, Stage, run_job};
use super::workload::{Draw, Life};
use crate::core::ids::RunJob;
use crate::emulator::chance::Chance;
use crate::emulator::{Fault, FaultKind, Quotas};

/// Rounds begin at any time of this span, so that rules that go by the wall clock meet every phase.
const PHASE_MS: u64 = 15_000;

/// An emulator deploys every life in every project, and each round is in a project of its own: after so many lives another
/// emulator goes on.
const LIVES_OF_A_STAGE: usize = 100;

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

    pub(super) fn scopes(self) -> usize {
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
