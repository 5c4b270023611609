//! The whole state of the emulated cloud. The server owns it; methods read and change it one request at a time.

mod strike;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::emulator::{
    EmulatorConfig, Scenario,
    auth::Tokens,
    chance::Chance,
    clock::{Clock, Pace},
    exec::Order,
    fault::{Fault, FaultBook, FaultKind},
    grpc::Tails,
    names::project_number,
    quota::Meter,
    recent::Recent,
    run::{
        deployed::{JobBook, Life},
        index::RunIndex,
        operations::Operations,
    },
    scenario::Truth,
    stats::Stats,
    status::{Code, Status},
    store::{JobStore, LogStore},
    timeline::{self, Names, Run, Template},
    vertex::operations::VertexOperations,
};

/// The environment variable by which accepted runs are counted.
pub(crate) const LAUNCH_ID: &str = "LIFTOFF_LAUNCH_ID";

/// Accelerators of each type that a project may use at a time, if nothing else is said.
const USUAL_ACCELERATORS: u32 = 8;

/// Executions, log, custom jobs, tokens, quotas, faults and counts.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    /// Deployed Cloud Run jobs.
    pub(crate) jobs_of_run: JobBook,
    /// Accepted `jobs.run`, in order.
    pub(crate) runs: Vec<Run>,
    /// Where they are found.
    pub(crate) index: RunIndex,
    pub(crate) operations: Operations,
    pub(crate) logs: LogStore,
    /// Sessions of `TailLogEntries`.
    pub(crate) tails: Tails,
    pub(crate) jobs: JobStore,
    /// Deletions of custom jobs.
    pub(crate) vertex_operations: VertexOperations,
    pub(crate) tokens: Tokens,
    pub(crate) meter: Meter,
    pub(crate) stats: Stats,
    /// The last requests.
    pub(crate) recent: Recent,
    /// Decides names; also the fixed token.
    pub(crate) seed: u64,
    /// Says to the processes of a run that it is cancelled.
    pub(crate) stops: HashMap<usize, watch::Sender<bool>>,
    /// Where executions go that are processes.
    orders: mpsc::UnboundedSender<Order>,
    /// Where the server listens, for the token endpoint's audience.
    pub(crate) endpoint: String,
    pub(crate) speed: f64,
    accelerators: HashMap<String, u32>,
    /// `--lag`: from a log line's timestamp to its visibility.
    pub(crate) lag: Option<Duration>,
    limits: Limits,
    armed: Vec<usize>,
    book: FaultBook,
    extra_faults: Vec<Fault>,
}

/// What Cloud Run allows a project in a region.
#[derive(Debug, Clone, Copy)]
struct Limits {
    running: u32,
    retained: usize,
}

/// The jobs that can be run: of the built-in scenarios, of these, and one of processes if `exec`.
fn job_book(jobs: Vec<(String, Scenario)>, exec: bool, epoch: Timestamp) -> JobBook {
    let builtins = Scenario::builtins()
        .into_iter()
        .filter_map(|(name, _)| Some((name.to_owned(), Scenario::builtin(name)?)));
    let catalog = builtins
        .chain(jobs)
        .map(|(job, scenario)| (job, Life::of(scenario)))
        .chain(exec.then(|| ("train".to_owned(), Life::process())))
        .collect();
    JobBook::new(catalog, exec, epoch)
}

impl Cloud {
    /// A cloud in which nothing has run yet.
    pub(crate) fn new(
        config: EmulatorConfig,
        endpoint: String,
        orders: mpsc::UnboundedSender<Order>,
    ) -> Self {
        let clock = Clock::starting_at(config.epoch); // first: reading the scenarios takes time that it must not lose
        let mut cloud = Self {
            clock,
            chance: Chance::seeded(config.seed),
            jobs_of_run: job_book(config.jobs, config.exec.is_some(), config.epoch),
            runs: Vec::new(),
            index: RunIndex::default(),
            operations: Operations::default(),
            logs: LogStore::default(),
            tails: Tails::default(),
            jobs: JobStore::default(),
            vertex_operations: VertexOperations::default(),
            accelerators: config.accelerators.into_iter().collect(),
            tokens: Tokens::new(config.seed, config.token_lifetime, config.allow_anonymous),
            meter: Meter::new(config.quotas),
            stats: Stats::default(),
            recent: Recent::default(),
            seed: config.seed,
            stops: HashMap::new(),
            orders,
            endpoint,
            speed: config.speed,
            lag: config.lag,
            limits: Limits {
                running: config.quotas.running_executions,
                retained: config.quotas.retained_executions,
            },
            armed: Vec::new(),
            book: FaultBook::new(config.seed),
            extra_faults: config.extra_faults,
        };
        cloud.revoke_tokens();
        cloud
    }

    /// Faults that revoke tokens do it at a time that is known at once.
    fn revoke_tokens(&mut self) {
        let revoking = |fault: &&Fault| fault.kind == FaultKind::RevokeTokens;
        for fault in self.extra_faults.iter().filter(revoking) {
            let at = crate::emulator::clock::later(self.clock.epoch(), fault.from.0);
            self.tokens.revoke_at(at);
        }
    }

    /// Names for a run of `job` that begins now.
    pub(crate) fn draw_names(
        &mut self,
        life: &Life,
        project: &str,
        region: &str,
        job: &str,
        launch: &str,
    ) -> Names {
        let jobs = life.scenario.jobs.len();
        let execution = loop {
            let name = format!("{job}-{}", self.chance.suffix());
            if self.index.named(&name).is_none() {
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

    /// How many accelerators of a type a project may use at a time in a region.
    pub(crate) fn accelerator_limit(&self, name: &str) -> u64 {
        self.accelerators
            .get(name)
            .copied()
            .unwrap_or(USUAL_ACCELERATORS)
            .into()
    }

    /// Refuses one more execution where as many run as a project may have in a region.
    pub(crate) fn check_room(&mut self, project: &str, region: &str, now: Timestamp) -> Result<(), Status> {
        let runs = &self.runs;
        let active = self
            .index
            .active(project, region, |index| runs[index].course.ended(now).is_some());
        let limit = self.limits.running;
        if u32::try_from(active).is_ok_and(|active| active < limit) {
            return Ok(());
        }
        // gcloud maps this 429 to "too many executions already running".
        let message = format!(
            "Quota violated: too many executions are running: the limit is {limit} per project and region."
        );
        Err(Status::new(Code::ResourceExhausted, message))
    }

    /// Accepts a run: from now on its timeline is part of the cloud. Its number.
    pub(crate) fn accept(&mut self, life: &Life, names: Names, template: Template, now: Timestamp) -> usize {
        let launch = self.stats.accepted_runs.entry(names.launch_id.clone());
        *launch.or_default() += 1;
        let uid = self.chance.uuid();
        let mut run = Run::new(life, names, uid, Pace::new(now, self.speed), template);
        run.lag = self.lag.unwrap_or(run.lag);
        let index = self.runs.len();
        self.index.add(&run.names, index);
        self.logs.put(
            &run.names.number,
            Some((index, &run.names)),
            timeline::lay_out_logs(&run),
        );
        for job in timeline::lay_out_jobs(&run) {
            self.jobs.put(job);
        }
        self.arm(index, &run);
        if run.is_process {
            self.order(index);
        }
        self.runs.push(run);
        self.forget_old(index, now);
        index
    }

    fn arm(&mut self, index: usize, run: &Run) {
        if !run.scenario.faults.is_empty() {
            self.armed.push(index);
        }
        let revocations = run
            .scenario
            .faults
            .iter()
            .filter(|fault| fault.kind == FaultKind::RevokeTokens);
        for fault in revocations {
            self.tokens.revoke_at(run.pace.at(fault.from.0));
        }
    }

    /// Has a run's processes started, once the request that asked for it is answered.
    fn order(&mut self, run: usize) {
        let (stop, stopped) = watch::channel(false);
        self.stops.insert(run, stop);
        let _ = self.orders.send(Order { run, stop: stopped }); // a server that stops starts nothing more
    }

    /// Cloud Run keeps the last thousand completed executions of a job. The oldest go, a hundred at a time.
    fn forget_old(&mut self, newest: usize, now: Timestamp) {
        let names = &self.runs[newest].names;
        let of_job = self.index.of_job(&names.project, &names.region, &names.job);
        if of_job.len() <= self.limits.retained || !of_job.len().is_multiple_of(100) {
            return;
        }
        let ended =
            |index: &&usize| self.runs[**index].exists(now) && self.runs[**index].course.ended(now).is_some();
        let ended: Vec<usize> = of_job.iter().filter(ended).copied().collect();
        for index in &ended[..ended.len().saturating_sub(self.limits.retained)] {
            self.runs[*index].deleted = Some(now);
        }
    }

    /// Cancels a run at `now`, if it has not ended.
    pub(crate) fn cancel(&mut self, index: usize, now: Timestamp) {
        let Some(run) = self.runs.get_mut(index) else {
            return;
        };
        if run.is_process {
            if run.cancel(now)
                && let Some(stop) = self.stops.get(&index)
            {
                let _ = stop.send(true); // none of its processes may be left to hear it
            }
            return;
        }
        let before = timeline::lay_out_logs(run);
        if !run.cancel(now) {
            return;
        }
        let kept: HashSet<String> = timeline::lay_out_jobs(run)
            .into_iter()
            .map(|job| job.id)
            .collect();
        self.jobs.keep(&run.names.job_ids, &kept);
        // A cancel changes what is still to come, never what was.
        self.logs.replace(
            &run.names.number,
            (index, &run.names),
            &before,
            timeline::lay_out_logs(run),
        );
    }

    /// Deletes a run, and ends it if it has not ended.
    pub(crate) fn delete(&mut self, index: usize, now: Timestamp) {
        self.cancel(index, now);
        if let Some(run) = self.runs.get_mut(index) {
            run.deleted.get_or_insert(now);
        }
    }

    /// The verdicts that are true now of an execution, given by its short or full name.
    pub(crate) fn truths(&self, execution: &str) -> Vec<Truth> {
        let short = execution.rsplit('/').next().unwrap_or(execution);
        let Some(run) = self.index.named(short).and_then(|index| self.runs.get(index)) else {
            return Vec::new();
        };
        let now = self.clock.now();
        let reached = |offset: Duration| run.pace.at(offset) <= now;
        let holds = |truth: &&Truth| reached(truth.from()) && !truth.to().is_some_and(reached);
        run.scenario.truths.iter().filter(holds).cloned().collect()
    }
}
