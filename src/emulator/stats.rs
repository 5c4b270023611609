//! What the emulator has been asked and has done: for tests, benches and the state page.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the server's start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Per method id, such as `run.executions.get`; requests that no method matches are under `unknown`.
    pub methods: BTreeMap<String, MethodStats>,
    /// Accepted `jobs.run` requests by the value of `LIFTOFF_LAUNCH_ID` in their environment override; those
    /// without one are under the empty name.
    pub accepted_runs: BTreeMap<String, u64>,
}

/// Counts of one method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MethodStats {
    /// Requests that arrived.
    pub received: u64,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests that a fault left without a whole answer.
    pub cut: u64,
}

impl Stats {
    /// Requests received, over all methods.
    pub fn received(&self) -> u64 {
        self.methods.values().map(|method| method.received).sum()
    }

    /// Requests received for one method.
    pub fn received_by(&self, method: &str) -> u64 {
        self.methods.get(method).map_or(0, |method| method.received)
    }

    pub(crate) fn of(&mut self, method: &str) -> &mut MethodStats {
        self.methods.entry(method.to_owned()).or_default()
    }
}
