//! The two things that configuration reads of the world: variables and files.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The largest file that is taken for configuration, in bytes.
pub const LARGEST_FILE: u64 = 1 << 20;

/// Where variables and files come from, so that tests are tables.
pub trait Env {
    /// The value of an environment variable; `None` if unset.
    fn var(&self, name: &str) -> Option<String>;

    /// Names of the variables that begin with `prefix`.
    fn names(&self, prefix: &str) -> Vec<String>;

    /// A file's bytes, cut one byte after [`LARGEST_FILE`]. Only regular files are read: a pipe would block.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// A variable that says something: like gcloud, an empty one counts as unset.
    fn given(&self, name: &str) -> Option<String> {
        self.var(name).filter(|value| !value.is_empty())
    }
}

/// This process's environment and disk.
#[derive(Clone, Copy, Debug)]
pub struct SystemEnv;

impl Env for SystemEnv {
    fn var(&self, name: &str) -> Option<String> {
        std::env::var_os(name).map(|value| lossy(&value))
    }

    fn names(&self, prefix: &str) -> Vec<String> {
        std::env::vars_os()
            .map(|(name, _)| lossy(&name))
            .filter(|name| name.starts_with(prefix))
            .collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "not a regular file"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// What is not UTF-8 becomes U+FFFD, which no setting accepts, so that the error names the variable.
fn lossy(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_read_and_only_so_far() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(
            SystemEnv.read(dir.path()).unwrap_err().to_string(),
            "not a regular file"
        );
        let file = dir.path().join("big.toml");
        std::fs::write(&file, vec![b'#'; 3 << 20]).unwrap();
        assert_eq!(SystemEnv.read(&file).unwrap().len() as u64, LARGEST_FILE + 1);
        let missing = SystemEnv.read(&dir.path().join("none")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
