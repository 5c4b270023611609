//! What the user asked for.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{CustomJobName, ExecutionName, LaunchId, RunJob, Scope};

/// How far the custom job has to come for the launch to count as a success.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// The custom job exists (any state that is not an end, or succeeded)
    Submitted,
    /// The custom job runs
    Running,
    /// The custom job ended well
    Succeeded,
}

impl Goal {
    /// The deadline where the user gave none: 15 minutes, an hour, none.
    pub fn default_timeout(self) -> Option<Duration> {
        match self {
            Self::Submitted => Some(Duration::from_mins(15)),
            Self::Running => Some(Duration::from_hours(1)),
            Self::Succeeded => None,
        }
    }

    /// As written on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
        }
    }
}

/// How far a guess may go when no mark says whose job it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Attribution {
    /// Only marks decide
    Strict,
    /// The only new job of the time window counts as ours once the log shows that one was received
    Window,
}

/// What to do with the execution (and the pinned job) when a launch ends otherwise than well.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Afterwards {
    /// Leave it running
    Leave,
    /// Cancel it
    Cancel,
}

/// What the user knows about the job to come. It outranks every mark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Queue item id; the job carries it as `WANDB_LAUNCH_TRACE_ID`.
    pub queue_item: Option<String>,
    /// W&B run id; the job carries it as label `wandb-run-id`.
    pub run_id: Option<String>,
    /// The job's display name.
    pub run_name: Option<String>,
    /// The job itself (`watch --job`).
    pub job: Option<CustomJobName>,
}

impl Identity {
    /// Whether the user said anything.
    pub fn is_given(&self) -> bool {
        self.queue_item.is_some() || self.run_id.is_some() || self.run_name.is_some() || self.job.is_some()
    }
}

/// Where the runner comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Start this job; attach instead if an execution with the launch's id exists and the id was the caller's.
    Start {
        /// The job.
        job: RunJob,
        /// Arguments that replace the job's own; `None` keeps them.
        args: Option<Vec<String>>,
        /// Environment variables added to the job's own.
        env: Vec<(String, String)>,
        /// The id was given by the user: look for an execution that has it before starting one.
        id_given: bool,
    },
    /// Attach to an execution.
    Attach(ExecutionName),
    /// Attach to the execution of this job that carries the launch's id.
    Find(RunJob),
}

impl Target {
    /// The Cloud Run job concerned.
    pub fn job(&self) -> &RunJob {
        match self {
            Self::Start { job, .. } | Self::Find(job) => job,
            Self::Attach(execution) => &execution.job,
        }
    }
}

/// What an earlier process left of a try: a batch that is resumed goes on from there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Left {
    /// Nothing was sent.
    #[default]
    Nothing,
    /// `jobs.run` may have been sent: only a list can tell, once it has had time to show it.
    Sent {
        /// When it may have left, by the wall clock.
        at: Timestamp,
        /// Without the launch's id: no list can tell.
        bare: bool,
    },
    /// There is an execution.
    Running {
        /// Its name.
        execution: ExecutionName,
        /// The operation that `jobs.run` answered with.
        operation: Option<String>,
    },
}

/// One launch, as asked for. Its JSON is stored in journals: fields are only ever added, with a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchSpec {
    /// Its id.
    pub id: LaunchId,
    /// Its name in a batch.
    pub name: Option<String>,
    /// Which try of the launch this is, from 1. Each has an execution of its own.
    pub attempt: u32,
    /// It is one of several of this process: their runners may take each other's items, and a full Cloud Run concerns all.
    pub in_batch: bool,
    /// Where the runner comes from.
    pub target: Target,
    /// What an earlier process left of this try.
    #[serde(default)]
    pub left: Left,
    /// Where the custom job is expected.
    pub vertex: Scope,
    /// The goal.
    pub until: Goal,
    /// The deadline, from the start; `None` waits for ever.
    pub timeout: Option<Duration>,
    /// What the user knows of the job.
    pub identity: Identity,
    /// How far a guess may go.
    pub attribution: Attribution,
    /// Take weak signs for success, with `confirmed: false`.
    pub accept_unconfirmed: bool,
    /// After a failure.
    pub on_failure: Afterwards,
    /// After the deadline.
    pub on_timeout: Afterwards,
    /// After a signal to this process.
    pub on_interrupt: Afterwards,
    /// End once the runner is started, without supervising it.
    pub detach: bool,
}

impl LaunchSpec {
    /// A launch as plain as can be: its first try, in the job's own project and region, until the custom job is submitted,
    /// judged by marks alone, and everything left as it is. For harnesses and tests; what a user wants comes from settings.
    pub fn plain(id: LaunchId, job: RunJob) -> Self {
        let vertex = job.scope.clone();
        Self {
            id,
            name: None,
            attempt: 1,
            in_batch: false,
            target: Target::Start {
                job,
                args: None,
                env: Vec::new(),
                id_given: false,
            },
            left: Left::Nothing,
            vertex,
            until: Goal::Submitted,
            timeout: Goal::Submitted.default_timeout(),
            identity: Identity::default(),
            attribution: Attribution::Strict,
            accept_unconfirmed: false,
            on_failure: Afterwards::Leave,
            on_timeout: Afterwards::Leave,
            on_interrupt: Afterwards::Leave,
            detach: false,
        }
    }

    /// A later try of the same launch: it begins anew, whatever an earlier process left of this one.
    #[must_use]
    pub fn later_try(&self, attempt: u32) -> Self {
        Self {
            attempt,
            left: Left::Nothing,
            ..self.clone()
        }
    }

    /// What the runner of this try is known by: `LIFTOFF_LAUNCH_ID` in its environment.
    ///
    /// The first try's is the launch's own id. A later try has another one, so that its execution is never taken for the
    /// earlier one's.
    pub fn runner_id(&self) -> LaunchId {
        self.id.of_attempt(self.attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_try_of_a_launch_that_was_resumed_does_not_go_on_with_the_execution_that_ended() {
        let job = RunJob {
            scope: Scope {
                project: "p".to_owned(),
                region: "us-central1".to_owned(),
            },
            job: "runner".to_owned(),
        };
        let resumed = LaunchSpec {
            left: Left::Sent {
                at: Timestamp::UNIX_EPOCH,
                bare: false,
            },
            ..LaunchSpec::plain(LaunchId::parse("l-1").unwrap(), job)
        };
        let later = resumed.later_try(2);
        assert_eq!((later.attempt, &later.left), (2, &Left::Nothing));
        assert_ne!(later.runner_id(), resumed.runner_id());
    }
}
