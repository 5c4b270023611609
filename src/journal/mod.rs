//! The journal: what survives the process. One `SQLite` file with every launch, its attempts, events and verdict.
//!
//! ```text
//!  supervise ─▶ Journal (handle) ─▶ drive ─▶ Store: transactions ─▶ journal.db ◀─ Archive ◀─ history, show, resume
//!                   └▶ Claim: a lock beside it that dies with its process
//! ```
//!
//! - **Order.** [`Journal::intent`] is on disk before `jobs.run` leaves, [`Journal::accepted`] once there is an execution.
//!   What a crash leaves is thus one of: planned (never sent), intended (perhaps sent: a list tells), accepted, ended.
//! - **Owner.** The task behind [`Journal`] owns the open file. Readers open it for themselves; the write-ahead log
//!   lets them read while it writes. Several processes may write: transactions are short and wait for each other.
//! - **Power.** Commits that matter wait for the disk (`synchronous=FULL`), events do not and are made safe by the next that
//!   does. A launch costs three such waits at most, and launches share them.
//! - **Secrets.** Specifications lose values that look secret ([`Stored`]); everything that the cloud sent is made safe by
//!   [`crate::core::text`] before it is written.
//! - **Faults.** Each is a [`Fault`] with a hint. Whoever needs the journal (a batch) is told before anything starts; whoever
//!   does not goes on.
//!
//! To store one more thing: a step in [`schema`], a variant of `Write`, and where it is read in [`Archive`].

mod archive;
mod claim;
mod error;
mod file;
mod handle;
mod record;
mod schema;
mod store;
mod stored;
#[cfg(test)]
pub(crate) mod tests;
mod write;

pub use archive::{Archive, Filter, Found};
pub use claim::{Claim, ClaimError, Owner, Subject};
pub use error::{Fault, JournalError};
pub use file::make_folder;
pub use handle::{Closed, Journal};
pub use record::{Accepted, Attempt, AttemptState, Batch, End, Launch, NewBatch, NewLaunch};
pub use stored::Stored;
