//! The commands about one launch: `launch`, `watch`, `cancel`.

use clap::Args;

use crate::config::{
    self, CommonFlags, EnvOverride, Flags, GoalFlags, JobRef, PlaceFlags, Request, RunnerRef, Wanted,
};
use crate::core::ids::{CustomJobName, LaunchId};
use crate::core::spec::Identity;

use super::help;

/// `liftoff launch JOB [-- ARGS…]`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::EXIT_CODES)]
pub struct LaunchArgs {
    /// The Cloud Run job: its name, or projects/P/locations/R/jobs/JOB
    #[arg(value_parser = config::job)]
    pub job: JobRef,
    /// Arguments for the runner; they replace the job's own
    #[arg(last = true)]
    pub args: Vec<String>,
    /// A variable added to the runner's own; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = config::env_override)]
    pub env: Vec<EnvOverride>,
    /// The launch's id: if an execution has it already, attach to that instead of starting another
    #[arg(long, value_name = "ID", value_parser = config::parse_launch_id)]
    pub id: Option<LaunchId>,
    /// End once the runner is started, without supervising it
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub detach: Option<bool>,
    /// What is known of the job to come.
    #[command(flatten)]
    pub identity: IdentityFlags,
    /// Where.
    #[command(flatten)]
    pub place: PlaceFlags,
    /// How it is judged.
    #[command(flatten)]
    pub goal: GoalFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl LaunchArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            place: self.place.clone(),
            goal: self.goal.clone(),
            detach: self.detach,
            ..self.common.flags()
        }
    }

    /// What is wanted.
    pub fn request(&self) -> Request {
        Request {
            wanted: Wanted::Start {
                job: self.job.clone(),
                args: Some(self.args.clone()).filter(|args| !args.is_empty()),
                env: self.env.clone(),
            },
            id: self.id.clone(),
            name: None,
            identity: self.identity.identity(None),
        }
    }
}

/// `liftoff watch EXECUTION|ID`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::EXIT_CODES)]
pub struct WatchArgs {
    /// The runner.
    #[command(flatten)]
    pub runner: RunnerArgs,
    /// The custom job to judge by: projects/P/locations/R/customJobs/NUMBER
    #[arg(long, value_name = "RESOURCE", value_parser = config::custom_job)]
    pub job: Option<CustomJobName>,
    /// What is known of the job.
    #[command(flatten)]
    pub identity: IdentityFlags,
    /// Where.
    #[command(flatten)]
    pub place: PlaceFlags,
    /// How it is judged.
    #[command(flatten)]
    pub goal: GoalFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl WatchArgs {
    /// The settings among the arguments. To watch is never to detach, whatever a file says.
    pub fn flags(&self) -> Flags {
        Flags {
            place: self.place.clone(),
            goal: self.goal.clone(),
            detach: Some(false),
            ..self.common.flags()
        }
    }

    /// What is wanted.
    pub fn request(&self) -> Request {
        self.runner.request(self.identity.identity(self.job.clone()))
    }
}

/// `liftoff cancel ID|EXECUTION`.
#[derive(Args, Clone, Debug)]
#[command(after_help = help::EXIT_CODES)]
pub struct CancelArgs {
    /// The runner.
    #[command(flatten)]
    pub runner: RunnerArgs,
    /// Where.
    #[command(flatten)]
    pub place: PlaceFlags,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl CancelArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        Flags {
            place: self.place.clone(),
            detach: Some(false),
            ..self.common.flags()
        }
    }

    /// Which launch is meant.
    pub fn request(&self) -> Request {
        self.runner.request(Identity::default())
    }
}

/// A runner that was started already.
#[derive(Args, Clone, Debug)]
pub struct RunnerArgs {
    /// The execution (its name, or projects/P/locations/R/jobs/JOB/executions/E), or a launch id with --job-name
    #[arg(value_name = "EXECUTION|ID", value_parser = config::runner)]
    pub runner: RunnerRef,
    /// Take EXECUTION|ID for a launch id, and look for it among the executions of this Cloud Run job
    #[arg(long, value_name = "JOB", value_parser = config::job)]
    pub job_name: Option<JobRef>,
}

impl RunnerArgs {
    fn request(&self, identity: Identity) -> Request {
        Request {
            wanted: Wanted::Attach {
                runner: self.runner.clone(),
                job: self.job_name.clone(),
            },
            id: None,
            name: None,
            identity,
        }
    }
}

/// What the user knows of the custom job. It outranks every mark on it.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Identity of the custom job")]
pub struct IdentityFlags {
    /// W&B queue item id, which the job carries as `WANDB_LAUNCH_TRACE_ID`
    #[arg(long, value_name = "ID", value_parser = config::mark)]
    pub queue_item: Option<String>,
    /// W&B run id, which the job carries as label `wandb-run-id`
    #[arg(long, value_name = "ID", value_parser = config::mark)]
    pub run_id: Option<String>,
    /// The job's display name
    #[arg(long, value_name = "NAME", value_parser = config::display_name)]
    pub run_name: Option<String>,
}

impl IdentityFlags {
    /// The identity, with the job itself where it was named.
    pub fn identity(&self, job: Option<CustomJobName>) -> Identity {
        Identity {
            queue_item: self.queue_item.clone(),
            run_id: self.run_id.clone(),
            run_name: self.run_name.clone(),
            job,
        }
    }
}
