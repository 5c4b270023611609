//! What a scenario is: the written life of one runner, as data.
//!
//! A scenario is a commented TOML file. Its offsets count from the accepted `jobs.run`; everything that the
//! emulated cloud shows at a time is a pure function of scenario and time (see [`super::timeline`]). To add one,
//! write `config/scenarios/NAME.toml` and name it in [`builtin`].

mod builtin;
mod lapse;
mod parse;
mod plan;
mod truth;

use std::time::Duration;

pub(crate) use lapse::Lapse;
pub use parse::ScenarioError;
pub(crate) use plan::{
    AttemptPlan, ExitPlan, JobPlan, JobState, LogPlan, Mark, Owner, RunnerPlan, Severity, Stream,
};
pub use truth::Truth;

use crate::emulator::fault::Fault;

/// The written life of one runner: its container, its log, its custom jobs, the faults around it, and the truth.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) lag: Duration,
    pub(crate) runner: RunnerPlan,
    pub(crate) logs: Vec<LogPlan>,
    pub(crate) jobs: Vec<JobPlan>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) truths: Vec<Truth>,
}

impl Scenario {
    /// The built-in scenario of that name.
    pub fn builtin(name: &str) -> Option<Self> {
        builtin::named(name)
    }

    /// Names and one-line summaries of the built-in scenarios, in the order of the catalogue.
    pub fn builtins() -> Vec<(&'static str, String)> {
        builtin::summaries()
    }

    /// Reads a scenario file. `name` is what messages call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(name: &str, toml: &str) -> Result<Self, ScenarioError> {
        parse::parse(name, toml)
    }

    /// A scenario in which nothing happens.
    pub(crate) fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            summary: String::new(),
            lag: parse::typical_lag().0,
            runner: RunnerPlan::empty(),
            logs: Vec::new(),
            jobs: Vec::new(),
            faults: Vec::new(),
            truths: Vec::new(),
        }
    }

    /// The scenario's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What happens, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Which verdicts are true when; see [`Truth`].
    pub fn truths(&self) -> &[Truth] {
        &self.truths
    }
}
