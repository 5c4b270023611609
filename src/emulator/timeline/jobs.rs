//! The state walks of Vertex AI custom jobs.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::Run;
use crate::emulator::{
    chance::Chance,
    clock::{Pace, later},
    scenario::{JobPlan, JobState, Mark, Owner},
};

/// From `customJobs.cancel` to CANCELLED.
const CANCEL_TAKES: Duration = Duration::from_secs(2);

/// A custom job, as it was created.
#[derive(Debug, Clone)]
pub(crate) struct CustomJob {
    /// Number of its project.
    pub(crate) number: String,
    /// Its region.
    pub(crate) region: String,
    /// Its numeric id.
    pub(crate) id: String,
    /// `displayName`.
    pub(crate) display_name: String,
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// `jobSpec` in JSON form.
    pub(crate) spec: serde_json::Value,
    /// Whether a request created it; else a scenario did.
    pub(crate) is_created: bool,
    /// From when a get shows it.
    pub(crate) visible: Timestamp,
    /// From when a list shows it.
    pub(crate) listed: Timestamp,
    /// Its states.
    pub(crate) walk: Walk,
}

impl CustomJob {
    /// `projects/N/locations/R/customJobs/ID`.
    pub(crate) fn path(&self) -> String {
        format!(
            "projects/{}/locations/{}/customJobs/{}",
            self.number, self.region, self.id
        )
    }
}

/// When a job takes which state. The first is its creation.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    states: Vec<(Timestamp, JobState)>,
    error: Option<(i32, String)>,
    cancel_takes: Duration,
}

impl Walk {
    /// A walk whose offsets count from `created`.
    pub(crate) fn new(
        created: Timestamp,
        states: &[(Duration, JobState)],
        error: Option<(i32, String)>,
        pace: &Pace,
    ) -> Self {
        let states = states
            .iter()
            .map(|(after, state)| (later(created, pace.scaled(*after)), *state))
            .collect();
        Self {
            states,
            error,
            cancel_takes: pace.scaled(CANCEL_TAKES),
        }
    }

    /// Its creation.
    pub(crate) fn created(&self) -> Timestamp {
        self.states.first().map_or(Timestamp::UNIX_EPOCH, |(at, _)| *at)
    }

    /// The state at `now`, and since when.
    pub(crate) fn state(&self, now: Timestamp) -> (Timestamp, JobState) {
        let created = (self.created(), JobState::Pending);
        self.states
            .iter()
            .rev()
            .find(|(at, _)| *at <= now)
            .copied()
            .unwrap_or(created)
    }

    /// `startTime`: when it first was RUNNING.
    pub(crate) fn started(&self, now: Timestamp) -> Option<Timestamp> {
        let running = self
            .states
            .iter()
            .find(|(_, state)| *state == JobState::Running)?;
        Some(running.0).filter(|at| *at <= now)
    }

    /// `endTime`.
    pub(crate) fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        let (at, state) = self.state(now);
        state.is_end().then_some(at)
    }

    /// `error`, which only FAILED, CANCELLED and their kin have.
    pub(crate) fn error(&self, now: Timestamp) -> Option<(i32, &str)> {
        match self.state(now).1 {
            JobState::Cancelled => Some((1, "CANCELED")),
            JobState::Failed | JobState::Expired | JobState::PartiallySucceeded => self
                .error
                .as_ref()
                .map(|(code, message)| (*code, message.as_str())),
            _ => None,
        }
    }

    /// Cancels it. False if it had ended.
    pub(crate) fn cancel(&mut self, now: Timestamp) -> bool {
        let state = self.state(now).1;
        if state.is_end() {
            return false;
        }
        if state != JobState::Cancelling {
            self.states.retain(|(at, _)| *at <= now);
            self.states.push((now, JobState::Cancelling));
            self.states
                .push((later(now, self.cancel_takes), JobState::Cancelled));
        }
        true
    }
}

/// The custom jobs of a run. What the runner had not submitted when it was stopped is never submitted.
pub(crate) fn lay_out(run: &Run) -> Vec<CustomJob> {
    let silent = run.course.silent_from().unwrap_or(Timestamp::MAX);
    let plans = (0_usize..).zip(&run.scenario.jobs);
    let lives = |plan: &JobPlan| plan.owner == Owner::Foreign || run.pace.at(plan.at.0) <= silent;
    plans
        .filter(|(_, plan)| lives(plan))
        .map(|(index, plan)| custom_job(run, index, plan))
        .collect()
}

fn custom_job(run: &Run, index: usize, plan: &JobPlan) -> CustomJob {
    let names = &run.names;
    let created = run.pace.at(plan.at.0);
    let visible = later(created, run.pace.scaled(plan.visible_after.0));
    let states: Vec<_> = plan
        .states
        .iter()
        .map(|(after, state)| (after.0, *state))
        .collect();
    let error = plan
        .error
        .as_ref()
        .map(|error| (error.code, names.fill(&error.message)));
    let run_id = names.run_ids.get(index).cloned().unwrap_or_default();
    let mut labels = BTreeMap::from([("wandb-run-id".to_owned(), run_id.clone())]);
    if plan.mark == Mark::Label {
        labels.insert("cloud-run-execution".to_owned(), names.execution.clone());
    }
    labels.extend(
        plan.labels
            .iter()
            .map(|(key, value)| (key.clone(), names.fill(value))),
    );
    CustomJob {
        number: names.number.clone(),
        region: plan.region.clone().unwrap_or_else(|| names.region.clone()),
        id: names.job_ids.get(index).cloned().unwrap_or_default(),
        display_name: names.fill(&plan.display_name),
        labels,
        spec: spec(&environment(run, plan, &run_id)),
        is_created: false,
        visible,
        listed: visible,
        walk: Walk::new(created, &states, error, &run.pace),
    }
}

/// What W&B Launch puts into every container that it starts, and the scenario's own. The key is no key, but looks
/// like one, so that a client which leaks it is caught.
fn environment(run: &Run, plan: &JobPlan, run_id: &str) -> BTreeMap<String, String> {
    let key = "5ec2e7".repeat(7);
    let fixed = [
        ("WANDB_BASE_URL", "https://api.wandb.ai"),
        ("WANDB_API_KEY", &key[..40]),
        ("WANDB_PROJECT", "vision"),
        ("WANDB_ENTITY", "my-team"),
        ("WANDB_LAUNCH", "True"),
        ("WANDB_RUN_ID", run_id),
    ];
    let mut env: BTreeMap<_, _> = fixed
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let trace = match (plan.owner, plan.mark) {
        (Owner::Ours, Mark::Label | Mark::TraceId) => Some(run.names.queue_item.clone()),
        (Owner::Foreign, _) => Some(queue_item(run_id)),
        (Owner::Ours, Mark::None) => None,
    };
    env.extend(trace.map(|item| ("WANDB_LAUNCH_TRACE_ID".to_owned(), item)));
    env.extend(
        plan.env
            .iter()
            .map(|(name, value)| (name.clone(), run.names.fill(value))),
    );
    env
}

/// A run queue item's id, in the form of W&B's: base64 of `RunQueueItem:NUMBER`.
pub(crate) fn queue_item(of: &str) -> String {
    use base64::Engine as _;
    let number = Chance::of(of).within(100_000_000..999_999_999);
    base64::engine::general_purpose::STANDARD.encode(format!("RunQueueItem:{number}"))
}

fn spec(env: &BTreeMap<String, String>) -> serde_json::Value {
    let env: Vec<_> = env
        .iter()
        .map(|(name, value)| serde_json::json!({"name": name, "value": value}))
        .collect();
    serde_json::json!({
        "workerPoolSpecs": [{
            "machineSpec": {"machineType": "g2-standard-8", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1},
            "replicaCount": "1",
            "diskSpec": {"bootDiskType": "pd-ssd", "bootDiskSizeGb": 100},
            "containerSpec": {
                "imageUri": "us-docker.pkg.dev/my-project/train/vision:latest",
                "command": ["python", "train.py"],
                "env": env,
            },
        }],
        "baseOutputDirectory": {"outputUriPrefix": "gs://my-bucket/aiplatform-custom-job"},
    })
}
