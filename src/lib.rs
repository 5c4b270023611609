//! Liftoff launches training runners on Google Cloud and tells whether the launch worked.

#[cfg(not(panic = "unwind"))]
compile_error!("liftoff supervises actors by catching panics: build with panic = \"unwind\"");

pub mod cli;
pub mod clock;
pub mod config;
pub mod core;
pub mod emulator;
pub mod gcp;
pub mod harness;
pub mod hub;
pub mod journal;
pub mod patterns;
pub mod report;
pub mod supervise;
pub mod watch;
