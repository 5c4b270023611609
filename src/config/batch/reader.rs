//! Reads the fields of a launch: what fits becomes a value, what does not is told.

use std::collections::HashSet;

use super::document::{Field, Value};
use super::entry::{At, Named};
use super::error::Mistakes;
use super::field;
use super::matrix::{Axis, REPEAT};
use super::template::{Template, is_name};
use crate::config::key::Key;
use crate::config::value::{Raw, Wrong, quoted};

/// More repeats than any batch has launches.
const MOST_REPEATS: u32 = 100_000;

/// Reads one field.
pub(super) struct FieldReader<'f, 'm> {
    pub(super) field: &'f Field,
    pub(super) mistakes: &'m mut Mistakes,
}

impl FieldReader<'_, '_> {
    pub(super) fn read<T>(&mut self, read: &dyn Fn(&Raw) -> Result<T, Wrong>) -> Option<At<T>> {
        let raw = self.field.value.raw();
        match read(&raw) {
            Ok(value) => Some(At {
                line: self.field.line,
                value,
            }),
            Err(wrong) => {
                let given = raw.quoted();
                self.mistakes
                    .value(self.field.line, &self.field.name, given.as_deref(), &wrong);
                None
            }
        }
    }

    pub(super) fn key<T>(&mut self, key: &Key<T>) -> Option<At<T>> {
        self.read(&key.read)
    }

    /// Text that is checked once it is filled in.
    pub(super) fn template(&mut self) -> Option<At<Template>> {
        let value = single(&self.field.value)
            .and_then(|text| match text {
                "" => Err(Wrong::new("it is empty; leave it out to leave it unset")),
                text => Ok(text),
            })
            .and_then(Template::parse);
        let line = self.field.line;
        self.noted(line, &self.field.name, value)
            .map(|value| At { line, value })
    }

    pub(super) fn args(&mut self) -> Option<At<Vec<Template>>> {
        let (line, name) = (self.field.line, self.field.name.as_str());
        let Value::List(items) = &self.field.value else {
            let wrong = Wrong::expected(format!(
                "a list such as [\"--epochs\", \"3\"], not {}",
                self.field.value.kind()
            ));
            return self.noted(line, name, Err(wrong));
        };
        let mut args = Vec::with_capacity(items.len());
        for (at, item) in items {
            let template = single(item).and_then(Template::parse);
            args.extend(self.noted(*at, name, template));
        }
        Some(At { line, value: args })
    }

    pub(super) fn named(&mut self, check: fn(&str) -> Result<(), Wrong>) -> Vec<Named> {
        let Value::Table(table) = &self.field.value else {
            let wrong = Wrong::expected(format!(
                "a table such as {{ NAME = \"value\" }}, not {}",
                self.field.value.kind()
            ));
            self.noted::<()>(self.field.line, &self.field.name, Err(wrong));
            return Vec::new();
        };
        let mut all = Vec::with_capacity(table.fields.len());
        for Field { name, line, value } in &table.fields {
            let template = check(name).and_then(|()| single(value)).and_then(Template::parse);
            let full = format!("{}.{}", self.field.name, shown(name));
            if let Some(template) = self.noted(*line, &full, template) {
                all.push(Named {
                    name: name.clone(),
                    line: *line,
                    template,
                });
            }
        }
        all
    }

    pub(super) fn matrix(&mut self) -> Option<At<Vec<Axis>>> {
        let line = self.field.line;
        let Value::Table(table) = &self.field.value else {
            let wrong = Wrong::expected(format!(
                "a table of lists such as {{ seed = [1, 2, 3] }}, not {}",
                self.field.value.kind()
            ));
            return self.noted(line, &self.field.name, Err(wrong));
        };
        let mut axes = Vec::with_capacity(table.fields.len());
        for field in &table.fields {
            let full = format!("{}.{}", field::MATRIX, shown(&field.name));
            if let Some((axis, wrong)) = self.noted(field.line, &full, axis(field)) {
                axes.push(axis);
                self.noted(field.line, &full, wrong.map_or(Ok(()), Err));
            }
        }
        Some(At { line, value: axes })
    }

    /// Tells what is wrong, without the value: arguments and variables may be secret.
    fn noted<T>(&mut self, line: usize, name: &str, result: Result<T, Wrong>) -> Option<T> {
        result
            .map_err(|wrong| self.mistakes.value(line, name, None, &wrong))
            .ok()
    }
}

fn single(value: &Value) -> Result<&str, Wrong> {
    let wrong = || Wrong::expected(format!("text or a number, not {}", value.kind()));
    value.spelled().ok_or_else(wrong)
}

/// Reads an axis. With a mistake in its values it has those that are left, so that its placeholder is known all the same.
fn axis(field: &Field) -> Result<(Axis, Option<Wrong>), Wrong> {
    if field.name == REPEAT {
        return Err(Wrong::new(
            "{repeat} is the number that `repeat = N` counts: choose another name",
        ));
    }
    if !is_name(&field.name) {
        return Err(Wrong::expected(
            "a name of letters, digits, `_`, `-` and `.`, so that it can stand in {braces}",
        ));
    }
    let (values, wrong) = match &field.value {
        Value::List(items) => values(items),
        other => {
            let wrong = Wrong::expected(format!("a list of values, not {}", other.kind()));
            (Vec::new(), Some(wrong))
        }
    };
    let axis = Axis {
        name: field.name.clone(),
        line: field.line,
        values,
    };
    Ok((axis, wrong))
}

/// The values of an axis, each once, and what is wrong with the first that is not like that.
fn values(items: &[(usize, Value)]) -> (Vec<String>, Option<Wrong>) {
    let (mut seen, mut values, mut wrong) = (HashSet::new(), Vec::new(), None);
    for (_, item) in items {
        match single(item) {
            Ok(value) if seen.insert(value) => values.push(value.to_owned()),
            Ok(value) => {
                let twice = format!(
                    "{} is there twice; `repeat = N` launches the same again",
                    quoted(value)
                );
                wrong.get_or_insert(Wrong::new(twice));
            }
            Err(other) => drop(wrong.get_or_insert(other)),
        }
    }
    if items.is_empty() {
        wrong = Some(Wrong::new("without a value there is nothing to launch"));
    }
    (values, wrong)
}

/// Reads how often a launch is repeated.
pub(super) fn repeat(raw: &Raw) -> Result<u32, Wrong> {
    let number = match raw {
        Raw::Integer(number) => u32::try_from(*number).ok(),
        Raw::Text(text) => text.parse().ok(),
        _ => None,
    };
    number
        .filter(|times| (1..=MOST_REPEATS).contains(times))
        .ok_or_else(|| Wrong::expected(format!("how often, 1 to {MOST_REPEATS}")))
}

/// Reads a label's name.
pub(super) fn label(name: &str) -> Result<(), Wrong> {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/');
    if (1..=63).contains(&name.len()) && name.bytes().all(good) {
        return Ok(());
    }
    Err(Wrong::expected(
        "a label's name of 1 to 63 letters, digits, `_`, `-`, `.` and `/`",
    ))
}

/// A name that may be anything, fit to stand in an error.
fn shown(name: &str) -> String {
    if is_name(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}
