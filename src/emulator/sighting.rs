//! From when answers show something of an execution: what detection is measured from.

use jiff::Timestamp;

use crate::emulator::{
    clock::later,
    cloud::Cloud,
    scenario::Owner,
    timeline::{self, Kind, Run},
};

/// Something that an answer can show of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting<'a> {
    /// A custom job of its own in this state (`JOB_STATE_PENDING`), by `customJobs.list` or `get`.
    Job(&'a str),
    /// A log entry whose text has this in it, by `entries.list`.
    Line(&'a str),
    /// Its end, by `executions.get`, `executions.list` or its operation.
    End,
}

/// The first instant at which an answer shows it; none if none ever will. Faults, `list-lag` among them, are left out of
/// account: they are the network's, not the fact's.
pub(super) fn first(cloud: &Cloud, execution: &str, what: Sighting<'_>) -> Option<Timestamp> {
    let short = execution.rsplit('/').next().unwrap_or(execution);
    let run = cloud.runs.get(cloud.index.named(short)?)?;
    match what {
        Sighting::Job(state) => job(run, state),
        Sighting::Line(text) => line(run, text),
        Sighting::End => run.course.end.as_ref().map(|(at, _)| *at),
    }
}

fn job(run: &Run, wanted: &str) -> Option<Timestamp> {
    let plans = (0..).zip(&run.scenario.jobs);
    let own = plans.filter(|(_, plan)| plan.owner == Owner::Ours);
    own.filter_map(|(nth, plan): (usize, _)| {
        let created = run.pace.at(plan.at.0);
        let visible = later(created, run.pace.scaled(plan.visible_after.0));
        let state = plan.states.iter().position(|(_, state)| state.name() == wanted)?;
        let entered = later(created, run.pace.scaled(plan.states[state].0.0));
        let left = plan.states.get(state + 1);
        let left = left.map(|(after, _)| later(created, run.pace.scaled(after.0)));
        let shown = visible.max(entered);
        let never = left.is_some_and(|left| left <= shown) || run.names.job_ids.get(nth).is_none();
        (!never).then_some(shown)
    })
    .min()
}

fn line(run: &Run, wanted: &str) -> Option<Timestamp> {
    let entries = timeline::lay_out_logs(run).into_iter();
    let telling = entries.filter(|entry| match &entry.kind {
        Kind::Line { text, .. } => text.contains(wanted),
        Kind::Completed { message, .. } => message.contains(wanted),
        Kind::Written(_) => false,
    });
    telling.map(|entry| entry.visible).min()
}
