//! The journal's file and the transactions on it.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::JournalError;
use super::file;
use super::write::Write;

/// How much a commit waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sync {
    /// Until the write-ahead log is on it, with all that was written before.
    Full,
    /// Not at all: the next full one makes it safe.
    Normal,
}

/// An open journal. It belongs to one thread at a time.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
    path: PathBuf,
    sync: Option<Sync>,
}

impl Store {
    /// Opens the journal, and makes it where there is none.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self {
            connection: file::open(path)?,
            path: path.to_owned(),
            sync: None,
        })
    }

    /// Writes all in one transaction. Where that fails each is tried alone, so that one that cannot be written does not
    /// take the others with it. The results are in the writes' order.
    pub(super) fn perform(&mut self, writes: &[&Write]) -> Vec<Result<(), JournalError>> {
        match self.together(writes) {
            Ok(()) => writes.iter().map(|_| Ok(())).collect(),
            Err(error) if writes.len() == 1 => vec![Err(self.error(&error))],
            Err(_) => {
                let each = writes.iter().map(|write| self.together(&[write]));
                let results: Vec<_> = each.collect();
                let typed = |result: rusqlite::Result<()>| result.map_err(|error| self.error(&error));
                results.into_iter().map(typed).collect()
            }
        }
    }

    fn together(&mut self, writes: &[&Write]) -> rusqlite::Result<()> {
        let durable = writes.iter().any(|write| write.is_durable());
        self.synchronise(if durable { Sync::Full } else { Sync::Normal })?;
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for write in writes {
            write.perform(&transaction)?;
        }
        transaction.commit()
    }

    fn synchronise(&mut self, wanted: Sync) -> rusqlite::Result<()> {
        if self.sync == Some(wanted) {
            return Ok(());
        }
        let word = match wanted {
            Sync::Full => "FULL",
            Sync::Normal => "NORMAL",
        };
        self.connection.pragma_update(None, "synchronous", word)?;
        self.sync = Some(wanted);
        Ok(())
    }

    fn error(&self, error: &rusqlite::Error) -> JournalError {
        JournalError::sql(&self.path, error)
    }

    /// The connection, to make it fail.
    #[cfg(test)]
    pub(super) fn raw(&self) -> &Connection {
        &self.connection
    }
}
