//! Performs the start: sends what [`Starting`] says, feeds back what comes.
//!
//! What is known of a start is [`Starting`]'s, in core; what is on record of it is the journal's ([`intents`]). One more way to
//! an execution is a [`Target`] and its function in [`found`].

mod found;
mod intents;
mod overrides;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};

use crate::core::Moment;
use crate::core::ids::{LaunchId, RunJob};
use crate::core::spec::{LaunchSpec, Left, Target};
use crate::core::start::{PostAnswer, StartEnd, StartStep, Starting, Trouble};
use crate::gcp::{ApiError, ErrorKind, Gcp, Overrides, StartError};
use crate::journal::{Accepted, Journal};

use found::{attach, find, go_on, look};
use intents::{Intents, unrecorded};

pub(super) use overrides::{denies_overrides, needs_overrides, overrides};

/// What happens while a launch is being started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StartNews {
    /// A `jobs.run` leaves: from now on an interruption may leave a runner behind.
    Sent,
    /// Cloud Run refused for the rate or for too many executions.
    Crowded,
}

/// Starts, or finds, the execution of a launch. What is sent, and what there is then, is on record before this goes on. Where
/// the journal fails, which it says itself, a launch goes on without it, unless the journal is vital: whoever resumes a batch
/// would begin the launch once more.
pub(super) async fn start(
    gcp: Gcp,
    journal: Journal,
    spec: Rc<LaunchSpec>,
    tell: impl FnMut(StartNews),
) -> StartEnd {
    if spec.attempt > 1 {
        let _ = journal.create_attempt(&spec.id, spec.attempt).await;
    }
    let end = begin(&gcp, &journal, &spec, tell).await;
    if let StartEnd::Running {
        execution, operation, ..
    } = &end
    {
        let accepted = Accepted {
            execution: execution.name.clone(),
            operation: operation.clone(),
            at: gcp.moment().wall,
        };
        let _ = journal.accepted(&spec.runner_id(), accepted).await;
    }
    end
}

async fn begin(gcp: &Gcp, journal: &Journal, spec: &LaunchSpec, mut tell: impl FnMut(StartNews)) -> StartEnd {
    let id = spec.runner_id();
    match &spec.target {
        Target::Start {
            job,
            args,
            env,
            id_given,
        } => {
            let overrides = overrides(&id, args.as_ref(), env);
            let now = gcp.moment();
            let mut starting = match &spec.left {
                Left::Nothing => Starting::new(now.mono, *id_given, needs_overrides(spec)),
                Left::Sent { at, bare } => {
                    Starting::left(now.mono, since(now, *at), *bare, needs_overrides(spec))
                }
                Left::Running { execution, operation } => {
                    return go_on(gcp, execution, operation.as_ref()).await;
                }
            };
            if spec.in_batch {
                starting.leave_crowds();
            }
            let intents = Intents::new(journal, spec);
            perform(gcp, intents, starting, job, &id, &overrides, &mut tell).await
        }
        Target::Attach(name) => attach(gcp, name).await,
        Target::Find(job) => find(gcp, job, &id).await,
    }
}

/// The instant of a wall time that has passed; a clock that was set back since counts as no time at all.
fn since(now: Moment, at: Timestamp) -> Instant {
    let passed = Duration::try_from(now.wall.duration_since(at)).unwrap_or_default();
    now.mono.checked_sub(passed).unwrap_or(now.mono)
}

/// Takes the steps of a start until it is over.
async fn perform(
    gcp: &Gcp,
    mut intents: Intents<'_>,
    mut starting: Starting,
    job: &RunJob,
    id: &LaunchId,
    overrides: &Overrides,
    tell: &mut impl FnMut(StartNews),
) -> StartEnd {
    loop {
        match starting.next(gcp.moment().mono) {
            StartStep::Post { bare } => {
                if let Err(error) = intents.record(id, gcp.moment().wall, bare).await {
                    return unrecorded(&error);
                }
                tell(StartNews::Sent);
                let none = Overrides::default();
                let answer = post(gcp, job, if bare { &none } else { overrides }).await;
                if matches!(&answer, PostAnswer::Refused { rate_limited, .. } if *rate_limited) {
                    tell(StartNews::Crowded);
                }
                starting.posted(gcp.moment().mono, answer);
            }
            StartStep::List => {
                let answer = look(gcp, job, id).await;
                starting.listed(gcp.moment().mono, answer);
            }
            StartStep::WaitUntil(at) => sleep_until(at).await,
            StartStep::Done(end) => return end,
        }
    }
}

fn trouble(error: &ApiError) -> Trouble {
    Trouble {
        message: error.summary(),
        hint: error.hint(),
    }
}

/// Sends `jobs.run`.
async fn post(gcp: &Gcp, job: &RunJob, overrides: &Overrides) -> PostAnswer {
    match gcp.run_job(job, overrides, None).await {
        Ok(run) => PostAnswer::Started(Arc::new(run.execution), run.operation),
        Err(error) => post_answer(&error),
    }
}

fn post_answer(error: &StartError) -> PostAnswer {
    let api = error.api_error();
    let trouble = trouble(api);
    match error {
        StartError::NotSent(_) => PostAnswer::NotSent {
            permanent: !api.is_retryable(),
            trouble,
        },
        StartError::Ambiguous(_) => PostAnswer::Ambiguous(trouble),
        StartError::Refused(_) => PostAnswer::Refused {
            status: api.status().unwrap_or_default(),
            overrides_denied: denies_overrides(api),
            rate_limited: api.kind() == ErrorKind::RateLimited,
            wait: api.retry_after(),
            trouble,
        },
    }
}
