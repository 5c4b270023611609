//! Where a value came from.

use std::fmt;
use std::path::{Path, PathBuf};

use super::journal::JournalPlace;

/// A resolved value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Who said so.
    pub origin: Origin,
}

impl Setting<PathBuf> {
    /// A relative path in a file is relative to the file, wherever the process was started.
    pub(super) fn beside_its_file(mut self) -> Self {
        self.value = self.origin.directory().join(self.value);
        self
    }
}

impl Setting<JournalPlace> {
    /// The same for a journal in a file.
    pub(super) fn beside_its_file(mut self) -> Self {
        if let JournalPlace::File(path) = &mut self.value {
            *path = self.origin.directory().join(&*path);
        }
        self
    }
}

impl Setting<Vec<PathBuf>> {
    /// The same for each path of a list.
    pub(super) fn beside_its_file(mut self) -> Self {
        let dir = self.origin.directory();
        self.value = self.value.iter().map(|path| dir.join(path)).collect();
        self
    }
}

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The user's own.
    User,
    /// A project's: whoever can change the project can change it.
    Project,
}

/// Who said so, from the strongest to the weakest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, such as `--region`.
    Flag(&'static str),
    /// An environment variable.
    Env(&'static str),
    /// A line of a file of Liftoff's.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Whose it is.
        owner: Owner,
    },
    /// gcloud's active configuration.
    Gcloud {
        /// The configuration's file.
        path: PathBuf,
        /// `section/name`, as `gcloud config set` takes it.
        property: &'static str,
    },
    /// The application default credentials' file.
    Credentials {
        /// The file.
        path: PathBuf,
    },
    /// The defaults built into Liftoff.
    Default,
}

impl Origin {
    /// Whether the user's own file of Liftoff's says so. Only that may point at endpoints outside of Google's: variables,
    /// and through `CLOUDSDK_CONFIG` gcloud's files too, can come from a checked-out project (`.env`).
    pub fn is_users_own(&self) -> bool {
        matches!(
            self,
            Self::File {
                owner: Owner::User,
                ..
            }
        )
    }

    /// What relative paths are relative to: the file's directory; empty, thus the working directory, without a file.
    fn directory(&self) -> &Path {
        match self {
            Self::File { path, .. } => path.parent().unwrap_or(Path::new("")),
            _ => Path::new(""),
        }
    }

    /// Whether a file of Liftoff's says so.
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Default)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Env(name) => f.write_str(name),
            Self::File { path, line, .. } => write!(f, "{}:{line}", shown(path)),
            Self::Gcloud { path, property } => {
                write!(f, "gcloud's property {property} in {}", shown(path))
            }
            Self::Credentials { path } => write!(f, "application default credentials in {}", shown(path)),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A path for people, with everything escaped that a terminal would obey: directories have names that others chose.
pub(super) fn shown(path: &Path) -> String {
    let mut text = String::new();
    for c in path.to_string_lossy().chars() {
        match c {
            '"' | '\'' | '\\' => text.push(c),
            _ => text.extend(c.escape_debug()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_user_s_own_file_is_the_user_s_own() {
        let file = |owner| Origin::File {
            path: "/x".into(),
            line: 1,
            owner,
        };
        let gcloud = Origin::Gcloud {
            path: "/x".into(),
            property: "run/region",
        };
        assert!(file(Owner::User).is_users_own());
        for other in [
            file(Owner::Project),
            gcloud,
            Origin::Env("X"),
            Origin::Flag("--x"),
            Origin::Default,
        ] {
            assert!(!other.is_users_own(), "{other:?}");
        }
    }

    #[test]
    fn a_hostile_directory_cannot_speak_to_the_terminal() {
        assert_eq!(
            shown(Path::new("/a\u{1b}]0;x\u{7}/it's")),
            r"/a\u{1b}]0;x\u{7}/it's"
        );
    }
}
