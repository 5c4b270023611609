//! Integration tests: real HTTP against the built-in cloud, in-process on a paused clock and through the real binary.

mod cli;
mod kit;
mod paused;
mod supervision;
