//! Google's Rust clients against the built-in cloud.

mod errors;
mod logging;
mod run;
mod vertex;
