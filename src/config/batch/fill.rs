//! The text of one launch: each template filled in with one cell of the matrix, and checked.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{At, Entry, Named};
use super::error::Mistakes;
use super::matrix::{Cell, Matrix};
use super::template::Template;
use super::{field, id, name};
use crate::config::name::{display_name, mark};
use crate::config::runner_env::EnvOverride;
use crate::config::value::{Wrong, quoted};
use crate::core::ids::LaunchId;
use crate::core::spec::Identity;

/// What one launch says in text.
#[derive(Debug)]
pub(super) struct Filled {
    pub(super) name: Option<String>,
    pub(super) id: Option<LaunchId>,
    pub(super) args: Option<Vec<String>>,
    pub(super) env: Vec<EnvOverride>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) identity: Identity,
}

/// Fills templates in.
#[derive(Debug, Default)]
pub(super) struct Filler {
    /// Bytes of text so far: what a matrix multiplies has to stay bounded.
    pub(super) bytes: usize,
}

impl Filler {
    /// The text of one cell.
    pub(super) fn fill(&mut self, entry: &Entry, cell: &Cell<'_>, mistakes: &mut Mistakes) -> Filled {
        let mut checked = Checked {
            filler: self,
            cell,
            mistakes,
        };
        Filled {
            name: checked.text(field::NAME, entry.name.as_ref(), name::given),
            id: checked.text(field::ID, entry.id.as_ref(), id::given),
            identity: Identity {
                queue_item: checked.text(field::QUEUE_ITEM, entry.queue_item.as_ref(), mark),
                run_id: checked.text(field::RUN_ID, entry.run_id.as_ref(), mark),
                run_name: checked.text(field::RUN_NAME, entry.run_name.as_ref(), display_name),
                job: None,
            },
            labels: entry.labels.iter().map(|named| checked.label(named)).collect(),
            args: entry.args.as_ref().map(|args| {
                let args = args.value.iter();
                args.map(|template| self.render(template, cell)).collect()
            }),
            env: entry
                .env
                .iter()
                .map(|named| EnvOverride {
                    name: named.name.clone(),
                    value: self.render(&named.template, cell),
                })
                .collect(),
        }
    }

    fn render(&mut self, template: &Template, cell: &Cell<'_>) -> String {
        let text = template.render(|name| cell.value(name));
        self.bytes += text.len();
        text
    }
}

struct Checked<'c, 'm> {
    filler: &'c mut Filler,
    cell: &'c Cell<'m>,
    mistakes: &'c mut Mistakes,
}

impl Checked<'_, '_> {
    fn text<T>(
        &mut self,
        field: &str,
        at: Option<&At<Template>>,
        check: fn(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let at = at?;
        let text = self.filler.render(&at.value, self.cell);
        check(&text)
            .map_err(|wrong| self.mistakes.value(at.line, field, Some(&quoted(&text)), &wrong))
            .ok()
    }

    fn label(&mut self, named: &Named) -> (String, String) {
        let value = self.filler.render(&named.template, self.cell);
        if let Err(wrong) = name::given(&value) {
            let full = format!("{}.{}", field::LABELS, named.name);
            self.mistakes.value(named.line, &full, None, &wrong);
        }
        (named.name.clone(), value)
    }
}

/// Each placeholder has to have an axis, and each axis of a matrix a placeholder: without one its launches would be the
/// same.
pub(super) fn check_placeholders(entry: &Entry, matrix: &Matrix, mistakes: &mut Mistakes) {
    let known: Vec<&str> = matrix.names().collect();
    let mut used = BTreeSet::new();
    for (field, line, template) in entry.templates() {
        for name in template.names() {
            used.insert(name);
            if !known.contains(&name) {
                let message = format!("`{field}`: {}", unknown(name, &known));
                mistakes.add(line, field.clone(), message);
            }
        }
    }
    let axes = entry.matrix.iter().flat_map(|matrix| &matrix.value);
    for axis in axes.filter(|axis| !used.contains(axis.name.as_str())) {
        let field = format!("{}.{}", field::MATRIX, axis.name);
        let message = format!(
            "`{field}`: nothing of this launch has {{{}}} in it, so that its launches would be the same",
            axis.name
        );
        mistakes.add(axis.line, field, message);
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    let there = match known {
        [] => "this launch has neither `matrix` nor `repeat`".to_owned(),
        known => format!("there are {}", known.join(", ")),
    };
    format!("{{{name}}} stands for nothing: {there}. For a brace that is meant as such, write it twice")
}
