//! Who owns a batch or a launch: an advisory lock that dies with its process.
//!
//! ```text
//!  journal.db              journal.db.locks/launch-nightly-1      {"pid":4711,"host":"build-3","since":"…"}
//! ```
//!
//! The lock is on a file beside the journal, so it needs no cleaning up: the system drops it when the process ends, in
//! whatever way. What the file holds only tells people who the owner is. The owner removes the file at its end; what a
//! killed process leaves behind is taken over by the next.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::error::JournalError;
use crate::core::text::safe_line;

/// A file that another process removes at the same moment is made again; this often it cannot happen.
const TRIES: usize = 100;

/// What can be owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A batch and all of its launches.
    Batch(&'a str),
    /// A launch.
    Launch(&'a str),
}

impl Subject<'_> {
    /// In words: `batch b-1`.
    fn words(self) -> String {
        match self {
            Self::Batch(id) => format!("batch {}", safe_line(id)),
            Self::Launch(id) => format!("launch {}", safe_line(id)),
        }
    }

    /// Ids are checked where they are read, and still never become a path that leads elsewhere.
    fn file_name(self) -> String {
        let (kind, id) = match self {
            Self::Batch(id) => ("batch", id),
            Self::Launch(id) => ("launch", id),
        };
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        };
        format!("{kind}-{}", id.chars().map(plain).collect::<String>())
    }
}

/// A process, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its number.
    pub pid: u32,
    /// Its machine.
    pub host: String,
    /// When it began.
    pub since: Timestamp,
}

impl Owner {
    /// This process, which began then.
    pub fn this(since: Timestamp) -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let pid = std::process::id();
        Self { pid, host, since }
    }
}

/// Why something cannot be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ClaimError {
    /// Another process has it.
    #[error("{what} is supervised by another liftoff: {}", .owner.as_ref().map_or_else(|| "which one is not known".to_owned(), |owner| {
        format!("process {} on {}, running since {}", owner.pid, safe_line(&owner.host), owner.since.strftime("%Y-%m-%d %H:%M:%SZ"))
    }))]
    Owned {
        /// What was asked for.
        what: String,
        /// Its owner, unless it is just taking over.
        owner: Option<Owner>,
    },
    /// No lock can be had here.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Ownership, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    /// Locked; the lock goes with the file.
    _file: File,
}

impl Claim {
    /// Takes a batch or a launch of the journal at `journal`, or tells who has it.
    pub fn take(journal: &Path, subject: Subject<'_>, owner: &Owner) -> Result<Self, ClaimError> {
        let broken = |error: io::Error| JournalError::io(journal, &error);
        let path = lock_folder(journal).map_err(broken)?.join(subject.file_name());
        for _ in 0..TRIES {
            let mut file = open(&path).map_err(broken)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(ClaimError::Owned {
                        what: subject.words(),
                        owner: read(&mut file),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(broken(error).into()),
            }
            if is_at(&file, &path) {
                write(&mut file, owner).map_err(broken)?;
                return Ok(Self { path, _file: file });
            }
        }
        Err(broken(io::ErrorKind::Interrupted.into()).into())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // While it is still locked: whoever opened it before finds that it is not the file of this name any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// The directory of the locks, made if it is not there.
pub(super) fn lock_folder(journal: &Path) -> io::Result<PathBuf> {
    let mut name = journal.as_os_str().to_owned();
    name.push(".locks");
    let folder = PathBuf::from(name);
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ if fs::symlink_metadata(&folder)?.is_dir() => Ok(folder),
        _ => Err(io::ErrorKind::NotADirectory.into()),
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // A link in its place could lead to anybody's file, which would then be overwritten.
    let no_links = OFlags::NOFOLLOW.bits().cast_signed();
    options.mode(0o600).custom_flags(no_links).open(path)
}

/// Whether the open file is still the one of this name.
fn is_at(file: &File, path: &Path) -> bool {
    let key = |found: fs::Metadata| (found.dev(), found.ino());
    let (open, named) = (file.metadata().map(key), fs::metadata(path).map(key));
    matches!((open, named), (Ok(open), Ok(named)) if open == named)
}

fn read(file: &mut File) -> Option<Owner> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn write(file: &mut File, owner: &Owner) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&serde_json::to_vec(owner)?)
}
