//! Runners that outlive their launches.

use std::collections::{HashMap, HashSet};

use crate::core::execution::ExecutionView;
use crate::core::ids::ExecutionName;

/// Who wants to know when which runner is gone.
#[derive(Default)]
pub(super) struct Lingering {
    runners: HashMap<ExecutionName, Runner>,
}

struct Runner {
    gone: Box<dyn Fn()>,
    /// A list has shown it: a complete one without it means that it was deleted. A new execution may not be listed yet.
    seen: bool,
}

impl Lingering {
    pub(super) fn add(&mut self, name: ExecutionName, gone: Box<dyn Fn()>) {
        self.runners.insert(name, Runner { gone, seen: false });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runners.is_empty()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &ExecutionName> {
        self.runners.keys()
    }

    /// A list showed this.
    pub(super) fn saw(&mut self, view: &ExecutionView) {
        if let Some(runner) = self.runners.get_mut(&view.name) {
            runner.seen = true;
            if view.state.is_end() {
                self.tell(&view.name.clone());
            }
        }
    }

    /// A complete list showed these and no others.
    pub(super) fn saw_all(&mut self, names: &HashSet<ExecutionName>) {
        let deleted = self
            .runners
            .iter()
            .filter(|(name, runner)| runner.seen && !names.contains(*name));
        let deleted: Vec<_> = deleted.map(|(name, _)| name.clone()).collect();
        for name in deleted {
            self.tell(&name);
        }
    }

    fn tell(&mut self, name: &ExecutionName) {
        if let Some(runner) = self.runners.remove(name) {
            (runner.gone)();
        }
    }
}
