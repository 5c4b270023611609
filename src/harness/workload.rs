//! What is launched: the lives of runners, drawn from a seed, as scenarios of the built-in cloud.
//!
//! A [`Case`] is one way in which a launch is decided. The instant of the deciding fact is drawn evenly from a window, so
//! that it meets every phase of a poller; the lag of the log is drawn per line. To add a case: a variant, its name, its
//! facts and its text.

use std::fmt::Write as _;
use std::time::Duration;

use crate::core::verdict::Outcome;
use crate::emulator::chance::Chance;
use crate::emulator::{Scenario, ScenarioError, Sighting};

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
/// When the wrapper cheers.
const CHEER: u64 = 8_300;
/// From the agent's give-up to its container's end.
const FAILS_AFTER: u64 = 2_000;
/// What the give-up marker is known by.
const GIVEN_UP: &str = "Error running job";
/// What the proof line is known by.
const PROOF: &str = "CustomJob created. Resource name";

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
    /// The text is no scenario: a mistake in this file.
    pub fn life(&self, seed: u64, index: u64) -> Result<Life, ScenarioError> {
        let mut chance = Chance::of(&format!("{seed}/{}/{index}", self.case.name()));
        let latest = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        let mut text = Text {
            toml: String::new(),
            lag: self.lag.draw(&mut chance),
        };
        let at = chance.within(EARLIEST..latest.max(EARLIEST + 1));
        let ends = text.runner(self.case, at);
        if self.cheer && self.case != Case::ExecutionFailed {
            text.line(CHEER, None, "stdout", "✅ Job submitted to Vertex AI!");
        }
        let mut decided = at;
        match self.case {
            Case::JobActive => text.job(at, "[\"0s\", \"PENDING\"], [\"180s\", \"RUNNING\"]", 500),
            Case::JobFailed => {
                text.job(at, "[\"0s\", \"PENDING\"], [\"0.2s\", \"FAILED\"]", 500);
            }
            Case::LogProof => {
                let lag = self.lag.draw(&mut chance);
                text.job(at, "[\"0s\", \"PENDING\"], [\"180s\", \"RUNNING\"]", 1_200_000);
                text.line(at, Some(lag), "stdout", &proof());
                decided += lag;
            }
            Case::LogFatal | Case::FirstOfThree => {
                let lag = self.lag.draw(&mut chance);
                text.line(at, Some(lag), "stderr", GIVE_UP);
                decided += if self.case == Case::FirstOfThree {
                    lag.min(FAILS_AFTER + 500)
                } else {
                    lag
                };
            }
            Case::ExecutionFailed => {}
        }
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
}

/// A scenario's text as it grows.
struct Text {
    toml: String,
    lag: u64,
}

impl Text {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.toml.write_fmt(text); // a String takes everything
    }

    /// The runner and what it always prints; when it ends.
    fn runner(&mut self, case: Case, at: u64) -> u64 {
        let (exit, code) = match case {
            Case::ExecutionFailed => (at - 500, 1),
            Case::FirstOfThree => (at + FAILS_AFTER, 1),
            Case::LogFatal | Case::LogProof => (at + 60_000, 0),
            Case::JobActive | Case::JobFailed => (at + 28_000, 0),
        };
        let lag = self.lag;
        self.add(format_args!(
            "summary = \"drawn\"\nlag = \"{lag}ms\"\n\n[runner]\nmax_retries = 0\n\n\
             [[runner.attempt]]\nstart = \"4s\"\nexit = {{ at = \"{exit}ms\", code = {code} }}\n"
        ));
        self.line(4_200, None, "stdout", "Starting runner");
        if case == Case::ExecutionFailed {
            return exit;
        }
        self.line(5_500, None, "stderr", "wandb: Starting launch agent ✨");
        self.line(
            6_400,
            None,
            "stderr",
            "wandb: launch: agent ${EXECUTION} polling on queues vertex-ai-queue, running 0 out of a maximum of 1 jobs",
        );
        self.line(at.min(12_000) - 4_000, None, "stderr", RECEIVED);
        self.line(
            at.min(12_000) - 3_000,
            None,
            "stderr",
            "wandb: launch: Launching job: my-team/vision/train-job:latest",
        );
        exit
    }

    fn line(&mut self, at: u64, lag: Option<u64>, stream: &str, text: &str) {
        let lag = lag.map_or(String::new(), |lag| format!("lag = \"{lag}ms\"\n"));
        self.add(format_args!(
            "\n[[log]]\nat = \"{at}ms\"\n{lag}stream = \"{stream}\"\ntext = '''\n{text}'''\n"
        ));
    }

    /// So many lines a second from the runner's start to its end, fifty at a time.
    fn flood(&mut self, a_second: u32, ends: u64) {
        const AT_A_TIME: u32 = 50;
        let every = u64::from(AT_A_TIME * 1000 / a_second.max(AT_A_TIME)).max(1);
        let times = ends.saturating_sub(5_000) / every;
        let lines = "step: loss=0.4312 lr=1e-4 tokens/s=51234\n".repeat(AT_A_TIME as usize);
        self.add(format_args!(
            "\n[[log]]\nat = \"5s\"\ncount = {times}\nevery = \"{every}ms\"\ntext = '''\n{lines}'''\n"
        ));
    }

    /// Our job, which shows `hidden` ms after its creation, at `at` where that is half a second.
    fn job(&mut self, at: u64, states: &str, hidden: u64) {
        let created = at - 500;
        self.add(format_args!(
            "\n[[job]]\nat = \"{created}ms\"\nowner = \"ours\"\nmark = \"label\"\ndisplay_name = \"train-vision\"\n\
             states = [{states}]\nvisible_after = \"{hidden}ms\"\n\
             error = {{ code = 3, message = \"The replica workerpool0-0 exited with a non-zero status of 1.\" }}\n"
        ));
    }

    /// Somebody else's, which fails within seconds.
    fn foreign(&mut self, at: u64) {
        self.add(format_args!(
            "\n[[job]]\nat = \"{at}ms\"\nowner = \"foreign\"\nmark = \"none\"\ndisplay_name = \"somebody-elses-sweep\"\n\
             states = [[\"0s\", \"PENDING\"], [\"3s\", \"FAILED\"]]\n\
             error = {{ code = 8, message = \"Resources are insufficient in region: ${{REGION}}.\" }}\n"
        ));
    }
}

/// agent.py prints the whole queue item.
const RECEIVED: &str = "wandb: launch: Launch agent received job:
wandb: {'runQueueItemId': '${QUEUE_ITEM}',
wandb:  'runSpec': {'author': 'me@example.com',
wandb:              'job': 'my-team/vision/train-job:latest',
wandb:              'resource': 'vertex'}}
wandb: ";

/// agent.py's marker, with a cause that the old loop's patterns know too.
const GIVE_UP: &str = "wandb: ERROR launch: Error running job: Traceback (most recent call last):
wandb: ERROR   File \"/usr/local/lib/python3.10/site-packages/wandb/sdk/launch/agent/agent.py\", line 668, in task_run_job
wandb: ERROR     await self._task_run_job(
wandb: ERROR   File \"/usr/local/lib/python3.10/site-packages/google/api_core/grpc_helpers.py\", line 72, in error_remapped_callable
wandb: ERROR     raise exceptions.from_grpc_error(exc) from exc
wandb: ERROR google.api_core.exceptions.PermissionDenied: 403 Permission 'aiplatform.customJobs.create' denied on resource '//aiplatform.googleapis.com/projects/${PROJECT}/locations/${REGION}' (or it may not exist).
wandb: ERROR ";

/// What the SDK prints when it has created a job.
fn proof() -> String {
    format!(
        "{PROOF}: projects/${{PROJECT_NUMBER}}/locations/${{REGION}}/customJobs/${{JOB_ID:0}}\n\
         View Custom Job:"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(case: Case) -> Draw {
        Draw {
            case,
            within: Duration::from_mins(1),
            foreign: 2,
            cheer: true,
            ..Draw::default()
        }
    }

    #[test]
    fn every_case_is_a_scenario_and_a_seed_draws_it_again() {
        for case in Case::ALL {
            let life = |seed, index| format!("{:?}", draw(case).life(seed, index).unwrap().scenario);
            assert_eq!(life(1, 7), life(1, 7), "{}", case.name());
            assert_ne!(life(1, 7), life(1, 8), "{}", case.name());
            assert_ne!(life(1, 7), life(2, 7), "{}", case.name());
        }
    }

    #[test]
    fn a_life_is_decided_when_the_emulator_first_shows_a_fact() {
        use crate::harness::paused;
        use crate::harness::stage::{Setting, Stage, run_job};
        let played = async {
            let lives = Case::ALL.map(|case| draw(case).life(3, 1).unwrap());
            let setting = Setting {
                seed: 0,
                rtt: Duration::ZERO,
                quotas: crate::emulator::Quotas::real(),
                faults: Vec::new(),
                jobs: lives
                    .iter()
                    .map(|life| (life.scenario.name().to_owned(), life.scenario.clone()))
                    .collect(),
            };
            let stage = Stage::start(setting).await.unwrap();
            for life in lives {
                let job = run_job("p", 0, life.scenario.name());
                let started = stage
                    .client()
                    .unwrap()
                    .run_job(&job, &crate::gcp::Overrides::default(), None)
                    .await
                    .unwrap();
                let shown = stage
                    .shows(&started.execution.name.to_string(), life.facts)
                    .unwrap();
                let created = started.execution.create_time.unwrap();
                let after = Duration::try_from(shown.duration_since(created)).unwrap();
                assert_eq!(after, life.decided, "{}", life.scenario.name());
            }
        };
        paused(played);
    }

    #[test]
    fn a_line_that_shows_after_the_log_counts_as_complete_leaves_its_launch_undetermined() {
        use crate::harness::{Cell, Policy, paused};
        let mut straggling = draw(Case::LogFatal);
        straggling.lag = Lag::Stragglers;
        let late = |index: &u64| {
            let life = straggling.life(1, *index).unwrap();
            life.decided > life.complete + Duration::from_secs(2)
        };
        let index = (0..2_000).find(late).expect("two in a hundred lines straggle");
        let arms = paused(
            Cell {
                draw: straggling,
                first: index,
                events: 1,
                ..Cell::default()
            }
            .play(&[Policy::Liftoff]),
        );
        let tally = &arms.unwrap()[0].tally;
        assert_eq!((tally.open, tally.launches()), (1, 1), "{:?}", tally.odd);
    }

    #[test]
    fn lags_are_those_of_their_law() {
        let mut chance = Chance::seeded(1);
        let late = |lag: Lag, chance: &mut Chance| {
            let drawn: Vec<u64> = (0..5_000).map(|_| lag.draw(chance)).collect();
            assert!(drawn.iter().all(|ms| (5_000..120_000).contains(ms)));
            drawn.iter().filter(|ms| **ms >= 15_000).count()
        };
        assert_eq!(late(Lag::Usual, &mut chance), 0);
        let stragglers = late(Lag::Stragglers, &mut chance);
        assert!((60..140).contains(&stragglers), "{stragglers} of 5,000");
    }
}
