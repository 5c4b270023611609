//! The batch file: many launches in one TOML, JSON or CSV file.
//!
//! ```text
//!  BatchSource ─▶ toml | json | csv ─▶ Document ─▶ Entry ─▶ axes × repeat ─▶ Planned: LaunchSpec, labels, line
//!  (bytes, bounded)   (values, lines)        (typed)    (templates filled in)
//!                        └──────────────┴──── Mistakes: all of them, each with line and field
//! ```
//!
//! Nothing stops at the first mistake: what is wrong with one launch does not hide what is wrong with the next, and a batch
//! with a mistake is no batch. What a launch says outranks `[defaults]`, which outrank the settings; a flag outranks all.
//!
//! To add a field: its name in `field.rs`, its place in `entry.rs`, what it does in `prepare.rs`. To add a format: a file
//! with a `read` that gives the top table, and a variant of [`Format`].

mod csv;
mod document;
mod entry;
mod error;
mod field;
mod fill;
mod id;
mod json;
mod matrix;
mod name;
mod overlay;
mod prepare;
mod reader;
mod source;
mod template;
#[cfg(test)]
mod tests;
mod toml;

pub use error::{BatchError, Mistake};
pub use id::{batch_id, parse_batch_id};
pub use prepare::{Planned, PreparedBatch};
pub use source::{BatchSource, Format};
