//! Integration tests: real HTTP against the built-in cloud, in-process on a paused clock and through the real binary;
//! and the rules of the source itself.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and says what it saw"
)]

mod batch;
mod classify;
mod cli;
mod crowd;
mod hostile;
mod kit;
mod layering;
mod paused;
mod supervision;
