//! From a batch file to the launches that are supervised.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::Entry;
use super::error::{BatchError, Mistakes};
use super::fill::{Filled, Filler, check_placeholders};
use super::id::Ids;
use super::matrix::Matrix;
use super::name::{self, Names};
use super::overlay::Overlay;
use super::source::{BatchSource, Format};
use super::{csv, field, json, toml};
use crate::config::error::ConfigError;
use crate::config::launch::{Prepared, Request, Wanted};
use crate::config::settings::Settings;
use crate::config::value::quoted;
use crate::core::ids::{BatchId, LaunchId};
use crate::core::spec::{LaunchSpec, Target};

/// More than any team launches at once: a slip in a matrix.
const MOST_LAUNCHES: usize = 100_000;

/// Room for the text of all launches together, in bytes: 640 for each of the most, or long ones for few.
const MOST_TEXT: usize = 64 << 20;

/// A batch that is ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedBatch {
    /// Its id.
    pub id: BatchId,
    /// The file that it came from, for people.
    pub file: String,
    /// Digest of the file, in hexadecimal: `resume` knows by it whether it is still the same.
    pub digest: String,
    /// Its launches, in the order of the file and of each matrix. Each has a name and an id of its own.
    pub launches: Vec<Planned>,
    /// What was decided for the user, said aloud.
    pub notes: Vec<String>,
}

/// One launch of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What is supervised.
    pub spec: LaunchSpec,
    /// What the user calls it besides; for filters and reports.
    pub labels: BTreeMap<String, String>,
    /// The line of the file where it begins, from 1.
    pub line: usize,
}

impl Settings {
    /// Makes the launches of a batch file. `id` becomes part of the launches' ids; `id_given` says that the user chose it,
    /// so that an execution which has such an id already is attached to rather than started again.
    pub fn prepare_batch(
        &self,
        source: &BatchSource,
        id: &BatchId,
        id_given: bool,
    ) -> Result<PreparedBatch, BatchError> {
        let mut mistakes = Mistakes::default();
        let entries = entries(source, &mut mistakes);
        let mut planner = Planner {
            overlay: Overlay::new(self, &source.name),
            filler: Filler::default(),
            names: Names::default(),
            ids: Ids::new(id),
            id_given,
            missing: BTreeSet::new(),
            notes: BTreeSet::new(),
            mistakes,
        };
        let launches = planner.launches(&entries);
        let notes = planner.overlay.notes().chain(planner.notes).collect();
        planner.mistakes.into_result(&source.name)?;
        Ok(PreparedBatch {
            id: id.clone(),
            file: source.name.clone(),
            digest: source.digest(),
            launches,
            notes,
        })
    }
}

/// The launches of the file with its defaults in them.
fn entries(source: &BatchSource, mistakes: &mut Mistakes) -> Vec<Entry> {
    let (read, advice): (fn(&str, &mut Mistakes) -> _, _) = match source.format {
        Format::Toml => (toml::read, "add a [[launch]] with a `job`"),
        Format::Json => (json::read, "add {\"job\": \"…\"} to `launch`"),
        Format::Csv => (csv::read, "add a row under the header"),
    };
    let document = read(&source.text, mistakes);
    if mistakes.total() == 0 && document.launches.is_empty() {
        mistakes.add(1, "", format!("there is nothing to launch: {advice}"));
    }
    let defaults = document.defaults.as_ref();
    let defaults = defaults.map_or_else(Entry::default, |table| Entry::read(table, mistakes));
    for (name, given) in [(field::NAME, &defaults.name), (field::ID, &defaults.id)] {
        if let Some(at) = given {
            let message = format!("`{name}` is one launch's alone: move it to its launch");
            mistakes.add(at.line, name, message);
        }
    }
    let mut launch = |table| {
        let mut entry = Entry::read(table, mistakes);
        entry.says_job |= document.job_is_missed;
        entry.check_scope(mistakes);
        entry.over(&defaults)
    };
    document.launches.iter().map(&mut launch).collect()
}

/// A launch of the file, its axes, and the settings with its own in them.
struct Plan<'e> {
    entry: &'e Entry,
    matrix: Matrix,
    settings: Settings,
}

/// One launch with its text filled in. Names are made up once all given ones are taken.
struct Draft<'p> {
    plan: &'p Plan<'p>,
    stem: String,
    filled: Filled,
}

/// What is known while the launches of one file are made.
struct Planner<'a> {
    overlay: Overlay<'a>,
    filler: Filler,
    names: Names,
    ids: Ids<'a>,
    id_given: bool,
    /// What neither file nor settings have: told once, not for each launch.
    missing: BTreeSet<&'static str>,
    notes: BTreeSet<String>,
    mistakes: Mistakes,
}

impl Planner<'_> {
    fn launches(&mut self, entries: &[Entry]) -> Vec<Planned> {
        let plans: Vec<Plan<'_>> = entries.iter().map(|entry| self.plan(entry)).collect();
        if !self.is_bounded(&plans) {
            return Vec::new();
        }
        let mut drafts = Vec::new();
        for plan in &plans {
            for cell in plan.matrix.cells() {
                let filled = self.filler.fill(plan.entry, &cell, &mut self.mistakes);
                if self.filler.bytes > MOST_TEXT {
                    let message = format!(
                        "up to this launch there are more than {} MiB of text",
                        MOST_TEXT >> 20
                    );
                    self.mistakes.add(plan.entry.line, "", message);
                    return Vec::new();
                }
                self.take_given(plan, &filled);
                let job = plan.entry.job.as_ref().map_or("", |job| &job.value.job);
                let stem = name::stem(job, &cell);
                drafts.push(Draft { plan, stem, filled });
            }
        }
        drafts
            .into_iter()
            .filter_map(|draft| self.launch(draft))
            .collect()
    }

    /// Looks at a launch as a whole.
    fn plan<'e>(&mut self, entry: &'e Entry) -> Plan<'e> {
        let axes = entry.matrix.as_ref().map_or(&[][..], |matrix| &matrix.value);
        let repeat = entry.repeat.as_ref().map(|repeat| (repeat.line, repeat.value));
        let matrix = Matrix::new(axes, repeat);
        if !entry.says_job {
            self.mistakes
                .add(entry.line, field::JOB, "a launch needs a `job`");
        }
        check_placeholders(entry, &matrix, &mut self.mistakes);
        Plan {
            entry,
            matrix,
            settings: self.overlay.of(entry),
        }
    }

    /// Whether the product of all axes is a batch. Nothing was multiplied before.
    fn is_bounded(&mut self, plans: &[Plan<'_>]) -> bool {
        let mut total = 0_usize;
        for plan in plans {
            let sum = plan.matrix.size().and_then(|size| total.checked_add(size));
            let Some(sum) = sum.filter(|sum| *sum <= MOST_LAUNCHES) else {
                let message =
                    format!("with this launch and its matrix there are more than {MOST_LAUNCHES} launches");
                self.mistakes.add(plan.entry.line, field::MATRIX, message);
                return false;
            };
            total = sum;
        }
        true
    }

    /// Takes the name and the id that a launch was given.
    fn take_given(&mut self, plan: &Plan<'_>, filled: &Filled) {
        if let (Some(id), Some(at)) = (&filled.id, &plan.entry.id)
            && let Err(other) = self.ids.take(id, plan.entry.line)
        {
            let message = same(field::ID, id.as_str(), other, plan);
            self.mistakes.add(at.line, field::ID, message);
        }
        if let (Some(name), Some(at)) = (&filled.name, &plan.entry.name)
            && let Err(other) = self.names.take(name, plan.entry.line)
        {
            let message = same(field::NAME, name, other, plan);
            self.mistakes.add(at.line, field::NAME, message);
        }
    }

    /// The launch that a draft becomes; `None` if it has a mistake, which was told.
    fn launch(&mut self, draft: Draft<'_>) -> Option<Planned> {
        let Draft { plan, stem, filled } = draft;
        let entry = plan.entry;
        let job = entry.job.as_ref()?.value.clone();
        let name = filled
            .name
            .unwrap_or_else(|| self.names.make_up(&stem, entry.line));
        let id_given = self.id_given || filled.id.is_some();
        let id = match filled.id {
            Some(id) => id,
            None => self.id_of(&name, entry)?,
        };
        let request = Request {
            wanted: Wanted::Start {
                job,
                args: filled.args,
                env: filled.env,
            },
            id: None,
            name: Some(name),
            identity: filled.identity,
        };
        let prepared = plan.settings.prepare_as(request, id);
        let Prepared { mut spec, notes } = prepared.map_err(|error| self.refused(entry, &error)).ok()?;
        if let Target::Start { id_given: given, .. } = &mut spec.target {
            *given = id_given;
        }
        self.notes.extend(notes);
        Some(Planned {
            spec,
            labels: filled.labels,
            line: entry.line,
        })
    }

    fn id_of(&mut self, name: &str, entry: &Entry) -> Option<LaunchId> {
        self.ids
            .of(name, entry.line)
            .map_err(|wrong| {
                self.mistakes
                    .value(entry.line, field::NAME, Some(&quoted(name)), &wrong);
            })
            .ok()
    }

    fn refused(&mut self, entry: &Entry, error: &ConfigError) {
        let (line, field) = match error {
            ConfigError::Missing { key, .. } if !self.missing.insert(key) => return,
            ConfigError::Missing { key, .. } => (entry.line, *key),
            _ => (entry.job.as_ref().map_or(entry.line, |job| job.line), field::JOB),
        };
        self.mistakes.add(line, field, error.to_string());
    }
}

/// What is said of a name or an id that is another launch's, on that line.
fn same(what: &str, value: &str, other: usize, plan: &Plan<'_>) -> String {
    let value = quoted(value);
    if other != plan.entry.line {
        return format!("`{what}` = {value} is that of the launch on line {other}");
    }
    let names: Vec<String> = plan.matrix.names().map(|name| format!("{{{name}}}")).collect();
    format!(
        "`{what}` = {value} would be that of several launches: put {} into it",
        names.join(" and ")
    )
}
