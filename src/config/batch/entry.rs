//! One launch of a file, or its defaults, typed. What is absent is `None`.

use super::document::{Field, Table};
use super::error::Mistakes;
use super::field;
use super::matrix::Axis;
use super::reader::{FieldReader, label, repeat};
use super::template::Template;
use crate::config::duration::Timeout;
use crate::config::key;
use crate::config::name::{self, JobRef};
use crate::config::runner_env::variable;
use crate::config::value::{Wrong, by, quoted};
use crate::core::spec::{Afterwards, Attribution, Goal};

/// A value and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) line: usize,
    pub(super) value: T,
}

/// A named template: a variable or a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) template: Template,
}

impl Named {
    fn told(&self, table: &str) -> (String, usize, &Template) {
        (format!("{table}.{}", self.name), self.line, &self.template)
    }
}

/// Everything that a launch can say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it begins.
    pub(super) line: usize,
    pub(super) name: Option<At<Template>>,
    pub(super) id: Option<At<Template>>,
    pub(super) job: Option<At<JobRef>>,
    /// Whether there is a job, right or wrong.
    pub(super) says_job: bool,
    pub(super) project: Option<At<String>>,
    pub(super) region: Option<At<String>>,
    pub(super) vertex_project: Option<At<String>>,
    pub(super) vertex_region: Option<At<String>>,
    pub(super) args: Option<At<Vec<Template>>>,
    pub(super) env: Vec<Named>,
    pub(super) labels: Vec<Named>,
    pub(super) queue_item: Option<At<Template>>,
    pub(super) run_id: Option<At<Template>>,
    pub(super) run_name: Option<At<Template>>,
    pub(super) until: Option<At<Goal>>,
    pub(super) timeout: Option<At<Timeout>>,
    pub(super) attribution: Option<At<Attribution>>,
    pub(super) accept_unconfirmed: Option<At<bool>>,
    pub(super) on_failure: Option<At<Afterwards>>,
    pub(super) on_timeout: Option<At<Afterwards>>,
    pub(super) on_interrupt: Option<At<Afterwards>>,
    pub(super) repeat: Option<At<u32>>,
    pub(super) matrix: Option<At<Vec<Axis>>>,
}

impl Entry {
    /// Reads a table; what is wrong with a field leaves it out and is told.
    pub(super) fn read(table: &Table, mistakes: &mut Mistakes) -> Self {
        let mut entry = Self {
            line: table.line,
            ..Self::default()
        };
        for field in &table.fields {
            entry.take(field, mistakes);
        }
        entry
    }

    fn take(&mut self, field: &Field, mistakes: &mut Mistakes) {
        let mut reader = FieldReader { field, mistakes };
        match field.name.as_str() {
            field::NAME => self.name = reader.template(),
            field::ID => self.id = reader.template(),
            field::JOB => {
                self.job = reader.read(&|raw| by(raw, name::job));
                self.says_job = true;
            }
            field::ARGS => self.args = reader.args(),
            field::ENV => self.env = reader.named(variable),
            field::LABELS => self.labels = reader.named(label),
            field::QUEUE_ITEM => self.queue_item = reader.template(),
            field::RUN_ID => self.run_id = reader.template(),
            field::RUN_NAME => self.run_name = reader.template(),
            field::REPEAT => self.repeat = reader.read(&repeat),
            field::MATRIX => self.matrix = reader.matrix(),
            _ => self.setting(&mut reader),
        }
    }

    fn setting(&mut self, reader: &mut FieldReader<'_, '_>) {
        let name = reader.field.name.as_str();
        let is = |info: key::Info| info.name == name;
        if is(key::PROJECT.info) {
            self.project = reader.key(&key::PROJECT);
        } else if is(key::REGION.info) {
            self.region = reader.key(&key::REGION);
        } else if is(key::VERTEX_PROJECT.info) {
            self.vertex_project = reader.key(&key::VERTEX_PROJECT);
        } else if is(key::VERTEX_REGION.info) {
            self.vertex_region = reader.key(&key::VERTEX_REGION);
        } else if is(key::UNTIL.info) {
            self.until = reader.key(&key::UNTIL);
        } else if is(key::TIMEOUT.info) {
            self.timeout = reader.key(&key::TIMEOUT);
        } else if is(key::ATTRIBUTION.info) {
            self.attribution = reader.key(&key::ATTRIBUTION);
        } else if is(key::ACCEPT_UNCONFIRMED.info) {
            self.accept_unconfirmed = reader.key(&key::ACCEPT_UNCONFIRMED);
        } else if is(key::ON_FAILURE.info) {
            self.on_failure = reader.key(&key::ON_FAILURE);
        } else if is(key::ON_TIMEOUT.info) {
            self.on_timeout = reader.key(&key::ON_TIMEOUT);
        } else if is(key::ON_INTERRUPT.info) {
            self.on_interrupt = reader.key(&key::ON_INTERRUPT);
        } else {
            reader.mistakes.add(reader.field.line, name, field::unknown(name));
        }
    }

    /// This launch with what the defaults say where it says nothing. Variables and labels are merged by name.
    pub(super) fn over(self, defaults: &Self) -> Self {
        Self {
            line: self.line,
            name: self.name,
            id: self.id,
            job: self
                .job
                .or_else(|| defaults.job.clone().filter(|_| !self.says_job)),
            says_job: self.says_job || defaults.says_job,
            project: self.project.or_else(|| defaults.project.clone()),
            region: self.region.or_else(|| defaults.region.clone()),
            vertex_project: self.vertex_project.or_else(|| defaults.vertex_project.clone()),
            vertex_region: self.vertex_region.or_else(|| defaults.vertex_region.clone()),
            args: self.args.or_else(|| defaults.args.clone()),
            env: merged(&defaults.env, self.env),
            labels: merged(&defaults.labels, self.labels),
            queue_item: self.queue_item.or_else(|| defaults.queue_item.clone()),
            run_id: self.run_id.or_else(|| defaults.run_id.clone()),
            run_name: self.run_name.or_else(|| defaults.run_name.clone()),
            until: self.until.or_else(|| defaults.until.clone()),
            timeout: self.timeout.or_else(|| defaults.timeout.clone()),
            attribution: self.attribution.or_else(|| defaults.attribution.clone()),
            accept_unconfirmed: self
                .accept_unconfirmed
                .or_else(|| defaults.accept_unconfirmed.clone()),
            on_failure: self.on_failure.or_else(|| defaults.on_failure.clone()),
            on_timeout: self.on_timeout.or_else(|| defaults.on_timeout.clone()),
            on_interrupt: self.on_interrupt.or_else(|| defaults.on_interrupt.clone()),
            repeat: self.repeat.or_else(|| defaults.repeat.clone()),
            matrix: self.matrix.or_else(|| defaults.matrix.clone()),
        }
    }

    /// A full name says where its job is: the launch's own fields may not say otherwise.
    pub(super) fn check_scope(&self, mistakes: &mut Mistakes) {
        let Some(scope) = self.job.as_ref().and_then(|job| job.value.scope.as_ref()) else {
            return;
        };
        let own = [
            (key::PROJECT.info.name, &self.project, &scope.project),
            (key::REGION.info.name, &self.region, &scope.region),
        ];
        for (name, own, of_job) in own {
            if let Some(own) = own.as_ref().filter(|own| own.value != *of_job) {
                let wrong = Wrong::new(format!("the job's full name says `{of_job}`"));
                mistakes.value(own.line, name, Some(&quoted(&own.value)), &wrong);
            }
        }
    }

    /// Every template with its field's name and line.
    pub(super) fn templates(&self) -> impl Iterator<Item = (String, usize, &Template)> {
        let single = [
            (field::NAME, &self.name),
            (field::ID, &self.id),
            (field::QUEUE_ITEM, &self.queue_item),
            (field::RUN_ID, &self.run_id),
            (field::RUN_NAME, &self.run_name),
        ];
        let single = single.into_iter().filter_map(|(name, at)| {
            let at = at.as_ref()?;
            Some((name.to_owned(), at.line, &at.value))
        });
        let args = self.args.iter().flat_map(|args| {
            let line = args.line;
            args.value
                .iter()
                .map(move |template| (field::ARGS.to_owned(), line, template))
        });
        let env = self.env.iter().map(|one| one.told(field::ENV));
        let labels = self.labels.iter().map(|one| one.told(field::LABELS));
        single.chain(args).chain(env).chain(labels)
    }
}

fn merged(defaults: &[Named], own: Vec<Named>) -> Vec<Named> {
    let others = defaults
        .iter()
        .filter(|default| own.iter().all(|named| named.name != default.name));
    let mut all: Vec<Named> = others.cloned().collect();
    all.extend(own);
    all
}
