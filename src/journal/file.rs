//! The journal's file: found or made, checked, opened.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::claim::lock_folder;
use super::error::{Fault, JournalError};
use super::schema::{self, Refusal};

/// How long a write waits for other processes' writes.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Directories and files that only their owner may use: a journal tells what somebody works on.
const PRIVATE_FOLDER: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;
/// A database of up to this many bytes is checked whole when it is opened for writing.
const CHECKED: u64 = 16 << 20;

/// Opens the journal for writing; makes it, private to its owner, where there is none.
pub(super) fn open(path: &Path) -> Result<Connection, JournalError> {
    make(path)?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let ready = prepare(&mut connection, path).map_err(|refusal| error(path, refusal));
    ready.map(|()| connection)
}

/// Opens the journal for reading. It has to exist; an older one is brought up to date.
pub(super) fn open_existing(path: &Path) -> Result<Connection, JournalError> {
    if !is_there(path)? {
        return Err(JournalError::new(path, Fault::Missing));
    }
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let ready = schema::migrate(&mut connection);
    ready.map_err(|refusal| error(path, refusal)).map(|()| connection)
}

fn error(path: &Path, refusal: Refusal) -> JournalError {
    match refusal {
        Refusal::Fault(fault) => JournalError::new(path, fault),
        Refusal::Sql(error) => JournalError::sql(path, &error),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, JournalError> {
    // Used by one thread at a time; a path is a path, whatever it looks like.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| JournalError::sql(path, &error))?;
    connection
        .busy_timeout(PATIENCE)
        .map_err(|error| JournalError::sql(path, &error))?;
    Ok(connection)
}

fn prepare(connection: &mut Connection, path: &Path) -> Result<(), Refusal> {
    schema::check(connection)?;
    write_ahead(connection, path)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    schema::migrate(connection)?;
    if fs::metadata(path).is_ok_and(|found| found.len() <= CHECKED) {
        sound(connection)?;
    }
    Ok(())
}

/// Switches to write-ahead logging, once. `SQLite` does not wait for others here, so the processes take turns.
fn write_ahead(connection: &Connection, path: &Path) -> Result<(), Refusal> {
    let mode = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
    if connection.pragma_query_value(None, "journal_mode", mode)? == "wal" {
        return Ok(());
    }
    let system = |error: io::Error| Refusal::Fault(Fault::System(error.to_string()));
    let turn = lock_folder(path).and_then(|folder| {
        let turn = fs::File::create(folder.join("open"))?;
        turn.lock()?;
        Ok(turn)
    });
    let turn = turn.map_err(system)?;
    let reached = connection.pragma_update_and_check(None, "journal_mode", "wal", mode)?;
    drop(turn);
    if reached == "wal" {
        return Ok(());
    }
    let text = format!("write-ahead logging is not possible here (`{reached}`)");
    Err(Refusal::Fault(Fault::System(text)))
}

/// Damage is better found now than in the middle of a batch.
fn sound(connection: &Connection) -> Result<(), Refusal> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    Err(Refusal::Fault(Fault::Damaged(said)))
}

/// Makes the file where there is none. An empty one is as good as none.
fn make(path: &Path) -> Result<(), JournalError> {
    if is_there(path)? {
        return Ok(());
    }
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE_FILE)
        .open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()), // another process came first
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            let folder = path.parent().unwrap_or(Path::new("")).display();
            let text = format!("{folder} is not a directory that exists");
            Err(JournalError::new(path, Fault::NoFolder(text)))
        }
        Err(error) => Err(JournalError::io(path, &error)),
    }
}

/// Whether the file is there. Anything but a file in its place is refused.
fn is_there(path: &Path) -> Result<bool, JournalError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(false);
        }
        Err(error) => return Err(JournalError::io(path, &error)),
    };
    let fault = match () {
        () if found.is_file() => return Ok(true),
        () if found.is_dir() => Fault::Directory,
        () if found.is_symlink() => Fault::Symlink,
        () => Fault::Special,
    };
    Err(JournalError::new(path, fault))
}

/// Makes the directory of the journal that nobody chose, private to its owner.
pub fn make_folder(path: &Path) -> Result<(), JournalError> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_FOLDER)
        .create(folder)
        .map_err(|error| JournalError::new(path, Fault::NoFolder(error.to_string())))
}
