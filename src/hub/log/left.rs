//! Who has left lately: what their executions printed last is there to be read for a while, and nobody wants it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// So long lines of the last read are shown again.
const LASTS: Duration = Duration::from_secs(40);

/// Executions that were unsubscribed from, the last first.
#[derive(Default)]
pub(super) struct Left {
    names: VecDeque<(Instant, Arc<str>)>,
}

impl Left {
    pub(super) fn add(&mut self, now: Instant, execution: Arc<str>) {
        while self.names.back().is_some_and(|(at, _)| *at + LASTS < now) {
            self.names.pop_back();
        }
        self.names.push_front((now, execution));
    }

    /// It is subscribed to again.
    pub(super) fn remove(&mut self, execution: &str) {
        self.names.retain(|(_, name)| **name != *execution);
    }

    pub(super) fn names(&self, now: Instant) -> impl Iterator<Item = &str> {
        let lately = self.names.iter().take_while(move |(at, _)| now <= *at + LASTS);
        lately.map(|(_, name)| &**name)
    }
}
