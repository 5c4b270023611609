//! Whom a job may concern: an index of what the subscribers are looking for.
//!
//! A job that carries somebody's mark goes to that launch alone, one that carries a foreign one to nobody, however many
//! launches there are. Only an *open* job, without any mark, may be anybody's.

#[cfg(test)]
mod tests;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use super::JobSubscription;
use crate::core::ids::{CustomJobName, LaunchId};
use crate::core::job::JobView;

/// What is looked for, and by whom.
#[derive(Default)]
pub(super) struct Routes {
    executions: Index<Arc<str>>,
    runners: Index<Arc<str>>,
    run_ids: Index<String>,
    run_names: Index<String>,
    items: Index<String>,
    jobs: Index<CustomJobName>,
    /// The way back: under what each launch is entered.
    keys: HashMap<LaunchId, Vec<Key>>,
    /// Launches whose users named the queue item: any job may come from it, whoever's mark it carries.
    named_items: BTreeSet<LaunchId>,
}

impl Routes {
    /// Enters what a launch looks for.
    pub(super) fn add(&mut self, wanted: &JobSubscription) {
        let (launch, identity) = (&wanted.launch, &wanted.identity);
        let keys = [
            Some(Key::Execution(Arc::clone(&wanted.execution))),
            wanted.runner.clone().map(Key::Runner),
            identity.run_id.clone().map(Key::RunId),
            identity.run_name.clone().map(Key::RunName),
            identity.queue_item.clone().map(Key::Item),
            identity.job.clone().map(Key::Job),
        ];
        keys.into_iter().flatten().for_each(|key| self.enter(key, launch));
        if identity.queue_item.is_some() {
            self.named_items.insert(launch.clone());
        }
    }

    fn enter(&mut self, key: Key, launch: &LaunchId) {
        let is_new = match &key {
            Key::Execution(name) => self.executions.add(name, launch),
            Key::Runner(id) => self.runners.add(id, launch),
            Key::RunId(id) => self.run_ids.add(id, launch),
            Key::RunName(name) => self.run_names.add(name, launch),
            Key::Item(item) => self.items.add(item, launch),
            Key::Job(job) => self.jobs.add(job, launch),
        };
        if is_new {
            let keys = self.keys.entry(launch.clone()).or_default();
            keys.reserve_exact(1); // few and seldom, for thousands of launches
            keys.push(key);
        }
    }

    /// A launch's runner received this queue item: a job that comes from it is the launch's.
    pub(super) fn add_item(&mut self, launch: &LaunchId, item: &str) {
        self.enter(Key::Item(item.to_owned()), launch);
    }

    /// The runner's log names this job.
    pub(super) fn add_job(&mut self, launch: &LaunchId, job: &CustomJobName) {
        self.enter(Key::Job(job.clone()), launch);
    }

    /// Nobody looks on behalf of this launch any more.
    pub(super) fn remove(&mut self, launch: &LaunchId) {
        for key in self.keys.remove(launch).unwrap_or_default() {
            match key {
                Key::Execution(name) => self.executions.remove(&name, launch),
                Key::Runner(id) => self.runners.remove(&id, launch),
                Key::RunId(id) => self.run_ids.remove(&id, launch),
                Key::RunName(name) => self.run_names.remove(&name, launch),
                Key::Item(item) => self.items.remove(&item, launch),
                Key::Job(job) => self.jobs.remove(&job, launch),
            }
        }
        self.named_items.remove(launch);
    }

    /// Which jobs have to be read whole to tell whose they are, for somebody waits for the job of a queue item.
    pub(super) fn sought(&self) -> Sought {
        match (self.named_items.is_empty(), self.items.is_empty()) {
            (false, _) => Sought::Any,
            (true, false) => Sought::Open,
            (true, true) => Sought::None,
        }
    }

    /// The launches that this job's marks name, or that named it.
    pub(super) fn of(&self, job: &JobView) -> BTreeSet<&LaunchId> {
        let mut found = BTreeSet::new();
        let label = |key: &str| job.labels.get(key).map(String::as_str).unwrap_or_default();
        found.extend(self.executions.of(label("cloud-run-execution")));
        found.extend(self.runners.of(label("liftoff-launch")));
        found.extend(self.run_ids.of(label("wandb-run-id")));
        found.extend(self.run_names.of(job.display_name.as_str()));
        found.extend(self.jobs.of(&job.name));
        if let Some(item) = &job.trace_id {
            found.extend(self.items.of(item.as_str()));
        }
        found
    }
}

/// Jobs that may come from a queue item that somebody waits for; of two, the greater has all of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sought {
    None,
    Open,
    Any,
}

impl Sought {
    /// Whether this is one of them.
    pub(super) fn has(self, job: &JobView) -> bool {
        match self {
            Self::None => false,
            Self::Open => is_open(job),
            Self::Any => true,
        }
    }
}

/// Under what a launch is entered.
enum Key {
    Execution(Arc<str>),
    Runner(Arc<str>),
    RunId(String),
    RunName(String),
    Item(String),
    Job(CustomJobName),
}

/// Whether nothing on a job says whose it is. An unset macro stays literal (`${CLOUD_RUN_EXECUTION}`): that says nothing.
pub(super) fn is_open(job: &JobView) -> bool {
    let says = |key: &str| job.labels.get(key).is_some_and(|value| !value.contains('$'));
    !says("cloud-run-execution") && !says("liftoff-launch")
}

/// Who looks for one thing: mostly one launch, and a set of one takes ten times the memory.
enum Seekers {
    One(LaunchId),
    Many(BTreeSet<LaunchId>),
}

impl Seekers {
    /// Whether the launch was none of them before.
    fn add(&mut self, launch: &LaunchId) -> bool {
        match self {
            Self::One(one) if one == launch => false,
            Self::One(one) => {
                *self = Self::Many(BTreeSet::from([one.clone(), launch.clone()]));
                true
            }
            Self::Many(all) => all.insert(launch.clone()),
        }
    }

    /// Removes a launch; false once none is left.
    fn remain_without(&mut self, launch: &LaunchId) -> bool {
        match self {
            Self::One(one) => one != launch,
            Self::Many(all) => {
                all.remove(launch);
                !all.is_empty()
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = &LaunchId> {
        let (one, many) = match self {
            Self::One(one) => (Some(one), None),
            Self::Many(all) => (None, Some(all)),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

/// Launches by what they look for.
struct Index<K>(HashMap<K, Seekers>);

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash + Clone> Index<K> {
    /// Whether the launch was not entered there before.
    fn add(&mut self, key: &K, launch: &LaunchId) -> bool {
        match self.0.entry(key.clone()) {
            Entry::Vacant(nobody) => {
                nobody.insert(Seekers::One(launch.clone()));
                true
            }
            Entry::Occupied(seekers) => seekers.into_mut().add(launch),
        }
    }

    fn remove(&mut self, key: &K, launch: &LaunchId) {
        if let Some(seekers) = self.0.get_mut(key)
            && !seekers.remain_without(launch)
        {
            self.0.remove(key);
        }
    }

    fn of<Q>(&self, key: &Q) -> impl Iterator<Item = &LaunchId>
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.get(key).into_iter().flat_map(Seekers::iter)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
