//! The journal of a command: opened, and asked for what it knows of a launch.

use std::io::{self, Write as _};
use std::time::Duration;

use super::failure::Failure;
use super::output::Output;
use super::session::Session;
use crate::config::{ConfigError, Flags, JobRef, Request, RunnerRef, Wanted};
use crate::core::spec::LaunchSpec;
use crate::journal::{
    Archive, Claim, ClaimError, Fault, Journal, JournalError, Launch, Owner, Subject, make_folder,
};

/// How long the end of the process waits for the disk.
const GRACE: Duration = Duration::from_secs(3);

/// The journal that the settings name, for a command that needs it; none where they say so.
pub(super) fn demanded(session: &Session) -> Result<Journal, JournalError> {
    let Some((path, chosen)) = session.settings.journal.file() else {
        return Ok(Journal::none());
    };
    if !chosen {
        make_folder(&path)?;
    }
    Journal::open(&path, Owner::this(session.clock.now()))
}

/// The same, for a command that goes on without it.
pub(super) fn wanted(session: &Session) -> Journal {
    demanded(session).unwrap_or_else(|error| {
        warn(session, &error);
        Journal::none()
    })
}

/// What was recorded; `None` where nothing can have been.
pub(super) fn archive(session: &Session) -> Result<Option<Archive>, JournalError> {
    let Some((path, chosen)) = session.settings.journal.file() else {
        return Ok(None);
    };
    match Archive::open(&path) {
        Err(error) if error.fault() == &Fault::Missing && !chosen => Ok(None),
        opened => opened.map(Some),
    }
}

/// A launch that is supervised by this process alone.
pub(super) struct Owned {
    pub(super) journal: Journal,
    _claim: Option<Claim>,
}

impl Owned {
    /// Takes a launch; that another process has it is an error.
    pub(super) fn take(session: &Session, journal: Journal, spec: &LaunchSpec) -> Result<Self, ClaimError> {
        match claim(session, &journal, spec) {
            Ok(claim) => Ok(Self {
                journal,
                _claim: claim,
            }),
            Err(ClaimError::Journal(error)) => {
                warn(session, &error);
                Ok(Self {
                    journal,
                    _claim: None,
                })
            }
            Err(owned) => Err(owned),
        }
    }

    /// Nothing is recorded by this process.
    pub(super) fn nothing() -> Self {
        Self {
            journal: Journal::none(),
            _claim: None,
        }
    }

    /// See [`close`].
    pub(super) async fn close(self, session: &Session) -> Closing {
        close(&self.journal, session).await
    }
}

/// Waits for the disk and says what is missing.
pub(super) async fn close(journal: &Journal, session: &Session) -> Closing {
    let closed = journal.close(GRACE).await;
    if closed.lost > 0 {
        let text = format!("the journal lacks {} records of this run", closed.lost);
        Output::note(&session.settings.reporting, &text);
    }
    Closing {
        hangs: !closed.in_time,
    }
}

/// Whether the process can end as it should.
pub(super) struct Closing {
    hangs: bool,
}

impl Closing {
    /// Ends the process here if a write hangs: the runtime would wait for it for ever.
    pub(super) fn settle(&self, code: u8) -> u8 {
        if self.hangs {
            let _ = io::stdout().flush();
            std::process::exit(code.into());
        }
        code
    }
}

/// Claims the launch, unless the batch that it belongs to has an owner.
fn claim(session: &Session, journal: &Journal, spec: &LaunchSpec) -> Result<Option<Claim>, ClaimError> {
    if journal.path().is_some()
        && let Some(archive) = archive(session)?
        && let Some(launch) = archive.launch(spec.id.as_str())?
        && let Some(batch) = &launch.batch
    {
        drop(journal.claim(Subject::Batch(batch))?);
    }
    journal.claim(Subject::Launch(spec.id.as_str()))
}

/// What the journal knows of the runner that a command names.
pub(super) fn recall(session: &Session, request: &mut Request) -> Option<Launch> {
    let Wanted::Attach { runner, job } = &mut request.wanted else {
        return None;
    };
    let name = match runner {
        RunnerRef::Full(execution) => execution.to_string(),
        RunnerRef::Short(_) if job.is_some() => return None,
        RunnerRef::Short(name) => name.clone(),
    };
    let found = archive(session).and_then(|archive| match archive {
        Some(archive) => archive.launch(&name),
        None => Ok(None),
    });
    let mut launch = found.unwrap_or_else(|error| {
        warn(session, &error);
        None
    })?;
    launch.forget_after(&name);
    let attempt = launch.last()?;
    if let Some(accepted) = &attempt.accepted {
        *runner = RunnerRef::Full(accepted.execution.clone());
    } else {
        *runner = RunnerRef::Short(launch.id.to_string());
        let target = launch.spec.spec.target.job();
        *job = Some(JobRef {
            scope: Some(target.scope.clone()),
            job: target.job.clone(),
        });
    }
    request.id = Some(launch.id.clone());
    Some(launch)
}

/// What a command calls the runner that exists already.
pub(super) fn named(request: &Request) -> Option<String> {
    match &request.wanted {
        Wanted::Attach {
            runner: RunnerRef::Short(name),
            ..
        } => Some(name.clone()),
        _ => None,
    }
}

/// The error, with the launches that may have been meant.
pub(super) fn suggest(session: &Session, named: Option<String>, error: ConfigError) -> Failure {
    let near = match (&error, named, archive(session)) {
        (ConfigError::JobUnknown { .. }, Some(name), Ok(Some(archive))) => {
            archive.near(&name).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let mut failure = Failure::from(error);
    if !near.is_empty() {
        failure.error.hint = Some(format!("The journal knows {}", near.join(", ")));
    }
    failure
}

/// Goes on as the launch was asked for, where no flag says otherwise.
pub(super) fn go_on(spec: &mut LaunchSpec, flags: &Flags, launch: &Launch) {
    let asked = &launch.spec.spec;
    spec.attempt = launch.last().map_or(1, |attempt| attempt.number);
    spec.name.clone_from(&asked.name);
    if flags.place.vertex_project.is_none()
        && flags.place.vertex_region.is_none()
        && spec.identity.job.is_none()
    {
        spec.vertex.clone_from(&asked.vertex);
    }
    if !spec.identity.is_given() {
        spec.identity.clone_from(&asked.identity);
    }
    let goal = &flags.goal;
    if goal.until.is_none() && goal.timeout.is_none() {
        (spec.until, spec.timeout) = (asked.until, asked.timeout);
    }
    spec.attribution = goal.attribution.unwrap_or(asked.attribution);
    spec.accept_unconfirmed = goal.accept_unconfirmed.unwrap_or(asked.accept_unconfirmed);
}

fn warn(session: &Session, error: &JournalError) {
    let text = format!("{error}; going on without it. {}", error.hint());
    Output::note(&session.settings.reporting, &text);
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::usage("journal", error.to_string(), Some(error.hint().to_owned()))
    }
}

impl From<ClaimError> for Failure {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Journal(error) => error.into(),
            owned @ ClaimError::Owned { .. } => {
                let hint = "Wait for that process or end it; nothing was started";
                Self::usage("owned", owned.to_string(), Some(hint.to_owned()))
            }
        }
    }
}
