//! The last resort: a process whose event loop stands still ends itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::core::verdict::exit;

/// An event loop that has not ticked for this long is stuck.
const STUCK: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_secs(1);

/// Ends the process with [`exit::BUG`] if the current runtime stops ticking. Lives until it is dropped.
#[derive(Debug)]
pub(super) struct Watchdog(tokio::task::AbortHandle, Arc<AtomicU64>);

/// The count that says that the runtime has ended in good order.
const ENDED: u64 = u64::MAX;

impl Watchdog {
    /// Watches the runtime that this is called on. Not for paused clocks.
    pub(super) fn start() -> Self {
        let ticks = Arc::new(AtomicU64::new(0));
        let (counting, watching) = (Arc::clone(&ticks), Arc::clone(&ticks));
        let task = actix_rt::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                counting.fetch_add(1, Ordering::Relaxed);
            }
        });
        std::thread::spawn(move || watch(&watching));
        Self(task.abort_handle(), ticks)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.0.abort();
        self.1.store(ENDED, Ordering::Relaxed);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this thread watches the runtime from outside: it must not run on it"
)]
fn watch(ticks: &AtomicU64) {
    let (mut last, mut unchanged) = (0, Duration::ZERO);
    loop {
        std::thread::sleep(TICK);
        let now = ticks.load(Ordering::Relaxed);
        if now == ENDED {
            return;
        }
        unchanged = if now == last {
            unchanged + TICK
        } else {
            Duration::ZERO
        };
        last = now;
        if unchanged >= STUCK {
            log::error!(
                "the event loop has not moved for {} s: giving up. The runner may go on",
                STUCK.as_secs()
            );
            std::process::exit(i32::from(exit::BUG));
        }
    }
}
