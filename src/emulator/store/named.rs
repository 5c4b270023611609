//! The names by which an entry is looked for: those of its execution and of its job.

use std::collections::HashMap;

use serde_json::Value;

use crate::emulator::timeline::{Entry, Kind, Names};

/// The names of what prints entries, by the number of its run.
#[derive(Debug, Default)]
pub(super) struct Printers(HashMap<usize, Printer>);

#[derive(Debug)]
struct Printer {
    execution: Name,
    job: Name,
}

impl Printers {
    /// Makes a run known.
    pub(super) fn add(&mut self, run: usize, names: &Names) {
        self.0.entry(run).or_insert_with(|| Printer {
            execution: Name::execution(&names.execution),
            job: Name::job(&names.job),
        });
    }

    /// The names that an entry carries; `run` is what printed it, if a run did.
    pub(super) fn names_of(&self, run: Option<usize>, entry: &Entry) -> Vec<Name> {
        let printer = run.and_then(|run| self.0.get(&run));
        match (&entry.kind, printer) {
            (Kind::Written(value), _) => of_written(value),
            (_, None) => Vec::new(),
            (Kind::Completed { .. }, Some(printer)) => vec![printer.job.clone()],
            (Kind::Line { .. }, Some(printer)) => vec![printer.execution.clone(), printer.job.clone()],
        }
    }
}

/// A name that entries carry, in small letters: the query language compares without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// `labels."run.googleapis.com/execution_name"`.
    Execution(String),
    /// `resource.labels.job_name`.
    Job(String),
}

impl Name {
    /// The name of an execution.
    pub(crate) fn execution(name: &str) -> Self {
        Self::Execution(name.to_lowercase())
    }

    /// The name of a job.
    pub(crate) fn job(name: &str) -> Self {
        Self::Job(name.to_lowercase())
    }
}

fn of_written(value: &Value) -> Vec<Name> {
    let execution = value["labels"]["run.googleapis.com/execution_name"].as_str();
    let job = value["resource"]["labels"]["job_name"].as_str();
    execution
        .map(Name::execution)
        .into_iter()
        .chain(job.map(Name::job))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn written_entries_are_found_by_what_they_say() {
        let both = json!({"labels": {"run.googleapis.com/execution_name": "Train-X"}, "resource": {"labels": {"job_name": "train"}}});
        assert_eq!(
            of_written(&both),
            [Name::execution("train-x"), Name::job("TRAIN")]
        );
        assert_eq!(
            of_written(&json!({"labels": {"run.googleapis.com/execution_name": 5}})),
            []
        );
    }
}
