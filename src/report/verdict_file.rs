//! `--verdict-file`: the final word in a file that is whole or not there.

use std::io;
use std::path::Path;

use super::whole_file::WholeFile;
use super::{Reporter, jsonl};
use crate::core::event::{Event, EventKind};

/// Writes the `summary` event, the same object as the last line of `--output json`, once it comes.
#[derive(Debug)]
pub struct VerdictFile {
    file: WholeFile,
}

impl VerdictFile {
    /// Prepares the file, so that a path that cannot be written is known before anything starts.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = WholeFile::create(path)?;
        Ok(Self { file })
    }
}

impl Reporter for VerdictFile {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if !matches!(event.kind, EventKind::Summary(_)) {
            return Ok(());
        }
        let mut text = serde_json::to_vec_pretty(&jsonl::clean(event)?)?;
        text.push(b'\n');
        self.file.write(&text)
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;

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
