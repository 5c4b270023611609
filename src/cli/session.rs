//! From settings to everything that a launch needs.

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use super::failure::Failure;
use super::flags_want_json;
use super::output::Output;
use crate::clock::Clock;
use crate::config::{Access, Env as _, Flags, Seed, Settings, SystemEnv, Verbosity};
use crate::core::pattern::{Pattern, PatternFile, PatternSet};
use crate::core::reader::failing_examples;
use crate::gcp::auth::{self, Credentials};
use crate::gcp::{Api, Endpoints, Gcp, GcpConfig, Http};
use crate::journal::Journal;
use crate::supervise::{Quota, World};
use crate::watch::chaos::Chaos;

/// What goes with every request.
pub(super) const USER_AGENT: &str = concat!("liftoff/", env!("CARGO_PKG_VERSION"));

/// Settings and output of one command.
pub(super) struct Session {
    pub(super) settings: Settings,
    pub(super) output: Output,
    pub(super) clock: Clock,
}

impl Session {
    /// Resolves the settings and opens the output. On failure the process's exit code, with everything said.
    pub(super) fn open(flags: &Flags) -> Result<Self, u8> {
        let clock = Clock::system();
        let early = |failure: Failure| {
            let output = if flags_want_json(flags) {
                Output::json_only(clock)
            } else {
                Output::plain(clock)
            };
            output.finish_with(&failure)
        };
        let settings = settings(flags).map_err(early)?;
        let output = Output::new(&settings.reporting, clock).map_err(early)?;
        for note in &settings.notes {
            Output::note(&settings.reporting, note);
        }
        Ok(Self {
            settings,
            output,
            clock,
        })
    }

    /// What differs between launches: time and process.
    pub(super) fn seed(&self, nth: u64) -> Seed {
        let now = self.clock.now();
        let nanos = u64::try_from(now.as_nanosecond() & i128::from(u64::MAX)).unwrap_or_default();
        Seed {
            now,
            entropy: nanos ^ (u64::from(std::process::id()) << 32) ^ nth,
        }
    }

    /// The client for real endpoints, with credentials as they are found.
    pub(super) async fn client(&self) -> Result<Gcp, Failure> {
        let (gcp, credentials) = self.connect().await?;
        if let Some(warning) = credentials.warning() {
            Output::note(&self.settings.reporting, &warning);
        }
        Ok(gcp)
    }

    /// The same, and what was found.
    pub(super) async fn connect(&self) -> Result<(Gcp, Credentials), Failure> {
        let access = &self.settings.access;
        let http = Http::new(USER_AGENT)?;
        let endpoints = endpoints(access)?;
        let lookup = |name: &str| credentials_variable(access, name);
        let mut credentials = auth::discover(&lookup, &http, self.clock).await?;
        if let Some(chosen) = &access.quota_project {
            credentials.quota_project = Some(chosen.value.clone());
        }
        let gcp = Gcp::new(GcpConfig {
            http,
            endpoints,
            token: Rc::clone(&credentials.source),
            quota_project: credentials.quota_project.clone(),
            clock: self.clock,
        });
        Ok((gcp, credentials))
    }

    /// What Google allows the project, a minute.
    pub(super) fn quota(&self) -> Quota {
        let access = &self.settings.access;
        Quota {
            logging: access.quota_logging.value,
            vertex: access.quota_vertex.value,
            run: access.quota_run.value,
        }
    }

    /// What the launches share.
    pub(super) fn world(&self, gcp: Gcp, journal: Journal, chaos: Chaos) -> Result<Rc<World>, Failure> {
        Ok(Rc::new(World {
            gcp,
            patterns: Rc::new(patterns(&self.settings.judging.patterns.value)?),
            bus: Rc::clone(&self.output.bus),
            journal,
            quota: self.quota(),
            lines: self.settings.reporting.logs.value,
            chaos,
        }))
    }
}

/// Resolves the settings, and starts Liftoff's own log as they say.
pub(super) fn settings(flags: &Flags) -> Result<Settings, Failure> {
    let cwd = std::env::current_dir()
        .map_err(|error| Failure::usage("directory", format!("no working directory: {error}"), None))?;
    let settings = Settings::resolve(flags, &SystemEnv, &cwd)?;
    log_to_stderr(settings.reporting.verbosity.value);
    Ok(settings)
}

fn credentials_variable(access: &Access, name: &str) -> Option<String> {
    let file = || {
        access
            .credentials_file
            .as_ref()
            .map(|setting| setting.value.to_string_lossy().into_owned())
    };
    match name {
        "GOOGLE_APPLICATION_CREDENTIALS" => file().or_else(|| SystemEnv.var(name)),
        _ => SystemEnv.var(name),
    }
}

fn endpoints(access: &Access) -> Result<Endpoints, Failure> {
    let mut endpoints = Endpoints::google();
    let given = [
        (Api::Run, &access.endpoints.run),
        (Api::Logging, &access.endpoints.logging),
        (Api::Vertex, &access.endpoints.aiplatform),
    ];
    for (api, setting) in given {
        if let Some(setting) = setting {
            endpoints.set(api, &setting.value, setting.origin.is_users_own())?;
        }
    }
    Ok(endpoints)
}

/// The built-in patterns under the user's own, whose examples have to hold.
pub(super) fn patterns(own: &[PathBuf]) -> Result<PatternSet, Failure> {
    let mut files = Vec::new();
    for path in own {
        let text = fs::read_to_string(path).map_err(|error| {
            let message = format!("the patterns in {} cannot be read: {error}", path.display());
            Failure::usage("patterns", message, None)
        })?;
        files.push((path.display().to_string(), text));
    }
    let named = files.iter().map(|(name, text)| PatternFile {
        name,
        text,
        proven: false,
    });
    let patterns = PatternSet::with_own(named)?;
    let is_own = |pattern: &Pattern| files.iter().any(|(name, _)| **name == *pattern.file);
    let failing = failing_examples(&patterns, is_own).next();
    match failing {
        Some(error) => Err(error.into()),
        None => Ok(patterns),
    }
}

/// Liftoff's own log, on stderr: warnings only, unless `-vv` or `RUST_LOG` says otherwise.
fn log_to_stderr(verbosity: Verbosity) {
    let level = match verbosity {
        Verbosity::Debug => "liftoff=debug",
        Verbosity::Verbose => "liftoff=warn",
        Verbosity::Quiet | Verbosity::Normal => "liftoff=error",
    };
    let env = env_logger::Env::default().default_filter_or(level);
    let _ = env_logger::Builder::from_env(env).try_init();
}
