//! Cloud Logging API v2: `entries.list`, `entries.write`; over gRPC also `TailLogEntries`.
//!
//! Source: discovery document `logging.v2` and the page on the Logging query language. An entry is shown from its
//! own visibility time on, seconds after its timestamp and not in order: as the real service, and unlike a file.

pub(super) mod list;
pub(super) mod write;
