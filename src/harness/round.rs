//! One policy's turn: the same lives, in projects of its own.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::arm::{Arm, Policy};
use super::cell::Spread;
use super::liftoff::{self, Kit, Said as Spoken};
use super::rival::{Rival, Said, Seat};
use super::stage::{HarnessError, Stage};
use super::verdict::Claim;
use super::wall::Stopwatch;
use super::workload::Life;
use crate::core::ids::RunJob;
use crate::core::verdict::Outcome;
use crate::gcp::Gcp;

/// One policy's turn: its project and the lives that it watches there.
pub(super) struct Round<'a> {
    pub(super) stage: &'a Stage,
    pub(super) gcp: Gcp,
    pub(super) jobs: Vec<RunJob>,
    pub(super) spread: Spread,
    pub(super) starts: Duration,
}

impl Round<'_> {
    /// Plays the lives for the policy, and adds what came of it to its arm.
    pub(super) async fn play(
        self,
        policy: Policy,
        lives: &[&Life],
        arm: &mut Arm,
    ) -> Result<(), HarnessError> {
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
            self.judge(job, life, spoken, arm);
        }
        Ok(())
    }

    /// Judges what was said of one launch.
    fn judge(&self, job: &RunJob, life: &Life, spoken: Option<Spoken>, arm: &mut Arm) {
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
