//! Watchers: each turns one API's deliveries into signals about one launch.
//!
//! ```text
//!   hub ──delivery──▶ Watcher<W> ──Report{signals, cursor}──▶ LaunchSupervisor
//!                       └─ W: Watch, pure: delivery → signals
//! ```
//!
//! A watcher is an actor so that it can fail alone: a panic over one odd line, or a mailbox that is never read again, ends
//! or freezes this watcher of this launch and nothing else. Its supervisor sees that (linked exit, heartbeat), starts
//! another from the cursor that came with its last report, and, after too many failures, goes on without it.
//!
//! To add a watcher: one file with a type that implements [`Watch`], and one line in `supervise::launch::children`.

pub mod actor;
pub mod chaos;
mod execution;
mod log_tailer;
mod vertex;

use crate::core::signal::Signal;
use crate::core::source::Source;

pub use execution::ExecutionWatch;
pub use log_tailer::{LogCursor, LogWatch};
pub use vertex::VertexWatch;

/// The pure half of a watcher.
pub trait Watch: Unpin + 'static {
    /// The source that it watches.
    const SOURCE: Source;
    /// The actor's name, for people.
    const NAME: &'static str;
    /// What its hub delivers.
    type Delivery: Send + 'static;
    /// What its supervisor keeps for a successor.
    type Cursor: Clone + std::fmt::Debug + Send + 'static;

    /// Subscribes at its hub, resuming where the cursor says. The sink leads into the actor's mailbox.
    fn subscribe(&mut self, sink: Box<dyn Fn(Self::Delivery)>);
    /// Turns a delivery into signals.
    fn on_delivery(&mut self, delivery: Self::Delivery) -> Vec<Signal>;
    /// Where a successor would resume.
    fn cursor(&self) -> Self::Cursor;
}
