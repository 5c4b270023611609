//! Names of things: validated once, at the edge, and passed around as types.
//!
//! One more name is a type in the file of whoever gives it: Liftoff itself ([`launch`]) or Google ([`resource`]).

mod launch;
mod resource;
#[cfg(test)]
mod tests;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

pub use launch::{BatchId, LaunchId};
pub use resource::{CustomJobName, ExecutionName, RunJob, Scope};

/// Why a text is not the name it was taken for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{given}` is not {wanted}")]
pub struct InvalidName {
    given: String,
    wanted: &'static str,
}

fn invalid(given: &str, wanted: &'static str) -> InvalidName {
    InvalidName {
        given: given.chars().take(200).collect(),
        wanted,
    }
}

/// Reads a name that was written as text.
fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, InvalidName>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(D::Error::custom)
}
