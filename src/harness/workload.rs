//! What is launched: the lives of runners, drawn from a seed, as scenarios of the built-in cloud.
//!
//! A [`Case`] is one way in which a launch is decided. The instant of the deciding fact is drawn evenly from a window, so
//! that it meets every phase of a poller; the lag of the log is drawn per line. Nothing is kept: whoever draws owns the
//! [`Life`]. To add a case: a variant, its name, its facts and its text (`text.rs`).

#[cfg(test)]
mod tests;
mod text;

use std::time::Duration;

use crate::core::verdict::Outcome;
use crate::emulator::chance::Chance;
use crate::emulator::{Scenario, ScenarioError, Sighting};

use text::{FAILS_AFTER, GIVEN_UP, PROOF, Text};

/// One way in which a launch is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Our job shows in Vertex AI and is PENDING.
    JobActive,
    /// Our job is FAILED when it first shows.
    JobFailed,
    /// The runner's container fails and its log says nothing.
    ExecutionFailed,
    /// The agent gives the queue item up; the runner lives on for a minute and ends with 0.
    LogFatal,
    /// The log proves the submission while Vertex AI's list lags by twenty minutes.
    LogProof,
    /// The agent gives up and its container fails 2 s later: whichever shows first decides.
    FirstOfThree,
}

/// How late entries of the log become visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// 5 to 15 s, evenly: what the old system's users saw.
    Usual,
    /// The same, but 2 % of the lines take 30 to 120 s.
    Stragglers,
}

/// One drawn life.
#[derive(Clone, Debug)]
pub struct Life {
    /// What the emulator plays.
    pub scenario: Scenario,
    /// The facts that decide it; the first to show does.
    pub facts: &'static [Sighting<'static>],
    /// When the first of them shows, from the creation of the execution on.
    pub decided: Duration,
    /// What is then true.
    pub outcome: Outcome,
    /// When the verdict rules call its log complete, from the creation of the execution on.
    pub complete: Duration,
}

impl Life {
    /// When the verdict rules leave it undetermined, where that is before its deciding fact shows at `shown`.
    pub(super) fn given_up(&self, shown: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let too_late = self.decided.checked_sub(self.complete)?;
        shown.checked_sub(too_late).ok()
    }
}

/// What a cell draws its lives from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// How they are decided.
    pub case: Case,
    /// How late their logs are.
    pub lag: Lag,
    /// The deciding fact happens this long after the start at most (15 s at least).
    pub within: Duration,
    /// Jobs of other people that each life brings into the region.
    pub foreign: u32,
    /// The runner's wrapper cheers (`Job submitted to Vertex AI!`) when the agent receives a job, before anything is
    /// submitted; as it does in life.
    pub cheer: bool,
    /// Three of a hundred runners print so many lines a second, all their lives.
    pub flood: u32,
}

impl Default for Draw {
    /// Our job shows within 75 s; nothing disturbs.
    fn default() -> Self {
        Self {
            case: Case::JobActive,
            lag: Lag::Usual,
            within: Duration::from_secs(75),
            foreign: 0,
            cheer: false,
            flood: 0,
        }
    }
}

/// After the runner's end the verdict rules wait so long for its log.
const COMPLETE_AFTER: u64 = 20_000;
/// Nothing decides before this: the runner has to have started.
const EARLIEST: u64 = 15_000;

impl Case {
    /// Every case.
    pub const ALL: [Self; 6] = [
        Self::JobActive,
        Self::JobFailed,
        Self::ExecutionFailed,
        Self::LogFatal,
        Self::LogProof,
        Self::FirstOfThree,
    ];

    /// Its name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::JobActive => "vertex-success",
            Self::JobFailed => "vertex-failure",
            Self::ExecutionFailed => "execution-failure",
            Self::LogFatal => "log-failure",
            Self::LogProof => "log-success",
            Self::FirstOfThree => "first-of-three",
        }
    }

    fn facts(self) -> &'static [Sighting<'static>] {
        match self {
            Self::JobActive => &[Sighting::Job("JOB_STATE_PENDING")],
            Self::JobFailed => &[Sighting::Job("JOB_STATE_FAILED")],
            Self::ExecutionFailed => &[Sighting::End],
            Self::LogFatal => &[Sighting::Line(GIVEN_UP)],
            Self::LogProof => &[Sighting::Line(PROOF)],
            Self::FirstOfThree => &[Sighting::Line(GIVEN_UP), Sighting::End],
        }
    }

    fn outcome(self) -> Outcome {
        match self {
            Self::JobActive | Self::LogProof => Outcome::Success,
            Self::JobFailed | Self::ExecutionFailed | Self::LogFatal | Self::FirstOfThree => Outcome::Failure,
        }
    }
}

impl Lag {
    /// One line's, in milliseconds.
    fn draw(self, chance: &mut Chance) -> u64 {
        if self == Self::Stragglers && chance.within(0..50) == 0 {
            return chance.within(30_000..120_000);
        }
        chance.within(5_000..15_000)
    }
}

impl Draw {
    /// The life number `index` of `seed`.
    ///
    /// # Errors
    /// The text is no scenario: a mistake in this module.
    pub fn life(&self, seed: u64, index: u64) -> Result<Life, ScenarioError> {
        let mut chance = Chance::of(&format!("{seed}/{}/{index}", self.case.name()));
        let latest = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        let mut text = Text::new(self.lag.draw(&mut chance));
        let at = chance.within(EARLIEST..latest.max(EARLIEST + 1));
        let ends = text.runner(self.case, at);
        if self.cheer && self.case != Case::ExecutionFailed {
            text.cheer();
        }
        let decided = self.decide(&mut text, &mut chance, at);
        if self.flood > 0 && index % 100 < 3 {
            text.flood(self.flood, ends);
        }
        for _ in 0..self.foreign {
            text.foreign(chance.within(0..latest));
        }
        Ok(Life {
            scenario: Scenario::parse(self.case.name(), &text.toml)?,
            facts: self.case.facts(),
            decided: Duration::from_millis(decided),
            outcome: self.case.outcome(),
            complete: Duration::from_millis(ends + COMPLETE_AFTER),
        })
    }

    /// What decides the life happens `at` then; when the first fact of it shows.
    fn decide(&self, text: &mut Text, chance: &mut Chance, at: u64) -> u64 {
        match self.case {
            Case::JobActive => {
                text.job(at, "[\"0s\", \"PENDING\"], [\"180s\", \"RUNNING\"]", 500);
                at
            }
            Case::JobFailed => {
                text.job(at, "[\"0s\", \"PENDING\"], [\"0.2s\", \"FAILED\"]", 500);
                at
            }
            Case::LogProof => {
                let lag = self.lag.draw(chance);
                text.job(at, "[\"0s\", \"PENDING\"], [\"180s\", \"RUNNING\"]", 1_200_000);
                text.proof(at, lag);
                at + lag
            }
            Case::LogFatal => {
                let lag = self.lag.draw(chance);
                text.give_up(at, lag);
                at + lag
            }
            Case::FirstOfThree => {
                let lag = self.lag.draw(chance);
                text.give_up(at, lag);
                at + lag.min(FAILS_AFTER + 500)
            }
            Case::ExecutionFailed => at,
        }
    }
}
