//! Integration tests: real HTTP against the built-in cloud, in-process on a paused clock and through the real binary;
//! and the rules of the source itself.

mod cli;
mod kit;
mod layering;
mod paused;
mod supervision;
