//! The `liftoff` command: its arguments.

pub mod args;
