//! Supervision: who starts whom, who notices whose end, and what is done about it.
//!
//! ```text
//!  Root ─┬─ HubActor (one per API and scope)            restarted; beyond the intensity its source is lost to all
//!        └─ LaunchSupervisor (one per launch)           a panic is Liftoff's bug: that launch ends with 7, the others go on
//!             ├─ Watcher<LogWatch>        "LogTailer"        \
//!             ├─ Watcher<ExecutionWatch>  "ExecutionWatcher"  > restarted from the cursor kept here; beyond the
//!             └─ Watcher<VertexWatch>     "VertexWatcher"    /  intensity the launch goes on with the sources it has left
//! ```
//!
//! Every child hangs on a [`link::Link`]: it dies with its parent. Policy is not here: what a signal means is
//! [`crate::core::decide`]'s, when to restart is [`crate::core::policy::RestartWindow`]'s. This module performs.

pub mod bus;
mod hubs;
mod launch;
pub mod link;
mod outcome;
mod plan;
mod resume;
mod root;
mod start;
mod validate;
mod world;

pub use bus::{Bus, Who};
pub use outcome::{LaunchEnd, worst};
pub use plan::{Ends, Plan};
pub use resume::{Resumed, resume};
pub use root::{Interrupts, supervise, supervise_plan};
pub use validate::{Refused, Validation, validate};
pub use world::{Quota, World};
