//! Names of Liftoff's own: launches and batches.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{InvalidName, invalid, read};

/// A label value's length, at most.
const LONGEST_ID: usize = 63;

/// Names one launch, everywhere: in the journal, in events, and in the runner's environment as `LIFTOFF_LAUNCH_ID`.
///
/// It is also a valid Google label value (lowercase letters, digits and `-`, at most 63), so that a runner may put it on
/// the custom job as `liftoff-launch=<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct LaunchId(Arc<str>);

impl LaunchId {
    /// Checks and takes an id.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let ends = |c: Option<char>| c.is_some_and(|c| c != '-');
        if text.len() <= LONGEST_ID
            && text.chars().all(good)
            && ends(text.chars().next())
            && ends(text.chars().last())
        {
            return Ok(Self(text.into()));
        }
        Err(invalid(
            text,
            "a launch id: 1 to 63 lowercase letters, digits and `-`, with no `-` at either end",
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of a launch's nth try, from 1: the first try's is the launch's own, a later one's ends in `-r2`, `-r3`, ….
    #[must_use]
    pub fn of_attempt(&self, attempt: u32) -> Self {
        if attempt <= 1 {
            return self.clone();
        }
        let suffix = format!("-r{attempt}");
        let room = self.0.len().min(LONGEST_ID - suffix.len());
        let base = self.0[..room].trim_end_matches('-');
        Self(format!("{base}{suffix}").into())
    }
}

impl<'de> Deserialize<'de> for LaunchId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::parse)
    }
}

impl fmt::Display for LaunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one batch: in the journal, in events, and as the beginning of its launches' ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct BatchId(Arc<str>);

impl BatchId {
    /// Checks and takes an id.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        // The first part of its launches' ids, which `--` ends.
        match LaunchId::parse(text) {
            Ok(LaunchId(id)) if id.len() <= 32 && !id.contains("--") => Ok(Self(id)),
            _ => Err(invalid(
                text,
                "a batch id: 1 to 32 lowercase letters, digits and single `-`, with no `-` at either end",
            )),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
