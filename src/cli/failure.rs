//! Why a command ended without a launch.

use crate::config::{BatchError, ConfigError};
use crate::core::pattern::PatternError;
use crate::core::verdict::{ErrorDetail, ProcessError, Retry, Started, exit};
use crate::emulator::EmulatorError;
use crate::gcp::auth::AuthError;
use crate::gcp::{ApiError, EndpointError, ErrorKind, SetupError};

/// A command's own failure: what happened, what to do, and the exit code that says so. Nothing was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) error: ProcessError,
    pub(super) exit_code: u8,
    pub(super) started: Started,
}

impl Failure {
    fn new(exit_code: u8, kind: &str, message: String, hint: Option<String>) -> Self {
        let error = ProcessError {
            kind: kind.to_owned(),
            message,
            hint,
            details: Vec::new(),
        };
        Self {
            error,
            exit_code,
            started: Started::No,
        }
    }

    /// Usage or configuration: exit 2.
    pub(super) fn usage(kind: &str, message: String, hint: Option<String>) -> Self {
        Self::new(exit::USAGE, kind, message, hint)
    }

    /// Refused before anything started: exit 4.
    pub(super) fn refused(kind: &str, message: String, hint: Option<String>) -> Self {
        Self::new(exit::REFUSED, kind, message, hint)
    }

    /// Whether to run it again.
    pub(super) fn retry(&self) -> Retry {
        if self.exit_code == exit::NOT_STARTED {
            Retry::Safe
        } else {
            Retry::Pointless
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage("configuration", error.to_string(), None)
    }
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        let mut failure = Self::usage("batch-file", error.to_string(), None);
        if let BatchError::Mistakes { name, listed, .. } = error {
            let details = listed.into_iter().map(|mistake| ErrorDetail {
                file: Some(name.clone()),
                line: Some(mistake.line),
                field: Some(mistake.field).filter(|field| !field.is_empty()),
                message: mistake.message,
            });
            failure.error.details = details.collect();
        }
        failure
    }
}

impl From<PatternError> for Failure {
    fn from(error: PatternError) -> Self {
        Self::usage("patterns", error.to_string(), None)
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::refused("credentials", error.to_string(), None)
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        Self::refused("tls", error.to_string(), None)
    }
}

impl From<EndpointError> for Failure {
    fn from(error: EndpointError) -> Self {
        Self::usage("endpoint", error.to_string(), None)
    }
}

impl From<EmulatorError> for Failure {
    fn from(error: EmulatorError) -> Self {
        Self::usage("emulator", error.to_string(), None)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let (code, kind) = match error.kind() {
            ErrorKind::NotFound => (exit::USAGE, "not-found"),
            ErrorKind::Permanent | ErrorKind::Auth => (exit::REFUSED, "refused"),
            ErrorKind::Transient | ErrorKind::RateLimited => (exit::NOT_STARTED, "unreachable"),
        };
        Self::new(code, kind, error.summary(), error.hint())
    }
}
