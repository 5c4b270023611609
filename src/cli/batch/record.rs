//! A batch in the journal: recorded whole before anything starts, and owned by one process.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::failure::Failure;
use super::super::journal;
use super::super::session::Session;
use crate::config::{Batching, Origin, Planned, PreparedBatch};
use crate::core::batch::Limits;
use crate::journal::{Claim, Journal, NewBatch, NewLaunch, Subject};

/// Cloud Run publishes no default of its write quota in a project and region; 180 a minute are assumed, and others need some.
const STARTS_PER_MINUTE: u32 = 144;

/// What `resume` has to know of the command line.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(in crate::cli) struct Options {
    pub(in crate::cli) max_parallel: u32,
    pub(in crate::cli) fail_fast: bool,
    pub(in crate::cli) retry_failed: u32,
}

impl Options {
    pub(in crate::cli) fn of(batching: &Batching) -> Self {
        Self {
            max_parallel: batching.max_parallel.value,
            fail_fast: batching.fail_fast.value,
            retry_failed: batching.retry_failed.value,
        }
    }

    /// What the batch was begun with, except where this command line says otherwise.
    pub(in crate::cli) fn over(self, begun: Self, batching: &Batching) -> Self {
        let said = |origin: &Origin| matches!(origin, Origin::Flag(_));
        Self {
            max_parallel: if said(&batching.max_parallel.origin) {
                self.max_parallel
            } else {
                begun.max_parallel
            },
            fail_fast: if said(&batching.fail_fast.origin) {
                self.fail_fast
            } else {
                begun.fail_fast
            },
            retry_failed: if said(&batching.retry_failed.origin) {
                self.retry_failed
            } else {
                begun.retry_failed
            },
        }
    }

    pub(in crate::cli) fn limits(self) -> Limits {
        Limits {
            max_parallel: self.max_parallel as usize,
            fail_fast: self.fail_fast,
            retries: self.retry_failed,
            starts_per_minute: STARTS_PER_MINUTE,
        }
    }
}

/// A journal, and a batch in it that is this process's.
pub(in crate::cli) struct Recorded {
    pub(in crate::cli) journal: Journal,
    _claim: Option<Claim>,
}

impl Recorded {
    /// Takes the batch of this id for this process.
    pub(in crate::cli) fn take(journal: Journal, id: &str) -> Result<Self, Failure> {
        let claim = journal.claim(Subject::Batch(id))?;
        Ok(Self {
            journal: journal.vital(),
            _claim: claim,
        })
    }
}

/// Records a new batch with all of its launches. Nothing may start before this returns, and nothing if it fails.
pub(super) async fn record(
    session: &Session,
    batch: &PreparedBatch,
    file: &Path,
    options: Options,
) -> Result<Recorded, Failure> {
    let recorded = Recorded::take(journal::demanded(session)?, batch.id.as_str())?;
    if is_known(session, batch)? {
        return Ok(recorded); // run again under its id: what runs already is attached to
    }
    let now = session.clock.now();
    let launch = |(position, planned): (usize, &Planned)| NewLaunch {
        spec: planned.spec.clone(),
        labels: planned.labels.clone(),
        position: u32::try_from(position).unwrap_or(u32::MAX),
        created_at: now,
    };
    let begun = NewBatch {
        id: batch.id.to_string(),
        created_at: now,
        source: std::fs::canonicalize(file)
            .ok()
            .map(|path| path.to_string_lossy().into_owned()),
        digest: Some(batch.digest.clone()),
        options: serde_json::to_value(options).unwrap_or_default(),
    };
    let launches = batch.launches.iter().enumerate().map(launch).collect();
    recorded.journal.create_batch(begun, launches).await?;
    Ok(recorded)
}

/// Whether a batch of this id was begun before. From another file it is another batch, and the id is taken.
fn is_known(session: &Session, batch: &PreparedBatch) -> Result<bool, Failure> {
    let archive = journal::archive(session)?;
    let known = archive.map_or(Ok(None), |archive| archive.batch(batch.id.as_str()))?;
    let Some(known) = known else { return Ok(false) };
    if known.begun.digest.as_ref() == Some(&batch.digest) {
        return Ok(true);
    }
    let message = format!("a batch {} was begun before, from another file", batch.id);
    let hint = format!(
        "Choose another --batch-id, or go on with it: liftoff resume {}",
        batch.id
    );
    Err(Failure::usage("batch-id", message, Some(hint)))
}
