//! The log of an execution: what its containers print, and what Cloud Run says about them.
//!
//! Each entry has three times: its `timestamp`, its `receiveTimestamp`, and the time from which queries show it.

use std::time::Duration;

use jiff::Timestamp;

use super::{End, Exit, Run};
use crate::emulator::{
    chance::Chance,
    clock::{between, earlier, later},
    scenario::{LogPlan, Severity, Stream},
};

/// One log entry of one run.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// `timestamp`.
    pub(crate) at: Timestamp,
    /// `receiveTimestamp`.
    pub(crate) received: Timestamp,
    /// From when queries show it.
    pub(crate) visible: Timestamp,
    /// `insertId`.
    pub(crate) insert_id: String,
    /// What it says.
    pub(crate) kind: Kind,
}

/// What an entry says.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A line, with the task and attempt that it is labelled with.
    Line {
        stream: Stream,
        severity: Option<Severity>,
        task: u32,
        attempt: u32,
        text: String,
    },
    /// The audit entry of the execution's end.
    Completed { success: bool, message: String },
    /// What a request wrote: the whole entry but its times and its id.
    Written(Box<serde_json::Value>),
}

/// From an event to Cloud Run's own line about it.
const SYSTEM_LINE_AFTER: Duration = Duration::from_millis(20);

/// All entries of a run, by timestamp.
pub(crate) fn lay_out(run: &Run) -> Vec<Entry> {
    let mut writer = Writer {
        run,
        chance: Chance::of(&run.uid),
        entries: Vec::new(),
    };
    for plan in &run.scenario.logs {
        writer.printed(plan);
    }
    writer.attempts();
    writer.completed();
    writer
        .entries
        .sort_by(|one, other| (one.at, &one.insert_id).cmp(&(other.at, &other.insert_id)));
    writer.entries
}

struct Writer<'a> {
    run: &'a Run,
    chance: Chance,
    entries: Vec<Entry>,
}

impl Writer<'_> {
    /// The lines of one `[[log]]`, as far as the runner lives to print them.
    fn printed(&mut self, plan: &LogPlan) {
        let text = self.run.names.fill(&plan.text);
        let silent = self.run.course.silent_from();
        for time in 0..plan.count {
            let at = self
                .run
                .pace
                .at(plan.at.0.saturating_add(plan.every.0.saturating_mul(time)));
            if silent.is_some_and(|silent| at > silent) || self.attempt_lost(plan.attempt) {
                return;
            }
            let lag = plan.lag.map_or(self.run.lag, |lag| lag.0);
            for (index, line) in text.lines().enumerate() {
                let at = later(at, Duration::from_micros(40 * index as u64));
                self.line(at, lag, plan.stream, plan.severity, (0, plan.attempt), line);
            }
        }
    }

    /// Whether a cancel came before that attempt began.
    fn attempt_lost(&self, attempt: u32) -> bool {
        usize::try_from(attempt).is_ok_and(|attempt| attempt >= self.run.course.attempts(0).len())
    }

    /// Cloud Run's lines about each attempt of each task.
    fn attempts(&mut self) {
        let lag = self.run.lag;
        for task in 0..self.run.template.task_count {
            for (number, attempt) in (0_u32..).zip(self.run.course.attempts(task)) {
                let started = format!("Starting Task #{task}, Attempt #{number} ...");
                self.line(
                    attempt.start,
                    lag,
                    Stream::System,
                    Some(Severity::Info),
                    (task, number),
                    &started,
                );
                let Some((at, exit)) = &attempt.exit else { continue };
                let (severity, text) = exit_line(exit);
                let at = later(*at, SYSTEM_LINE_AFTER);
                self.line(at, lag, Stream::System, Some(severity), (task, number), &text);
            }
        }
    }

    /// The system event at the execution's end.
    fn completed(&mut self) {
        if let Some((at, kind)) = completion(self.run) {
            self.entry(at, self.run.lag, kind);
        }
    }

    fn line(
        &mut self,
        at: Timestamp,
        lag: Duration,
        stream: Stream,
        severity: Option<Severity>,
        (task, attempt): (u32, u32),
        text: &str,
    ) {
        let kind = Kind::Line {
            stream,
            severity,
            task,
            attempt,
            text: text.to_owned(),
        };
        self.entry(at, lag, kind);
    }

    fn entry(&mut self, at: Timestamp, lag: Duration, kind: Kind) {
        let lag = self.run.pace.scaled(lag);
        let entry = entry_with(at, lag, (self.chance.within(TRANSIT), self.chance.next()), kind);
        self.entries.push(entry);
    }
}

/// From a line's timestamp to its arrival at Logging, in nanoseconds (real samples).
const TRANSIT: std::ops::Range<u64> = 2_500_000..292_000_000;

/// An entry that queries show `lag` after its timestamp; `salt` makes its id its own.
pub(crate) fn entry(at: Timestamp, lag: Duration, salt: u64, kind: Kind) -> Entry {
    let mut chance = Chance::seeded(salt);
    entry_with(at, lag, (chance.within(TRANSIT), salt), kind)
}

fn entry_with(at: Timestamp, lag: Duration, (transit, salt): (u64, u64), kind: Kind) -> Entry {
    let visible = later(at, lag);
    Entry {
        at,
        received: received(at, visible, transit),
        visible,
        insert_id: insert_id(at, salt),
        kind,
    }
}

/// Cloud Run's line about the end of an attempt.
pub(crate) fn exit_line(exit: &Exit) -> (Severity, String) {
    match (exit.signal, exit.code) {
        (Some(signal), _) => (
            Severity::Warning,
            format!("Container terminated on signal {signal}."),
        ),
        (None, Some(0)) => (Severity::Info, "Container called exit(0).".to_owned()),
        (None, code) => (
            Severity::Warning,
            format!("Container called exit({}).", code.unwrap_or(1)),
        ),
    }
}

/// The audit entry of an execution's end, and when that is.
pub(crate) fn completion(run: &Run) -> Option<(Timestamp, Kind)> {
    let (at, end) = run.course.end.as_ref()?;
    let (execution, tasks) = (&run.names.execution, run.template.task_count);
    let (success, message) = match end {
        End::Succeeded => (true, format!("Execution {execution} has completed successfully.")),
        End::Failed(_) => {
            let good = run.course.succeeded(*at);
            let message =
                format!("Execution {execution} has failed to complete, {good}/{tasks} tasks were a success.");
            (false, message)
        }
        End::Cancelled => (false, format!("Execution {execution} has been cancelled.")),
    };
    Some((*at, Kind::Completed { success, message }))
}

/// When Logging had it: some milliseconds after it was printed (2.5 to 292 in real samples), or, for a straggler
/// that was held up on its way, shortly before it became visible.
fn received(at: Timestamp, visible: Timestamp, nanos: u64) -> Timestamp {
    let transit = Duration::from_nanos(nanos);
    let lag = between(at, visible);
    if lag > Duration::from_secs(20) {
        earlier(visible, transit)
    } else {
        later(at, transit.min(lag))
    }
}

/// Cloud Run's layout: seconds and microseconds of the timestamp in hexadecimal, then something of its own.
pub(crate) fn insert_id(at: Timestamp, salt: u64) -> String {
    format!(
        "{:08x}{:08x}{:08x}",
        at.as_second(),
        at.subsec_microsecond(),
        salt >> 32
    )
}
