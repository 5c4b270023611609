//! The stage of a cell: the emulator, and what clients of it share.

use std::rc::Rc;
use std::time::Duration;

use crate::clock::Clock;
use crate::core::ids::{InvalidName, RunJob, Scope};
use crate::core::pattern::{PatternError, PatternSet};
use crate::emulator::{
    Emulator, EmulatorConfig, EmulatorError, Fault, Quotas, Scenario, ScenarioError, Sighting,
};
use crate::gcp::auth::StaticToken;
use crate::gcp::{ApiError, EndpointError, Endpoints, Gcp, GcpConfig, Http, SetupError};

/// Why a cell could not be played.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// The emulator did not start.
    #[error(transparent)]
    Emulator(#[from] EmulatorError),
    /// A drawn life is no scenario.
    #[error("a drawn life is no scenario: {0}")]
    Scenario(#[from] ScenarioError),
    /// The client could not be made.
    #[error(transparent)]
    Client(#[from] SetupError),
    /// The emulator's address is none.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The built-in patterns do not compile.
    #[error(transparent)]
    Patterns(#[from] PatternError),
    /// What was asked after a run was refused.
    #[error(transparent)]
    Refused(#[from] ApiError),
    /// A made-up name is none.
    #[error(transparent)]
    Name(#[from] InvalidName),
}

/// The regions of launches; those of a single region are all in the first.
pub(super) const REGIONS: [&str; 4] = ["us-central1", "us-east1", "europe-west4", "asia-southeast1"];

/// One emulator and what its clients share.
pub(super) struct Stage {
    pub(super) emulator: Rc<Emulator>,
    pub(super) patterns: Rc<PatternSet>,
    pub(super) clock: Clock,
    http: Http,
}

/// What the cloud of a cell is like.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Decides names and which requests fail.
    pub(super) seed: u64,
    pub(super) rtt: Duration,
    pub(super) quotas: Quotas,
    pub(super) faults: Vec<Fault>,
    pub(super) jobs: Vec<(String, Scenario)>,
}

impl Stage {
    /// A cloud whose clock starts at the emulator's usual epoch.
    pub(super) async fn start(setting: Setting) -> Result<Self, HarnessError> {
        Self::start_at(setting, Clock::at(EmulatorConfig::default().epoch)).await
    }

    /// A cloud that goes by a clock.
    pub(super) async fn start_at(setting: Setting, clock: Clock) -> Result<Self, HarnessError> {
        let config = EmulatorConfig {
            seed: setting.seed,
            rtt: setting.rtt,
            quotas: setting.quotas,
            extra_faults: setting.faults,
            jobs: setting.jobs,
            epoch: clock.now(),
            ..EmulatorConfig::default()
        };
        Ok(Self {
            emulator: Rc::new(Emulator::start(config).await?),
            patterns: Rc::new(PatternSet::builtin()?),
            clock,
            http: Http::new("liftoff-bench")?,
        })
    }

    /// A client with its own count of requests.
    pub(super) fn client(&self) -> Result<Gcp, HarnessError> {
        let (endpoint, token) = (self.emulator.endpoint(), self.emulator.static_token());
        client(self.http.clone(), &endpoint, &token, self.clock)
    }

    /// When the first of these facts of an execution shows.
    pub(super) fn shows(&self, execution: &str, facts: &[Sighting<'_>]) -> Option<jiff::Timestamp> {
        let shown = facts
            .iter()
            .filter_map(|fact| self.emulator.visible_from(execution, *fact));
        shown.min()
    }

    /// Launches that were started more than once: by the ids that Liftoff gives them.
    pub(super) fn doubles(&self) -> usize {
        let accepted = self.emulator.stats().accepted_runs;
        let twice = |(id, runs): &(&String, &u64)| !id.is_empty() && **runs > 1;
        accepted.iter().filter(twice).count()
    }

    /// Requests refused for quota so far: of Cloud Run, Cloud Logging and Vertex AI.
    pub(super) fn throttled(&self) -> [u64; 3] {
        let stats = self.emulator.stats();
        ["run.", "logging.", "aiplatform."].map(|api| {
            let methods = stats.methods.iter().filter(|(id, _)| id.starts_with(api));
            methods.filter_map(|(_, method)| method.by_status.get(&429)).sum()
        })
    }
}

/// A client of an emulator.
pub(super) fn client(http: Http, endpoint: &str, token: &str, clock: Clock) -> Result<Gcp, HarnessError> {
    Ok(Gcp::new(GcpConfig {
        http,
        endpoints: Endpoints::all_at(endpoint)?,
        token: Rc::new(StaticToken::new(token)),
        quota_project: None,
        clock,
    }))
}

/// A job of a project, in one of [`REGIONS`].
pub(super) fn run_job(project: &str, region: usize, job: &str) -> RunJob {
    let region = REGIONS[region % REGIONS.len()].to_owned();
    RunJob {
        scope: Scope {
            project: project.to_owned(),
            region,
        },
        job: job.to_owned(),
    }
}

/// Runs a future in an actix system whose clock is virtual: when everything waits, time jumps to the next timer.
///
/// # Panics
/// The system gives no event loop.
pub fn paused<F: Future>(future: F) -> F::Output {
    #[expect(clippy::expect_used, reason = "without a runtime there is nothing to measure")]
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime")
    };
    actix::System::with_tokio_rt(runtime).block_on(future)
}

/// Runs a future in an actix system on the real clock.
pub fn live<F: Future>(future: F) -> F::Output {
    actix::System::new().block_on(future)
}
