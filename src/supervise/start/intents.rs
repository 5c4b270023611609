//! What is put on record before a runner is asked for.

use jiff::Timestamp;

use crate::core::ids::LaunchId;
use crate::core::spec::{LaunchSpec, Left};
use crate::core::start::{StartEnd, StartFailure};
use crate::core::verdict::{Started, exit};
use crate::journal::{Journal, JournalError};

/// The intents of one launch.
pub(super) struct Intents<'j> {
    journal: &'j Journal,
    /// One is on record, so that nobody takes the launch for one that was never sent.
    recorded: bool,
}

impl<'j> Intents<'j> {
    pub(super) fn new(journal: &'j Journal, spec: &LaunchSpec) -> Self {
        Self {
            journal,
            recorded: matches!(spec.left, Left::Sent { .. }),
        }
    }

    /// Records one, where it can be; an error says that nothing may be sent.
    pub(super) async fn record(
        &mut self,
        id: &LaunchId,
        at: Timestamp,
        bare: bool,
    ) -> Result<(), JournalError> {
        match self.journal.intent(id, at, bare).await {
            Ok(()) => self.recorded = true,
            Err(error) if self.journal.is_vital() && !self.recorded => return Err(error),
            Err(_) => {} // said by the journal
        }
        Ok(())
    }
}

/// A launch that is not begun because resuming its batch would begin it again.
pub(super) fn unrecorded(error: &JournalError) -> StartEnd {
    StartEnd::Failed(StartFailure {
        kind: "not-recorded",
        message: format!("not started, because that could not be recorded: {error}"),
        hint: Some("Mend that, then go on with the batch: liftoff resume".to_owned()),
        exit_code: exit::NOT_STARTED,
        started: Started::No,
    })
}
