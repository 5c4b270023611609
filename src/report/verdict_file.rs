//! `--verdict-file`: the final word in a file that is whole or not there.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Reporter, jsonl};
use crate::core::event::{Event, EventKind};

/// Writes the `summary` event, the same object as the last line of `--output json`, once it comes.
///
/// It is written beside the file, synced, and renamed over it, so a reader never finds half of one. What an earlier run
/// left is removed at the start: a file that is there is this run's. A pipe or device is written to directly.
#[derive(Debug)]
pub struct VerdictFile {
    target: PathBuf,
    /// The file beside the target that becomes it; none for a pipe or device.
    draft: Option<(PathBuf, File)>,
}

impl VerdictFile {
    /// Prepares the file, so that a path that cannot be written is known before anything starts.
    pub fn create(path: &Path) -> io::Result<Self> {
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

    fn write(&mut self, event: &Event) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(&jsonl::clean(event)?)?;
        text.push(b'\n');
        let Some((path, file)) = &mut self.draft else {
            return fs::OpenOptions::new()
                .write(true)
                .open(&self.target)?
                .write_all(&text);
        };
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&*path, &self.target)?;
        self.draft = None;
        File::open(folder(&self.target))?.sync_all()
    }
}

impl Reporter for VerdictFile {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if matches!(event.kind, EventKind::Summary(_)) {
            self.write(event)
        } else {
            Ok(())
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for VerdictFile {
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::sample;

    fn files(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect()
    }

    #[test]
    fn the_file_holds_the_summary_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verdict.json");
        fs::write(&path, "stale").unwrap();
        let mut reporter = VerdictFile::create(&path).unwrap();
        assert!(!path.exists(), "an earlier run's verdict is gone at once");
        for event in sample::every_kind(sample::HOSTILE) {
            reporter.event(&event).unwrap();
        }
        reporter.finish().unwrap();
        drop(reporter);

        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(sample::SECRET));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["event"], "summary");
        assert_eq!(files(folder.path()), ["verdict.json"]);
    }

    #[test]
    fn a_run_without_a_summary_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        drop(VerdictFile::create(&folder.path().join("verdict.json")).unwrap());
        assert!(files(folder.path()).is_empty());
    }

    #[test]
    fn a_path_that_cannot_be_written_is_refused_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        for bad in [
            folder.path(),
            Path::new("/no/such/folder/verdict.json"),
            Path::new("/"),
        ] {
            assert!(VerdictFile::create(bad).is_err(), "{}", bad.display());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_a_link_is_followed() {
        let summary = sample::process_failed();
        VerdictFile::create(Path::new("/dev/null"))
            .unwrap()
            .event(&summary)
            .unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());

        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.json"), folder.path().join("link.json"));
        fs::write(&real, "stale").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        VerdictFile::create(&link).unwrap().event(&summary).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("\"summary\""));
    }
}
