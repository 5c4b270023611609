//! Numeric policy: how often to ask, how long to wait, when to give up. Pure, fed with the time.

mod backoff;
mod budget;
mod restart;
mod sight;

pub use backoff::Backoff;
pub use budget::Budget;
pub use restart::{Decision, RestartWindow};
pub use sight::Sight;
