//! A world of variables and files for tests.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::Env;

/// Variables and files as tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    vars: BTreeMap<String, String>,
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
}

impl Table {
    /// With a variable.
    pub(crate) fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With a file.
    pub(crate) fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), Some(content.into()));
        self
    }

    /// With a file that this user may not read.
    pub(crate) fn denied(mut self, path: &str) -> Self {
        self.files.insert(path.into(), None);
        self
    }
}

impl Env for Table {
    fn var(&self, name: &str) -> Option<String> {
        self.vars.get(name).cloned()
    }

    fn names(&self, prefix: &str) -> Vec<String> {
        self.vars
            .keys()
            .filter(|name| name.starts_with(prefix))
            .cloned()
            .collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(Some(bytes)) => Ok(bytes.clone()),
            Some(None) => Err(io::ErrorKind::PermissionDenied.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
