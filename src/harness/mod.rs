//! How soon, at what cost and how rightly a launch is judged: by Liftoff and by other rules, against the built-in cloud.
//!
//! ```text
//!  Draw (case, lag, seed) ─▶ Life: a scenario, and the facts that decide it
//!                               │ deployed as a job
//!  Cell (life × RTT × N × quotas × faults) ─▶ Stage: emulator and clients on one paused clock
//!                               │ every policy, interleaved, each in a project of its own
//!                               ▼
//!  Arm: verdicts judged, latencies, requests ─▶ stats ─▶ table
//! ```
//!
//! **Latency** is the instant of the verdict minus the first instant at which an answer of an API shows a deciding fact
//! ([`crate::emulator::Sighting`]), both on the one clock. **Overhead** is that minus the configured round trip. A push
//! would take half a round trip, which is the oracle's figure. Where the deciding line of a log shows only after the log
//! counts as complete, the oracle, which judges by Liftoff's verdict rules, is `undetermined`, and so is whoever is right.
//!
//! The clock is virtual: latencies are those of the rules (phases, periods, queues), not of the machine; what the machine
//! adds is measured on the real clock ([`wall`]). To add a workload see [`Case`], a rival [`Rival`].

mod arm;
mod cell;
mod liftoff;
mod rival;
mod round;
mod stage;
pub mod stats;
mod table;
mod verdict;
pub mod wall;
mod workload;

pub use arm::{Arm, Policy};
pub use cell::{Cell, Enforced, Spread};
pub use rival::Rival;
pub use stage::{HarnessError, live, paused};
pub use table::table;
pub use verdict::{Amiss, Tally};
pub use workload::{Case, Draw, Lag, Life};
