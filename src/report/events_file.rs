//! `--events-file`: the events of this and earlier runs, one JSON line each.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Jsonl;

/// Opens the file for appending, making it if it is not there. A line that an earlier process left unfinished is ended
/// first, so that it spoils no other.
pub fn open(path: &Path) -> io::Result<Jsonl<File>> {
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    if file.metadata()?.is_file() && is_torn(&mut file)? {
        file.write_all(b"\n")?;
    }
    Ok(Jsonl::new(file))
}

fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Reporter, sample};

    #[test]
    fn runs_are_appended_and_a_torn_line_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        for _ in 0..2 {
            let mut reporter = open(&path).unwrap();
            reporter.event(&sample::process_failed()).unwrap();
            reporter.finish().unwrap();
        }
        OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"{\"torn\":")
            .unwrap();
        open(&path).unwrap().event(&sample::process_failed()).unwrap();

        let text = std::fs::read_to_string(&path).unwrap();
        let readable = text
            .lines()
            .map(serde_json::from_str::<serde_json::Value>)
            .map(|line| line.is_ok());
        assert_eq!(readable.collect::<Vec<_>>(), [true, true, false, true]);
    }

    #[test]
    fn a_folder_that_does_not_exist_is_an_error() {
        assert!(open(Path::new("/no/such/folder/events.jsonl")).is_err());
    }
}
