//! What can be wrong with a journal.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

use crate::core::text::safe_line;

/// A journal that cannot be opened, read or written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the journal {} {fault}", safe_line(&path.to_string_lossy()))]
pub struct JournalError {
    path: PathBuf,
    fault: Fault,
}

/// What is wrong with it. Each text goes on from the journal's path.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// There is none.
    #[error("does not exist")]
    Missing,
    /// A directory stands in its place.
    #[error("is a directory, not a file")]
    Directory,
    /// Something else that is no file: a pipe, a device.
    #[error("is not a regular file")]
    Special,
    /// A symbolic link: whoever made it would choose the file that is written.
    #[error("is a symbolic link, which is not followed")]
    Symlink,
    /// Its directory is missing, or is none.
    #[error("cannot be made: {0}")]
    NoFolder(String),
    /// Its bytes are no database.
    #[error("is not a database")]
    NotADatabase,
    /// A database, and not a journal.
    #[error("is a database of another program")]
    Foreign,
    /// Made by a Liftoff that knows more.
    #[error("was written by a newer Liftoff: its schema is version {found}, this one knows up to {known}")]
    Newer {
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It is a journal, and what it holds does not fit together.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// It may not be written.
    #[error("cannot be written: it is read-only")]
    ReadOnly,
    /// No room.
    #[error("cannot be written: the disk is full")]
    Full,
    /// Another process has been writing for too long.
    #[error("is busy: another process has been writing to it for more than {} s", super::file::PATIENCE.as_secs())]
    Busy,
    /// An id that has to be new is not.
    #[error("has a batch or a launch of that id already")]
    Taken,
    /// What was to be updated was never recorded.
    #[error("has no record of that batch or launch")]
    Unheard,
    /// Any other refusal of the system.
    #[error("cannot be used: {0}")]
    System(String),
    /// The task that writes is gone, which is a bug.
    #[error("is not written any more: its writer has failed")]
    Stopped,
}

impl JournalError {
    pub(super) fn new(path: &Path, fault: Fault) -> Self {
        let path = path.to_owned();
        Self { path, fault }
    }

    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        let fault = match error.kind() {
            io::ErrorKind::NotFound => Fault::Missing,
            io::ErrorKind::ReadOnlyFilesystem => Fault::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
            _ => Fault::System(error.to_string()),
        };
        Self::new(path, fault)
    }

    pub(super) fn sql(path: &Path, error: &rusqlite::Error) -> Self {
        if matches!(error, rusqlite::Error::StatementChangedRows(_)) {
            return Self::new(path, Fault::Unheard);
        }
        let fault = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Fault::NotADatabase,
            Some(ErrorCode::ConstraintViolation) => Fault::Taken,
            Some(ErrorCode::ReadOnly) => Fault::ReadOnly,
            Some(ErrorCode::DiskFull) => Fault::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::Busy,
            // Without a code: a column that does not read as what it was written as.
            Some(ErrorCode::DatabaseCorrupt) | None => Fault::Damaged(error.to_string()),
            Some(_) => Fault::System(error.to_string()),
        };
        Self::new(path, fault)
    }

    /// What is wrong.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Whether the same operation may pass later without anyone's doing.
    pub fn is_retryable(&self) -> bool {
        matches!(self.fault, Fault::Busy | Fault::Full)
    }

    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self.fault {
            Fault::Missing => "Check --journal; a launch makes the journal when it first writes to it",
            Fault::Directory | Fault::Special | Fault::Symlink => {
                "Give the file itself with --journal FILE, or --journal none to go without"
            }
            Fault::NoFolder(_) => "Make the directory, or choose another with --journal FILE",
            Fault::NotADatabase | Fault::Foreign => {
                "Choose another file with --journal FILE; this one is left as it is"
            }
            Fault::Newer { .. } => "Update Liftoff, or keep a journal of this version with --journal FILE",
            Fault::Damaged(_) => {
                "Move the file away and keep it (sqlite3 FILE .recover may save what it holds); a new one is made"
            }
            Fault::ReadOnly => "Make it writable, or choose another file with --journal FILE",
            Fault::Full => "Free some space, or choose another disk with --journal FILE",
            Fault::Busy => "Try again, or see which other liftoff holds it",
            Fault::Taken => "Look at it with liftoff show ID, or choose another id",
            Fault::Unheard => "See what there is with liftoff history",
            Fault::System(_) => "Choose another file with --journal FILE, or --journal none to go without",
            Fault::Stopped => "This is a bug in Liftoff; please report it with the output of -v",
        }
    }
}
