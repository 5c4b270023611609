//! The schema, as the steps that lead to it.
//!
//! To change it: one more file beside the others and its line in [`STEPS`]. A step that was published never changes.

use rusqlite::{Connection, TransactionBehavior};

use super::error::Fault;

/// From nothing to the newest version; a journal's `user_version` counts the steps that it went.
const STEPS: [&str; 1] = [include_str!("schema/1.sql")];

/// `application_id` of a journal: "LIFT".
const APPLICATION: i64 = 0x4c49_4654;

/// The newest version.
pub(super) const VERSION: i64 = STEPS.len().cast_signed() as i64;

/// What went wrong: a fault of the file's, or an error of `SQLite`'s.
#[derive(Debug)]
pub(super) enum Refusal {
    Fault(Fault),
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// Whether the database is a journal that this version can read, and how many steps it still has to go.
pub(super) fn check(connection: &Connection) -> Result<usize, Refusal> {
    // One statement, so that all three are of the same moment: another process may be making the journal.
    let sql = "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
               count(*) FROM sqlite_schema";
    let (application, version, tables): (i64, i64, i64) =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let is_new = application == 0 && version == 0 && tables == 0;
    if !is_new && application != APPLICATION {
        return Err(Refusal::Fault(Fault::Foreign));
    }
    let gone = usize::try_from(version).ok().filter(|gone| *gone <= STEPS.len());
    gone.map(|gone| STEPS.len() - gone)
        .ok_or(Refusal::Fault(Fault::Newer {
            found: version,
            known: VERSION,
        }))
}

/// Brings the database to the newest version: all steps that are missing, or none.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Refusal> {
    if check(connection)? == 0 {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Again: another process may have gone the steps while this one waited.
    let missing = check(&transaction)?;
    for step in &STEPS[STEPS.len() - missing..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}
