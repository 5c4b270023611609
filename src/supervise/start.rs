//! Performs the start: sends what [`Starting`] says, feeds back what comes.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};

use crate::core::Moment;
use crate::core::execution::ExecutionView;
use crate::core::ids::{ExecutionName, LaunchId, RunJob};
use crate::core::spec::{LaunchSpec, Left, Target};
use crate::core::start::{ListAnswer, PostAnswer, StartEnd, StartFailure, StartStep, Starting, Trouble};
use crate::core::verdict::{Started, exit};
use crate::gcp::{ApiError, ErrorKind, Gcp, Overrides, StartError};
use crate::journal::{Accepted, Journal, JournalError};

/// Kind of a failure: the execution named is not there.
const NO_SUCH_EXECUTION: &str = "no-such-execution";

/// The variable by which an execution is recognised.
const LAUNCH_ID: &str = "LIFTOFF_LAUNCH_ID";

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

/// The execution that an earlier process started.
async fn go_on(gcp: &Gcp, name: &ExecutionName, left: Option<&String>) -> StartEnd {
    let mut end = attach(gcp, name).await;
    match &mut end {
        StartEnd::Running { operation, .. } => *operation = left.cloned(),
        StartEnd::Failed(failure) if failure.kind == NO_SUCH_EXECUTION => {
            failure.exit_code = exit::CANCELLED;
            failure.started = Started::Yes;
            failure.message =
                format!("{name} was started and is gone: somebody deleted it, or it ended long ago");
        }
        StartEnd::Failed(failure) => failure.started = Started::Yes,
    }
    end
}

/// What a launch's execution gets: what was asked for, and the launch's id.
pub(super) fn overrides(id: &LaunchId, args: Option<&Vec<String>>, env: &[(String, String)]) -> Overrides {
    let own = std::iter::once((LAUNCH_ID.to_owned(), id.to_string()));
    Overrides {
        args: args.cloned(),
        env: env.iter().cloned().chain(own).collect(),
    }
}

/// Whether a launch cannot go without overrides: the user gave arguments, variables or the id.
pub(super) fn needs_overrides(spec: &LaunchSpec) -> bool {
    match &spec.target {
        Target::Start {
            args, env, id_given, ..
        } => args.is_some() || !env.is_empty() || *id_given,
        Target::Attach(_) | Target::Find(_) => false,
    }
}

/// The intents of one launch.
struct Intents<'j> {
    journal: &'j Journal,
    /// One is on record, so that nobody takes the launch for one that was never sent.
    recorded: bool,
}

impl<'j> Intents<'j> {
    fn new(journal: &'j Journal, spec: &LaunchSpec) -> Self {
        Self {
            journal,
            recorded: matches!(spec.left, Left::Sent { .. }),
        }
    }

    /// Records one, where it can be; an error says that nothing may be sent.
    async fn record(&mut self, id: &LaunchId, at: Timestamp, bare: bool) -> Result<(), JournalError> {
        match self.journal.intent(id, at, bare).await {
            Ok(()) => self.recorded = true,
            Err(error) if self.journal.is_vital() && !self.recorded => return Err(error),
            Err(_) => {} // said by the journal
        }
        Ok(())
    }
}

/// A launch that is not begun because resuming its batch would begin it again.
fn unrecorded(error: &JournalError) -> StartEnd {
    StartEnd::Failed(StartFailure {
        kind: "not-recorded",
        message: format!("not started, because that could not be recorded: {error}"),
        hint: Some("Mend that, then go on with the batch: liftoff resume".to_owned()),
        exit_code: exit::NOT_STARTED,
        started: Started::No,
    })
}

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
                let answer = gcp.run_job(job, if bare { &none } else { overrides }, None).await;
                let answer = match answer {
                    Ok(run) => PostAnswer::Started(Arc::new(run.execution), run.operation),
                    Err(error) => post_answer(&error),
                };
                if matches!(
                    answer,
                    PostAnswer::Refused {
                        rate_limited: true,
                        ..
                    }
                ) {
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

pub(super) fn denies_overrides(error: &ApiError) -> bool {
    let Some(refusal) = error.refusal().filter(|refusal| refusal.status == 403) else {
        return false;
    };
    let named = refusal
        .info
        .as_ref()
        .and_then(|info| info.metadata.get("permission"));
    named.map_or_else(
        || refusal.message.contains("runWithOverrides"),
        |p| p.ends_with("runWithOverrides"),
    )
}

async fn look(gcp: &Gcp, job: &RunJob, id: &LaunchId) -> ListAnswer {
    let ours = |view: &ExecutionView| view.launch_id.as_deref() == Some(id.as_str());
    match gcp.list_executions(job, ours).await {
        Ok(list) => {
            let complete = list.is_complete();
            match list.executions.into_iter().find(ours) {
                Some(view) => ListAnswer::Found(Arc::new(view)),
                None if complete => ListAnswer::Lacking,
                None => {
                    let message = format!("the list of executions of {job} holds some that cannot be read");
                    ListAnswer::Failed {
                        permanent: false,
                        trouble: Trouble { message, hint: None },
                    }
                }
            }
        }
        Err(error) => ListAnswer::Failed {
            permanent: !error.is_retryable(),
            trouble: trouble(&error),
        },
    }
}

async fn attach(gcp: &Gcp, name: &ExecutionName) -> StartEnd {
    let mut starting = Starting::new(gcp.moment().mono, true, false);
    loop {
        match starting.next(gcp.moment().mono) {
            StartStep::WaitUntil(at) => sleep_until(at).await,
            StartStep::Done(end) => return end,
            StartStep::Post { .. } | StartStep::List => match gcp.get_execution(name).await {
                Ok(view) => starting.listed(gcp.moment().mono, ListAnswer::Found(Arc::new(view))),
                Err(error) if error.kind() == ErrorKind::NotFound => return no_such(&error),
                Err(error) => {
                    let (permanent, trouble) = (!error.is_retryable(), trouble(&error));
                    starting.listed(gcp.moment().mono, ListAnswer::Failed { permanent, trouble });
                }
            },
        }
    }
}

async fn find(gcp: &Gcp, job: &RunJob, id: &LaunchId) -> StartEnd {
    let mut starting = Starting::new(gcp.moment().mono, true, false);
    loop {
        match starting.next(gcp.moment().mono) {
            StartStep::WaitUntil(at) => sleep_until(at).await,
            StartStep::Done(end) => return end,
            StartStep::Post { .. } => {
                let message = format!("no execution of {job} carries the launch id {id}");
                let hint = Some("Check the id, --job-name, --project and --region".to_owned());
                return failed("no-such-launch", Trouble { message, hint });
            }
            StartStep::List => {
                let answer = look(gcp, job, id).await;
                starting.listed(gcp.moment().mono, answer);
            }
        }
    }
}

fn no_such(error: &ApiError) -> StartEnd {
    failed(NO_SUCH_EXECUTION, trouble(error))
}

fn failed(kind: &'static str, trouble: Trouble) -> StartEnd {
    let Trouble { message, hint } = trouble;
    StartEnd::Failed(StartFailure {
        kind,
        message,
        hint,
        exit_code: exit::USAGE,
        started: Started::No,
    })
}
