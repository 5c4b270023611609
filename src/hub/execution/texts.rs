//! Which text of a list is whose: most executions read as they did in the last list, and are not read again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::core::ids::{ExecutionName, RunJob};
use crate::gcp::Fingerprint;

/// What was read, and a call in flight may look at when its answer comes.
pub(super) type SharedTexts = Rc<RefCell<Texts>>;

/// The text by which each execution was shown last. Whoever begins to care for one has it forgotten first: what a list says of
/// it then is news to him.
#[derive(Debug, Default)]
pub(super) struct Texts {
    shown: HashMap<Fingerprint, Shown>,
    by_name: HashMap<ExecutionName, Fingerprint>,
    /// The number of the list that is being read.
    list: u32,
    /// Of the execution that was kept last: most are of one job, and share it.
    job: Option<Arc<RunJob>>,
}

#[derive(Debug)]
struct Shown {
    name: ExecutionName,
    /// The number of the list that showed it last.
    list: Cell<u32>,
}

impl Texts {
    /// A list is read from its beginning.
    pub(super) fn list_begins(&mut self) {
        self.list = self.list.wrapping_add(1);
    }

    /// Whose text this is, which the list shows again.
    pub(super) fn whose(&self, text: Fingerprint) -> Option<ExecutionName> {
        let shown = self.shown.get(&text)?;
        shown.list.set(self.list);
        Some(shown.name.clone())
    }

    /// The list shows an execution by this text now.
    pub(super) fn keep(&mut self, mut name: ExecutionName, text: Fingerprint) {
        self.forget(&name);
        match &self.job {
            Some(job) if *job == name.job => name.job = Arc::clone(job),
            _ => self.job = Some(Arc::clone(&name.job)),
        }
        let list = Cell::new(self.list);
        self.by_name.insert(name.clone(), text);
        self.shown.insert(text, Shown { name, list });
    }

    /// What the next list says of it must be read, be it the same or not.
    pub(super) fn forget(&mut self, name: &ExecutionName) {
        if let Some(text) = self.by_name.remove(name) {
            self.shown.remove(&text);
        }
    }

    /// The list has ended: what it did not show, no other will, or so late that it may be read again.
    pub(super) fn list_ends(&mut self) {
        let list = self.list;
        self.shown.retain(|_, shown| shown.list.get() == list);
        let shown = &self.shown;
        self.by_name.retain(|_, text| shown.contains_key(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(short: &str) -> ExecutionName {
        let full = format!("projects/p/locations/l/jobs/train/executions/{short}");
        ExecutionName::parse(&full).unwrap()
    }

    #[test]
    fn an_execution_is_known_by_the_text_that_showed_it_last() {
        let mut texts = Texts::default();
        let [running, ended] = ["running", "ended"].map(Fingerprint::of);
        texts.keep(name("a"), running);
        assert_eq!(texts.whose(running), Some(name("a")));
        texts.keep(name("a"), ended);
        assert_eq!(
            (texts.whose(running), texts.whose(ended)),
            (None, Some(name("a")))
        );
        texts.forget(&name("a"));
        assert_eq!(texts.whose(ended), None);
    }

    #[test]
    fn only_what_the_last_list_showed_is_remembered() {
        let mut texts = Texts::default();
        let [again, new, gone] = ["again", "new", "gone"].map(Fingerprint::of);
        texts.list_begins();
        texts.keep(name("a"), again);
        texts.keep(name("b"), gone);
        texts.list_ends();
        texts.list_begins();
        assert!(texts.whose(again).is_some());
        texts.keep(name("c"), new);
        texts.list_ends();
        assert_eq!((texts.shown.len(), texts.by_name.len()), (2, 2));
        assert!(texts.whose(gone).is_none());
    }
}
