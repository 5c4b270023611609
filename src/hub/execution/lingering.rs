//! Runners that outlive their launches.

use std::collections::HashMap;

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
    /// The list that is being read has.
    listed: bool,
}

impl Lingering {
    pub(super) fn add(&mut self, name: ExecutionName, gone: Box<dyn Fn()>) {
        self.runners.insert(
            name,
            Runner {
                gone,
                seen: false,
                listed: false,
            },
        );
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runners.is_empty()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &ExecutionName> {
        self.runners.keys()
    }

    /// A list is read from its beginning.
    pub(super) fn list_begins(&mut self) {
        self.runners.values_mut().for_each(|runner| runner.listed = false);
    }

    /// A list showed this.
    pub(super) fn saw(&mut self, name: &ExecutionName) {
        if let Some(runner) = self.runners.get_mut(name) {
            (runner.seen, runner.listed) = (true, true);
        }
    }

    /// The list was read whole: a runner that it should have shown and did not was deleted.
    pub(super) fn list_ends(&mut self) {
        let runners = self.runners.iter();
        let deleted = runners.filter(|(_, runner)| runner.seen && !runner.listed);
        let deleted: Vec<_> = deleted.map(|(name, _)| name.clone()).collect();
        for name in deleted {
            self.over(&name);
        }
    }

    /// It has ended, or is not there any more.
    pub(super) fn over(&mut self, name: &ExecutionName) {
        if let Some(runner) = self.runners.remove(name) {
            (runner.gone)();
        }
    }
}
