//! A thing that was looked at, and what a launch's exit code would have been for it.

use crate::cli::failure::Failure;
use crate::core::checkup::{Check, Checked, Standing};
use crate::core::verdict::exit;
use crate::gcp::{ApiError, ErrorKind};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) checked: Checked,
    pub(super) exit_code: u8,
}

impl Finding {
    fn new(check: Check, standing: Standing, found: String, hint: Option<String>) -> Self {
        let checked = Checked {
            check,
            standing,
            found,
            hint,
        };
        Self {
            checked,
            exit_code: exit::SUCCESS,
        }
    }

    pub(super) fn good(check: Check, found: String) -> Self {
        Self::new(check, Standing::Good, found, None)
    }

    pub(super) fn warning(check: Check, found: String, hint: Option<String>) -> Self {
        Self::new(check, Standing::Warning, found, hint)
    }

    pub(super) fn skipped(check: Check, why: &str) -> Self {
        Self::new(check, Standing::Skipped, why.to_owned(), None)
    }

    pub(super) fn failed(check: Check, failure: &Failure) -> Self {
        let error = &failure.error;
        Self {
            exit_code: failure.exit_code,
            ..Self::new(check, Standing::Failed, error.message.clone(), error.hint.clone())
        }
    }

    /// An API's error. A quota that is used up now keeps no launch from working: hubs wait for it.
    pub(super) fn of_error(check: Check, error: &ApiError) -> Self {
        if error.kind() == ErrorKind::RateLimited {
            return Self::warning(check, error.summary(), error.hint());
        }
        Self::failed(check, &Failure::from(error.clone()))
    }
}
