//! A file that is whole or not there: written beside its place, synced, and renamed over it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is written once, at the end.
///
/// A reader never finds half of it. What an earlier run left is removed at the start: a file that is there is this run's.
/// A pipe or device is written to directly.
#[derive(Debug)]
pub(super) struct WholeFile {
    target: PathBuf,
    /// The file beside the target that becomes it; none for a pipe or device.
    draft: Option<(PathBuf, File)>,
}

impl WholeFile {
    /// Prepares the file, so that a path that cannot be written is known before anything starts.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return Ok(Self { target, draft: None }),
            _ => {}
        }
        let draft = Some(draft(&target)?);
        match fs::remove_file(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Self { target, draft }),
        }
    }

    /// Writes it.
    pub(super) fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let Some((path, file)) = &mut self.draft else {
            return fs::OpenOptions::new()
                .write(true)
                .open(&self.target)?
                .write_all(text);
        };
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&*path, &self.target)?;
        self.draft = None;
        File::open(folder(&self.target))?.sync_all()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some((path, _)) = self.draft.take() {
            // Nothing is left to do with an error; the draft says nothing anyway.
            let _ = fs::remove_file(path);
        }
    }
}

fn folder(target: &Path) -> &Path {
    target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A new file beside the target, with a name that no other process uses.
fn draft(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = OsString::from(".");
    name.push(target.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    name.push(format!(".{}", std::process::id()));
    let path = folder(target).join(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok((path.clone(), File::create_new(path)?)),
    }
}
