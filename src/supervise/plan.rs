//! What one process supervises: some launches, how many at once, and what became of them.

use std::collections::HashMap;

use super::outcome::LaunchEnd;
use crate::core::batch::Limits;
use crate::core::ids::{LaunchId, Scope};
use crate::core::spec::LaunchSpec;

/// Launches, in the order in which they are to begin, and how many of them at once.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The launches. A spec whose `attempt` is above 1 goes on with that try.
    pub launches: Vec<LaunchSpec>,
    /// How many at once, and how often.
    pub limits: Limits,
}

impl Plan {
    /// All at once, each once.
    pub fn of(launches: Vec<LaunchSpec>) -> Self {
        Self {
            launches,
            limits: Limits::NONE,
        }
    }

    /// What admission has to know of each launch: its try, and the number of its project and region.
    pub(super) fn lanes(&self) -> Vec<(u32, usize)> {
        let mut numbers: HashMap<&Scope, usize> = HashMap::new();
        let mut lanes = Vec::with_capacity(self.launches.len());
        for spec in &self.launches {
            let next = numbers.len();
            let lane = *numbers.entry(&spec.target.job().scope).or_insert(next);
            lanes.push((spec.attempt, lane));
        }
        lanes
    }
}

/// What became of a plan.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    /// The launches that ended, in the order in which they did.
    pub launches: Vec<LaunchEnd>,
    /// Those that were never begun, because admission was stopped: nothing was sent for them.
    pub left_out: Vec<LaunchId>,
}
