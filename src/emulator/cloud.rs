//! The whole state of the emulated cloud. The server owns it; methods read and change it one request at a time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::emulator::{
    EmulatorConfig, Scenario,
    auth::Tokens,
    chance::Chance,
    clock::{Clock, Pace, between},
    fault::{Fault, FaultBook, FaultKind, Strike},
    method::Call,
    names::project_number,
    quota::Meter,
    run::RunOperation,
    scenario::Truth,
    stats::Stats,
    store::{JobStore, LogStore},
    timeline::{self, Names, Run, Template},
};

/// The environment variable by which accepted runs are counted.
pub(crate) const LAUNCH_ID: &str = "LIFTOFF_LAUNCH_ID";

/// Executions, log, custom jobs, tokens, quotas, faults and counts.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) catalog: BTreeMap<String, Arc<Scenario>>,
    pub(crate) runs: Vec<Run>,
    pub(crate) operations: Vec<RunOperation>,
    pub(crate) logs: LogStore,
    pub(crate) jobs: JobStore,
    pub(crate) tokens: Tokens,
    pub(crate) meter: Meter,
    pub(crate) stats: Stats,
    /// Where the server listens, for the token endpoint's audience.
    pub(crate) endpoint: String,
    speed: f64,
    by_name: HashMap<String, usize>,
    armed: Vec<usize>,
    book: FaultBook,
    extra_faults: Vec<Fault>,
}

impl Cloud {
    /// A cloud in which nothing has run yet.
    pub(crate) fn new(config: EmulatorConfig, endpoint: String) -> Self {
        let clock = Clock::starting_at(config.epoch); // first: reading the scenarios takes time that it must not lose
        let builtins = Scenario::builtins()
            .into_iter()
            .filter_map(|(name, _)| Some((name.to_owned(), Scenario::builtin(name)?)));
        let catalog = builtins
            .chain(config.jobs)
            .map(|(job, scenario)| (job, Arc::new(scenario)))
            .collect();
        let mut cloud = Self {
            clock,
            chance: Chance::seeded(config.seed),
            catalog,
            runs: Vec::new(),
            operations: Vec::new(),
            logs: LogStore::default(),
            jobs: JobStore::default(),
            tokens: Tokens::new(config.seed, config.token_lifetime),
            meter: Meter::new(config.quotas),
            stats: Stats::default(),
            endpoint,
            speed: config.speed,
            by_name: HashMap::new(),
            armed: Vec::new(),
            book: FaultBook::new(config.seed),
            extra_faults: config.extra_faults,
        };
        let epoch = cloud.clock.epoch();
        for fault in cloud
            .extra_faults
            .iter()
            .filter(|fault| fault.kind == FaultKind::RevokeTokens)
        {
            cloud
                .tokens
                .revoke_at(crate::emulator::clock::later(epoch, fault.from.0));
        }
        cloud
    }

    /// Names for a run of `job` that begins now.
    pub(crate) fn draw_names(
        &mut self,
        scenario: &Scenario,
        project: &str,
        region: &str,
        job: &str,
        launch: &str,
    ) -> Names {
        let jobs = scenario.jobs.len();
        let execution = loop {
            let name = format!("{job}-{}", self.chance.suffix());
            if !self.by_name.contains_key(&name) {
                break name;
            }
        };
        Names {
            queue_item: timeline::queue_item(&execution),
            execution,
            job: job.to_owned(),
            project: project.to_owned(),
            number: project_number(project),
            region: region.to_owned(),
            launch_id: launch.to_owned(),
            job_ids: (0..jobs).map(|_| self.draw_job_id()).collect(),
            run_ids: (0..jobs).map(|_| self.chance.run_id()).collect(),
        }
    }

    /// The id of a new custom job: nineteen digits.
    pub(crate) fn draw_job_id(&mut self) -> String {
        self.chance
            .within(1_000_000_000_000_000_000..9_000_000_000_000_000_000)
            .to_string()
    }

    /// Accepts a run: from now on its timeline is part of the cloud. Its number.
    pub(crate) fn accept(
        &mut self,
        scenario: &Arc<Scenario>,
        names: Names,
        template: Template,
        now: Timestamp,
    ) -> usize {
        *self
            .stats
            .accepted_runs
            .entry(names.launch_id.clone())
            .or_default() += 1;
        let uid = self.chance.uuid();
        let run = Run::new(
            Arc::clone(scenario),
            names,
            uid,
            Pace::new(now, self.speed),
            template,
        );
        let index = self.runs.len();
        self.by_name.insert(run.names.execution.clone(), index);
        self.logs
            .put(&run.names.number, index, timeline::lay_out_logs(&run), false);
        for job in timeline::lay_out_jobs(&run) {
            self.jobs.put(job);
        }
        if !scenario.faults.is_empty() {
            self.armed.push(index);
        }
        for fault in scenario
            .faults
            .iter()
            .filter(|fault| fault.kind == FaultKind::RevokeTokens)
        {
            self.tokens.revoke_at(run.pace.at(fault.from.0));
        }
        self.runs.push(run);
        index
    }

    /// Changes the course of a run (`change` says whether it did) and lays out again what hangs on it.
    pub(crate) fn change(&mut self, index: usize, change: impl FnOnce(&mut Run) -> bool) -> bool {
        let Some(run) = self.runs.get_mut(index) else {
            return false;
        };
        if !change(run) {
            return false;
        }
        let kept = timeline::lay_out_jobs(run)
            .into_iter()
            .map(|job| job.id)
            .collect();
        self.jobs.keep(&run.names.job_ids, &kept);
        self.logs
            .put(&run.names.number, index, timeline::lay_out_logs(run), true);
        true
    }

    /// The number of the run whose execution has this short name.
    pub(crate) fn run_named(&self, execution: &str) -> Option<usize> {
        self.by_name.get(execution).copied()
    }

    /// The verdicts that are true now of an execution, given by its short or full name.
    pub(crate) fn truths(&self, execution: &str) -> Vec<Truth> {
        let short = execution.rsplit('/').next().unwrap_or(execution);
        let Some(run) = self.run_named(short).and_then(|index| self.runs.get(index)) else {
            return Vec::new();
        };
        let now = self.clock.now();
        let reached = |offset: Duration| run.pace.at(offset) <= now;
        let holds = |truth: &&Truth| reached(truth.from()) && !truth.to().is_some_and(reached);
        run.scenario.truths.iter().filter(holds).cloned().collect()
    }

    /// What the faults that are open now do to a request.
    pub(crate) fn strike(&mut self, call: &Call) -> Strike {
        let (method, mut strike) = (call.method.id, Strike::default());
        let since_start = between(self.clock.epoch(), call.arrived);
        self.book
            .strike(&mut strike, "server", &self.extra_faults, method, since_start);
        if method == "run.jobs.run" {
            if let Some(scenario) = self.catalog.get(call.param("job")) {
                let scope = format!("run {}", launch_of(call));
                self.book
                    .strike(&mut strike, &scope, &scenario.faults, method, Duration::ZERO);
            }
            return strike;
        }
        let project = call.project();
        let number = if project.is_empty() {
            project
        } else {
            project_number(&project)
        };
        let armed = self.armed.iter().filter_map(|index| self.runs.get(*index));
        for run in armed.filter(|run| concerns(call, &number, run)) {
            let (scope, offset) = (&run.names.execution, run.pace.offset(call.arrived));
            self.book
                .strike(&mut strike, scope, &run.scenario.faults, method, offset);
        }
        strike
    }
}

/// Whether a request for the project of that number (empty: for any) can be about an execution: nothing that it
/// names is another's.
fn concerns(call: &Call, number: &str, run: &Run) -> bool {
    let names = |name: &str, value: &str| matches!(call.param(name), "" | "-") || call.param(name) == value;
    (number.is_empty() || number == run.names.number)
        && names("job", &run.names.job)
        && names("execution", &run.names.execution)
}

/// What tells one launch from another before there is an execution: the launch id in the override, or the job.
fn launch_of(call: &Call) -> String {
    let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let overrides = body["overrides"]["containerOverrides"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let variables = overrides.iter().filter_map(|one| one["env"].as_array()).flatten();
    let launch = variables
        .filter(|variable| variable["name"] == LAUNCH_ID)
        .find_map(|variable| variable["value"].as_str());
    launch.unwrap_or(call.param("job")).to_owned()
}
