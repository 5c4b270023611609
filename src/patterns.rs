//! The built-in patterns: the files of `config/patterns/`, embedded.
//!
//! To add a family, write its file and add its line here; a test fails while the folder and this list differ.

use crate::core::pattern::{PatternError, PatternFile, PatternSet};

macro_rules! families {
    ($($name:literal),+ $(,)?) => {
        [$(PatternFile {
            name: concat!("config/patterns/", $name, ".toml"),
            text: include_str!(concat!("../config/patterns/", $name, ".toml")),
            proven: true,
        }),+]
    };
}

/// The built-in families. Their order decides between patterns of equal priority.
pub const BUILTIN: &[PatternFile<'static>] = &families![
    "success",
    "phases",
    "give-up",
    "vpc-sc",
    "stockout",
    "quota",
    "rate-limit",
    "project",
    "credentials",
    "image",
    "permission",
    "machine",
    "region",
    "argument",
    "code",
    "build",
    "queue",
    "container",
    "vertex",
    "training",
    "network",
    "wrapper",
    "cause",
    "crash",
    "harmless",
];

impl PatternSet {
    /// The built-in patterns.
    pub fn builtin() -> Result<Self, PatternError> {
        Self::compile(BUILTIN.iter().copied())
    }

    /// The built-in patterns under a user's own files, which add, override by id, or switch off (`off = ["id"]`).
    pub fn with_own<'a>(own: impl IntoIterator<Item = PatternFile<'a>>) -> Result<Self, PatternError> {
        Self::compile(BUILTIN.iter().copied().chain(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::reader::failing_examples;

    #[test]
    fn every_example_of_every_pattern_holds() {
        let patterns = PatternSet::builtin().unwrap();
        let failing: Vec<String> = failing_examples(&patterns, |_| true)
            .map(|error| error.to_string())
            .collect();
        assert!(failing.is_empty(), "{}", failing.join("\n"));
    }

    #[test]
    fn every_regex_compiles_and_every_template_can_be_filled() {
        let unproven = BUILTIN.iter().map(|file| PatternFile {
            proven: false,
            ..*file
        });
        PatternSet::compile(unproven).unwrap();
    }

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/patterns");
        let files = std::fs::read_dir(folder).unwrap();
        let mut found: Vec<String> = files
            .map(|file| format!("config/patterns/{}", file.unwrap().file_name().to_string_lossy()))
            .collect();
        let mut embedded: Vec<String> = BUILTIN.iter().map(|file| file.name.to_owned()).collect();
        found.sort();
        embedded.sort();
        assert_eq!(found, embedded);
    }
}
