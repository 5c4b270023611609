//! The settings of one process, resolved: each value with its origin.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::core::spec::{Afterwards, Attribution, Goal};

use super::choice::{Color, Output, Verbosity};
use super::duration::Timeout;
use super::env::Env;
use super::error::ConfigError;
use super::flags::{BatchingFlags, Flags, GoalFlags, OutputFlags, PlaceFlags};
use super::journal::JournalSetting;
use super::key;
use super::origin::Setting;
use super::quota::QuotaFlag;
use super::stack::Stack;

/// The variable that says the same as `--config`.
pub const CONFIG_VARIABLE: &str = "LIFTOFF_CONFIG";

/// Everything that can be configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where.
    pub place: Place,
    /// How launches are judged.
    pub judging: Judging,
    /// How the launches of a batch follow each other.
    pub batching: Batching,
    /// What is said.
    pub reporting: Reporting,
    /// How Google is reached.
    pub access: Access,
    /// Where launches are recorded.
    pub journal: JournalSetting,
    /// Whether `launch` ends once the runner is started.
    pub detach: Setting<bool>,
    /// The files that were read, strongest first.
    pub files: Vec<PathBuf>,
    /// The user's file, whether it exists or not; `None` without a home.
    pub own_file: Option<PathBuf>,
    /// What the user might like to know: variables that are no settings, files of gcloud's that cannot be read.
    pub notes: Vec<String>,
}

/// Where the runner and the custom job live, as far as it was said.
#[derive(Clone, Debug)]
pub struct Place {
    /// The Cloud Run job's project.
    pub project: Option<Setting<String>>,
    /// The Cloud Run job's region.
    pub region: Option<Setting<String>>,
    /// The custom job's project; the project if unset.
    pub vertex_project: Option<Setting<String>>,
    /// The custom job's region; the region if unset.
    pub vertex_region: Option<Setting<String>>,
}

/// What counts as success, and what happens otherwise.
#[derive(Clone, Debug)]
pub struct Judging {
    /// The goal.
    pub until: Setting<Goal>,
    /// The deadline as set; see [`Judging::deadline`].
    pub timeout: Option<Setting<Timeout>>,
    /// How far a guess may go.
    pub attribution: Setting<Attribution>,
    /// Take weak signs for success.
    pub accept_unconfirmed: Setting<bool>,
    /// After a failure.
    pub on_failure: Setting<Afterwards>,
    /// After the deadline.
    pub on_timeout: Setting<Afterwards>,
    /// After a signal to this process.
    pub on_interrupt: Setting<Afterwards>,
    /// Files of patterns added to the built-in ones.
    pub patterns: Setting<Vec<PathBuf>>,
}

impl Judging {
    /// The deadline, from the start: as set, or the goal's own. `None` waits for ever.
    pub fn deadline(&self) -> Option<Duration> {
        match &self.timeout {
            Some(timeout) => timeout.value.limit(),
            None => self.until.value.default_timeout(),
        }
    }
}

/// How the launches of a batch follow each other.
#[derive(Clone, Debug)]
pub struct Batching {
    /// Executions that may be alive at once.
    pub max_parallel: Setting<u32>,
    /// How often a launch that failed for a passing cause is tried again.
    pub retry_failed: Setting<u32>,
    /// Start nothing more once a launch has failed.
    pub fail_fast: Setting<bool>,
}

/// What is written, and where.
#[derive(Clone, Debug)]
pub struct Reporting {
    /// The format of stdout.
    pub output: Setting<Output>,
    /// Whether text is coloured.
    pub color: Setting<Color>,
    /// How much is said.
    pub verbosity: Setting<Verbosity>,
    /// Whether the runner's log is shown.
    pub logs: Setting<bool>,
    /// The file that events are appended to.
    pub events_file: Option<Setting<PathBuf>>,
    /// The file that the final verdict is written to.
    pub verdict_file: Option<Setting<PathBuf>>,
    /// The file that the results are written to as JUnit XML.
    pub junit: Option<Setting<PathBuf>>,
    /// The file that the HTML report is written to.
    pub report: Option<Setting<PathBuf>>,
}

/// How Google is reached.
#[derive(Clone, Debug)]
pub struct Access {
    /// The credentials' file, where one was named.
    pub credentials_file: Option<Setting<PathBuf>>,
    /// The project that requests are charged to (`x-goog-user-project`).
    pub quota_project: Option<Setting<String>>,
    /// Cloud Logging's quota, in reads a minute.
    pub quota_logging: Setting<u32>,
    /// Vertex AI's quota, in requests a minute.
    pub quota_vertex: Setting<u32>,
    /// Cloud Run's quota, in reads a minute.
    pub quota_run: Setting<u32>,
    /// Base URLs that replace Google's.
    pub endpoints: EndpointOverrides,
}

/// Base URLs that replace Google's, as given. Whoever uses one asks [`super::Origin::is_users_own`] before it leaves Google's
/// hosts and loopback.
#[derive(Clone, Debug)]
pub struct EndpointOverrides {
    /// Cloud Run's.
    pub run: Option<Setting<String>>,
    /// Cloud Logging's.
    pub logging: Option<Setting<String>>,
    /// Vertex AI's.
    pub aiplatform: Option<Setting<String>>,
}

impl Settings {
    /// Resolves all layers. Nothing but `env` is read; `cwd` is where relative paths and the search for a project begin.
    pub fn resolve(flags: &Flags, env: &dyn Env, cwd: &Path) -> Result<Self, ConfigError> {
        let named = || env.given(CONFIG_VARIABLE).map(PathBuf::from);
        let config = flags.reading.config.clone().or_else(named);
        let stack = Stack::load(env, cwd, config.as_deref())?;
        Ok(Self {
            place: place(&stack, &flags.place)?,
            judging: judging(&stack, &flags.goal)?,
            batching: batching(&stack, &flags.batching)?,
            reporting: reporting(&stack, &flags.output)?,
            access: access(&stack, flags.reading.quota.unwrap_or_default())?,
            journal: JournalSetting::new(stack.pick(&key::JOURNAL, flags.journal.journal.clone())?, env),
            detach: stack.need(&key::DETACH, flags.detach)?,
            files: stack.read,
            own_file: stack.own,
            notes: stack.notes,
        })
    }
}

fn place(stack: &Stack<'_>, flags: &PlaceFlags) -> Result<Place, ConfigError> {
    Ok(Place {
        project: stack.pick(&key::PROJECT, flags.project.clone())?,
        region: stack.pick(&key::REGION, flags.region.clone())?,
        vertex_project: stack.pick(&key::VERTEX_PROJECT, flags.vertex_project.clone())?,
        vertex_region: stack.pick(&key::VERTEX_REGION, flags.vertex_region.clone())?,
    })
}

fn judging(stack: &Stack<'_>, flags: &GoalFlags) -> Result<Judging, ConfigError> {
    let patterns = Some(flags.patterns.clone()).filter(|patterns| !patterns.is_empty());
    Ok(Judging {
        until: stack.need(&key::UNTIL, flags.until)?,
        timeout: stack.pick(&key::TIMEOUT, flags.timeout)?,
        attribution: stack.need(&key::ATTRIBUTION, flags.attribution)?,
        accept_unconfirmed: stack.need(&key::ACCEPT_UNCONFIRMED, flags.accept_unconfirmed)?,
        on_failure: stack.need(&key::ON_FAILURE, flags.on_failure)?,
        on_timeout: stack.need(&key::ON_TIMEOUT, flags.on_timeout)?,
        on_interrupt: stack.need(&key::ON_INTERRUPT, flags.on_interrupt)?,
        patterns: stack.need(&key::PATTERNS, patterns)?.beside_its_file(),
    })
}

fn batching(stack: &Stack<'_>, flags: &BatchingFlags) -> Result<Batching, ConfigError> {
    Ok(Batching {
        max_parallel: stack.need(&key::MAX_PARALLEL, flags.max_parallel)?,
        retry_failed: stack.need(&key::RETRY_FAILED, flags.retry_failed)?,
        fail_fast: stack.need(&key::FAIL_FAST, flags.fail_fast)?,
    })
}

fn reporting(stack: &Stack<'_>, flags: &OutputFlags) -> Result<Reporting, ConfigError> {
    let file = |key, flag: Option<&PathBuf>| {
        let found = stack.pick(key, flag.cloned())?;
        Ok(found.map(Setting::<PathBuf>::beside_its_file))
    };
    Ok(Reporting {
        output: stack.need(&key::OUTPUT, flags.output)?,
        color: stack.need(&key::COLOR, flags.color)?,
        verbosity: stack.need(&key::VERBOSITY, flags.verbosity())?,
        logs: stack.need(&key::LOGS, flags.logs)?,
        events_file: file(&key::EVENTS_FILE, flags.events_file.as_ref())?,
        verdict_file: file(&key::VERDICT_FILE, flags.verdict_file.as_ref())?,
        junit: file(&key::JUNIT, flags.junit.as_ref())?,
        report: file(&key::REPORT, flags.report.as_ref())?,
    })
}

fn access(stack: &Stack<'_>, quota: QuotaFlag) -> Result<Access, ConfigError> {
    Ok(Access {
        credentials_file: stack
            .pick(&key::CREDENTIALS_FILE, None)?
            .map(Setting::<PathBuf>::beside_its_file),
        quota_project: stack.pick(&key::QUOTA_PROJECT, None)?,
        quota_logging: stack.need(&key::QUOTA_LOGGING, quota.logging)?,
        quota_vertex: stack.need(&key::QUOTA_VERTEX, quota.vertex)?,
        quota_run: stack.need(&key::QUOTA_RUN, quota.run)?,
        endpoints: EndpointOverrides {
            run: stack.pick(&key::ENDPOINT_RUN, None)?,
            logging: stack.pick(&key::ENDPOINT_LOGGING, None)?,
            aiplatform: stack.pick(&key::ENDPOINT_AIPLATFORM, None)?,
        },
    })
}
