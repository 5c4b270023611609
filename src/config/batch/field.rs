//! The names of a launch's fields.

use crate::config::error::nearest;
use crate::config::key;
use crate::config::value::quoted;

pub(super) const NAME: &str = "name";
pub(super) const ID: &str = "id";
pub(super) const JOB: &str = "job";
pub(super) const ARGS: &str = "args";
pub(super) const ENV: &str = "env";
pub(super) const LABELS: &str = "labels";
pub(super) const QUEUE_ITEM: &str = "queue-item";
pub(super) const RUN_ID: &str = "run-id";
pub(super) const RUN_NAME: &str = "run-name";
pub(super) const REPEAT: &str = "repeat";
pub(super) const MATRIX: &str = "matrix";

/// What only a launch has.
const OWN: [&str; 8] = [NAME, ID, JOB, ARGS, QUEUE_ITEM, RUN_ID, RUN_NAME, REPEAT];

/// What takes more than a cell.
const TABLES: [&str; 3] = [ENV, LABELS, MATRIX];

/// The settings that a launch may have of its own.
const SETTINGS: [&str; 11] = [
    key::PROJECT.info.name,
    key::REGION.info.name,
    key::VERTEX_PROJECT.info.name,
    key::VERTEX_REGION.info.name,
    key::UNTIL.info.name,
    key::TIMEOUT.info.name,
    key::ATTRIBUTION.info.name,
    key::ACCEPT_UNCONFIRMED.info.name,
    key::ON_FAILURE.info.name,
    key::ON_TIMEOUT.info.name,
    key::ON_INTERRUPT.info.name,
];

/// What a CSV column can be, besides `env.NAME` and `label.NAME`.
pub(super) fn cells() -> impl Iterator<Item = &'static str> {
    OWN.into_iter().chain(SETTINGS)
}

/// All fields.
fn all() -> impl Iterator<Item = &'static str> {
    cells().chain(TABLES)
}

/// What is said of a field that does not exist.
pub(super) fn unknown(name: &str) -> String {
    let advice = match nearest(name, all()) {
        _ if key::find(name).is_some() => {
            "it is not a launch's but the whole command's: give the flag, or put \
                                           it in liftoff.toml"
                .to_owned()
        }
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", list(all())),
    };
    format!("a launch has no field {}; {advice}", quoted(name))
}

/// Names for people.
pub(super) fn list(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
