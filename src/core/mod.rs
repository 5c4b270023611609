//! The pure heart of Liftoff: words, policy and nothing else.
//!
//! Nothing here performs IO, knows an actor, or reads a clock. Everything is a value, or a synchronous function of
//! values; time is an argument ([`Moment`]). Actors feed signals in and perform the effects that come out, so every rule
//! of judgement is a table of tests beside the code that states it.
//!
//! ```text
//!  LogEntry ─▶ reader ─▶ Finding ┐
//!  ExecutionView ────────────────┼─▶ Signal ─▶ decide::LaunchState::on(moment, signal) ─▶ Effect
//!  JobView ──────────────────────┘                                                         ├─ Event (what people and scripts see)
//!                                                                                          └─ demands on watchers, Verdict, end
//! ```
//!
//! `core` imports nothing else of this crate; `tests/it/layering.rs` holds it to that.

pub mod batch;
pub mod checkup;
pub mod decide;
pub mod entry;
pub mod event;
pub mod evidence;
pub mod execution;
pub mod finding;
pub mod ids;
pub mod job;
pub mod moment;
pub mod pattern;
pub mod policy;
pub mod reader;
pub mod signal;
pub mod source;
pub mod spec;
pub mod start;
pub mod text;
pub mod verdict;

pub use moment::Moment;
