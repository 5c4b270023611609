//! The real binary against the built-in cloud on a real socket, in processes of their own.

mod batch;
pub(crate) mod cloud;
mod doctor;
mod journal;
mod refusals;
mod reports;
mod resume;
mod scenarios;
mod signals;
