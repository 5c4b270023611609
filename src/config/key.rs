//! Every setting: its key, its flag, its variable, and what gcloud users already have for it.
//!
//! To add one: a constant here and in [`ALL`], its line in `config/default.toml`, its field in `settings.rs` (and in
//! `flags.rs` if it has a flag). Tests hold the three lists together.

use std::path::PathBuf;

use crate::core::spec::{Afterwards, Attribution, Goal};

use super::choice::{Color, Output, Verbosity};
use super::count::{at_once, retries};
use super::duration::{Timeout, timeout};
use super::endpoint;
use super::journal::{self, JournalPlace};
use super::name;
use super::value::{Reader, by, choice, number, path, paths, rate, switch, time};

/// A setting and the reader of its values.
pub(super) struct Key<T> {
    /// What does not depend on the type.
    pub(super) info: Info,
    /// Makes the value of what was found.
    pub(super) read: Reader<T>,
}

/// What there is to know of a setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Info {
    /// The key in files, such as `vertex-region` or `quota.logging`.
    pub(super) name: &'static str,
    /// The flag; empty if there is none.
    pub(super) flag: &'static str,
    /// Liftoff's own variable, if it has one.
    pub(super) variable: Option<&'static str>,
    /// What others say of it, strongest first.
    pub(super) elsewhere: &'static [Elsewhere],
    /// Why a project's file may not set it, where it may not. Its value is not repeated in errors either.
    pub(super) own_only: Option<&'static str>,
}

/// A place outside of Liftoff's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// A variable with the value.
    Variable(&'static str),
    /// A variable that means this value whenever it is set.
    Presence(&'static str, &'static str),
    /// A property of gcloud's active configuration, `section/name`.
    Property(&'static str),
    /// A field of the application default credentials' file.
    Credentials(&'static str),
}

use Elsewhere::{Credentials, Presence, Property, Variable};

const fn key<T>(
    name: &'static str,
    flag: &'static str,
    variable: &'static str,
    elsewhere: &'static [Elsewhere],
    read: Reader<T>,
) -> Key<T> {
    let info = Info {
        name,
        flag,
        variable: Some(variable),
        elsewhere,
        own_only: None,
    };
    Key { info, read }
}

impl<T> Key<T> {
    const fn own_only(mut self, reason: &'static str) -> Self {
        self.info.own_only = Some(reason);
        self
    }

    /// Without a variable of Liftoff's own: gcloud's serves.
    const fn without_variable(mut self) -> Self {
        self.info.variable = None;
        self
    }
}

const WRITES: &str = "whoever can change the project could then overwrite your files";
const TOKENS: &str = "whoever can change the project could then receive your credentials";

pub(super) const PROJECT: Key<String> = key(
    "project",
    "--project",
    "LIFTOFF_PROJECT",
    &[
        Variable("CLOUDSDK_CORE_PROJECT"),
        Variable("GOOGLE_CLOUD_PROJECT"),
        Property("core/project"),
        Credentials("project_id"),
        Credentials("quota_project_id"),
    ],
    |raw| by(raw, name::project),
);
// A property's variable outranks its file, and `run/region` outranks `compute/region`: gcloud's own order.
pub(super) const REGION: Key<String> = key(
    "region",
    "--region",
    "LIFTOFF_REGION",
    &[
        Variable("CLOUDSDK_RUN_REGION"),
        Property("run/region"),
        Variable("CLOUDSDK_COMPUTE_REGION"),
        Property("compute/region"),
    ],
    |raw| by(raw, name::region),
);
pub(super) const VERTEX_PROJECT: Key<String> = key(
    "vertex-project",
    "--vertex-project",
    "LIFTOFF_VERTEX_PROJECT",
    &[],
    |raw| by(raw, name::project),
);
pub(super) const VERTEX_REGION: Key<String> = key(
    "vertex-region",
    "--vertex-region",
    "LIFTOFF_VERTEX_REGION",
    &[Variable("CLOUDSDK_AI_REGION"), Property("ai/region")],
    |raw| by(raw, name::region),
);
pub(super) const UNTIL: Key<Goal> = key("until", "--until", "LIFTOFF_UNTIL", &[], choice);
pub(super) const TIMEOUT: Key<Timeout> = key("timeout", "--timeout", "LIFTOFF_TIMEOUT", &[], |raw| {
    time(raw, timeout)
});
pub(super) const ATTRIBUTION: Key<Attribution> =
    key("attribution", "--attribution", "LIFTOFF_ATTRIBUTION", &[], choice);
pub(super) const ACCEPT_UNCONFIRMED: Key<bool> = key(
    "accept-unconfirmed",
    "--accept-unconfirmed",
    "LIFTOFF_ACCEPT_UNCONFIRMED",
    &[],
    switch,
);
pub(super) const DETACH: Key<bool> = key("detach", "--detach", "LIFTOFF_DETACH", &[], switch);
pub(super) const ON_FAILURE: Key<Afterwards> =
    key("on-failure", "--on-failure", "LIFTOFF_ON_FAILURE", &[], choice);
pub(super) const ON_TIMEOUT: Key<Afterwards> =
    key("on-timeout", "--on-timeout", "LIFTOFF_ON_TIMEOUT", &[], choice);
pub(super) const ON_INTERRUPT: Key<Afterwards> = key(
    "on-interrupt",
    "--on-interrupt",
    "LIFTOFF_ON_INTERRUPT",
    &[],
    choice,
);
pub(super) const MAX_PARALLEL: Key<u32> = key(
    "max-parallel",
    "--max-parallel",
    "LIFTOFF_MAX_PARALLEL",
    &[],
    |raw| number(raw, at_once),
);
pub(super) const RETRY_FAILED: Key<u32> = key(
    "retry-failed",
    "--retry-failed",
    "LIFTOFF_RETRY_FAILED",
    &[],
    |raw| number(raw, retries),
);
pub(super) const FAIL_FAST: Key<bool> = key("fail-fast", "--fail-fast", "LIFTOFF_FAIL_FAST", &[], switch);
pub(super) const PATTERNS: Key<Vec<PathBuf>> = key("patterns", "--patterns", "LIFTOFF_PATTERNS", &[], paths);
pub(super) const OUTPUT: Key<Output> = key("output", "--output", "LIFTOFF_OUTPUT", &[], choice);
// https://no-color.org: the user's own configuration and flags override the variable.
pub(super) const COLOR: Key<Color> = key(
    "color",
    "--color",
    "LIFTOFF_COLOR",
    &[Presence("NO_COLOR", "never")],
    choice,
);
pub(super) const VERBOSITY: Key<Verbosity> = key("verbosity", "-v/-q", "LIFTOFF_VERBOSITY", &[], choice);
pub(super) const LOGS: Key<bool> = key("logs", "--logs", "LIFTOFF_LOGS", &[], switch);
pub(super) const EVENTS_FILE: Key<PathBuf> =
    key("events-file", "--events-file", "LIFTOFF_EVENTS_FILE", &[], path).own_only(WRITES);
pub(super) const VERDICT_FILE: Key<PathBuf> = key(
    "verdict-file",
    "--verdict-file",
    "LIFTOFF_VERDICT_FILE",
    &[],
    path,
)
.own_only(WRITES);
pub(super) const JUNIT: Key<PathBuf> = key("junit", "--junit", "LIFTOFF_JUNIT", &[], path).own_only(WRITES);
pub(super) const REPORT: Key<PathBuf> =
    key("report", "--report", "LIFTOFF_REPORT", &[], path).own_only(WRITES);
pub(super) const JOURNAL: Key<JournalPlace> =
    key("journal", "--journal", "LIFTOFF_JOURNAL", &[], journal::read).own_only(WRITES);
pub(super) const QUOTA_LOGGING: Key<u32> =
    key("quota.logging", "--quota", "LIFTOFF_QUOTA_LOGGING", &[], rate);
pub(super) const QUOTA_VERTEX: Key<u32> = key("quota.vertex", "--quota", "LIFTOFF_QUOTA_VERTEX", &[], rate);
pub(super) const QUOTA_RUN: Key<u32> = key("quota.run", "--quota", "LIFTOFF_QUOTA_RUN", &[], rate);
pub(super) const ENDPOINT_RUN: Key<String> = endpoint_key(
    "endpoints.run",
    &[
        Variable("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN"),
        Property("api_endpoint_overrides/run"),
    ],
);
pub(super) const ENDPOINT_LOGGING: Key<String> = endpoint_key(
    "endpoints.logging",
    &[
        Variable("CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING"),
        Property("api_endpoint_overrides/logging"),
    ],
);
pub(super) const ENDPOINT_AIPLATFORM: Key<String> = endpoint_key(
    "endpoints.aiplatform",
    &[
        Variable("CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM"),
        Property("api_endpoint_overrides/aiplatform"),
    ],
);
pub(super) const CREDENTIALS_FILE: Key<PathBuf> = key(
    "credentials-file",
    "",
    "",
    &[Variable("GOOGLE_APPLICATION_CREDENTIALS")],
    path,
)
.without_variable()
.own_only(TOKENS);
pub(super) const QUOTA_PROJECT: Key<String> = key(
    "quota-project",
    "",
    "",
    &[
        Variable("GOOGLE_CLOUD_QUOTA_PROJECT"),
        Credentials("quota_project_id"),
    ],
    |raw| by(raw, name::project),
)
.without_variable()
.own_only("whoever can change the project could then charge requests to others");

const fn endpoint_key(name: &'static str, elsewhere: &'static [Elsewhere]) -> Key<String> {
    key(name, "", "", elsewhere, |raw| by(raw, endpoint::base_url))
        .without_variable()
        .own_only(TOKENS)
}

/// Every setting, in the order of `config/default.toml`.
pub(super) const ALL: [Info; 33] = [
    PROJECT.info,
    REGION.info,
    VERTEX_PROJECT.info,
    VERTEX_REGION.info,
    UNTIL.info,
    TIMEOUT.info,
    ATTRIBUTION.info,
    ACCEPT_UNCONFIRMED.info,
    DETACH.info,
    ON_FAILURE.info,
    ON_TIMEOUT.info,
    ON_INTERRUPT.info,
    PATTERNS.info,
    MAX_PARALLEL.info,
    RETRY_FAILED.info,
    FAIL_FAST.info,
    OUTPUT.info,
    COLOR.info,
    VERBOSITY.info,
    LOGS.info,
    EVENTS_FILE.info,
    VERDICT_FILE.info,
    JOURNAL.info,
    JUNIT.info,
    REPORT.info,
    CREDENTIALS_FILE.info,
    QUOTA_PROJECT.info,
    QUOTA_LOGGING.info,
    QUOTA_VERTEX.info,
    QUOTA_RUN.info,
    ENDPOINT_RUN.info,
    ENDPOINT_LOGGING.info,
    ENDPOINT_AIPLATFORM.info,
];

/// Tables that hold settings.
pub(super) const TABLES: [&str; 2] = ["quota", "endpoints"];

/// Finds a setting by its key.
pub(super) fn find(name: &str) -> Option<&'static Info> {
    const KNOWN: &[Info] = &ALL;
    KNOWN.iter().find(|info| info.name == name)
}

/// All keys.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().map(|info| info.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_its_key_in_capitals() {
        for info in ALL {
            let derived = format!("LIFTOFF_{}", info.name.to_uppercase().replace(['-', '.'], "_"));
            if let Some(variable) = info.variable {
                assert_eq!(variable, derived);
            }
        }
    }

    #[test]
    fn whatever_moves_credentials_is_the_user_s_own() {
        for info in ALL {
            let sensitive = info.name.starts_with("endpoints.") || info.name.contains("credentials");
            assert!(!sensitive || info.own_only.is_some(), "{}", info.name);
        }
    }

    #[test]
    fn keys_are_found_by_name_and_are_distinct() {
        for (i, info) in ALL.iter().enumerate() {
            assert_eq!(find(info.name).map(|found| found.name), Some(info.name));
            assert!(ALL[i + 1..].iter().all(|other| other.name != info.name));
        }
        assert!(find("regoin").is_none());
    }
}
