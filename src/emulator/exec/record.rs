//! What is known of a process's life, written into the cloud as it happens.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use crate::emulator::{
    clock::later,
    cloud::Cloud,
    scenario::{Severity, Stream},
    server::Shared,
    timeline::{self, Exit, Kind, Run},
    wire::log_entry,
};

/// How an execution is run.
pub(super) struct Plan {
    pub(super) tasks: u32,
    pub(super) parallelism: usize,
    pub(super) retries: u32,
    /// When its tasks may start.
    pub(super) start: Instant,
}

/// The plan of a run.
pub(super) fn plan(shared: &Shared, run: usize) -> Option<Plan> {
    let cloud = shared.cloud();
    let start = cloud.clock.instant(cloud.runs.get(run)?.pace.accepted());
    let template = &cloud.runs.get(run)?.template;
    Some(Plan {
        start,
        tasks: template.task_count,
        parallelism: usize::try_from(template.parallelism()).unwrap_or(1),
        retries: template.max_retries,
    })
}

/// Looks at a run, the server's address and its seed.
pub(super) fn with_run<T>(shared: &Shared, run: usize, look: impl FnOnce(&Run, &str, u64) -> T) -> T {
    let cloud = shared.cloud();
    look(&cloud.runs[run], &cloud.endpoint, cloud.seed)
}

/// An attempt begins: the time that it may take.
pub(super) fn began(shared: &Shared, run: usize, task: u32, attempt: u32) -> Duration {
    let timeout = {
        let mut cloud = shared.cloud();
        let now = cloud.clock.now();
        cloud.runs[run].course.begin(task, now);
        cloud.runs[run].template.timeout
    };
    let words = format!("Starting Task #{task}, Attempt #{attempt} ...");
    system_line(shared, run, (task, attempt), Severity::Info, &words);
    timeout
}

/// An attempt has ended.
pub(super) fn exited(shared: &Shared, run: usize, (task, attempt): (u32, u32), exit: Exit) {
    let (severity, words) = timeline::exit_line(&exit);
    system_line(shared, run, (task, attempt), severity, &words);
    let mut cloud = shared.cloud();
    let now = cloud.clock.now();
    cloud.runs[run].course.exit(task, now, exit);
    drop(cloud);
    shared.changed.notify_waiters();
}

/// A task has no attempt left, or needs none. The last one ends the execution.
pub(super) fn finished(shared: &Shared, run: usize, task: u32) {
    let mut cloud = shared.cloud();
    let now = cloud.clock.now();
    if cloud.runs[run].course.finish(task, now) {
        if let Some((at, kind)) = timeline::completion(&cloud.runs[run]) {
            put(&mut cloud, run, at, kind);
        }
        cloud.stops.remove(&run);
    }
    drop(cloud);
    shared.changed.notify_waiters();
}

/// A line of Cloud Run's own.
pub(super) fn system_line(shared: &Shared, run: usize, place: (u32, u32), severity: Severity, text: &str) {
    keep(shared, run, |_| Kind::Line {
        stream: Stream::System,
        severity: Some(severity),
        task: place.0,
        attempt: place.1,
        text: text.to_owned(),
    });
}

/// A line that the process printed. A JSON object is a structured entry, as in Cloud Run.
pub(super) fn line(shared: &Shared, run: usize, (task, attempt): (u32, u32), stream: Stream, text: &str) {
    let plain = Kind::Line {
        stream,
        severity: None,
        task,
        attempt,
        text: text.to_owned(),
    };
    keep(shared, run, |run| structured(run, &plain, text).unwrap_or(plain));
}

/// A structured line: its `severity` becomes the entry's, the rest its payload.
fn structured(run: &Run, plain: &Kind, text: &str) -> Option<Kind> {
    let mut payload: Value = text
        .starts_with('{')
        .then(|| serde_json::from_str(text).ok())
        .flatten()?;
    let fields = payload.as_object_mut()?;
    let severity = fields.remove("severity");
    let labels = fields.remove("logging.googleapis.com/labels");
    let mut entry = log_entry::printed(run, plain);
    let all = entry.as_object_mut()?;
    all.remove("textPayload");
    if let Some(Value::String(severity)) = severity {
        all.insert(
            "severity".to_owned(),
            Value::String(log_entry::severity(&severity).to_owned()),
        );
    }
    if let (Some(Value::Object(labels)), Some(all)) =
        (labels, all.get_mut("labels").and_then(Value::as_object_mut))
    {
        all.extend(labels);
    }
    all.insert("jsonPayload".to_owned(), payload);
    Some(Kind::Written(Box::new(entry)))
}

fn keep(shared: &Shared, run: usize, kind: impl FnOnce(&Run) -> Kind) {
    let mut cloud = shared.cloud();
    let now = cloud.clock.now();
    let kind = kind(&cloud.runs[run]);
    put(&mut cloud, run, now, kind);
    drop(cloud);
    shared.changed.notify_waiters();
}

/// Lines keep their order: each is stamped later than the one before.
fn put(cloud: &mut Cloud, index: usize, at: Timestamp, kind: Kind) {
    let salt = cloud.chance.next();
    let run = &mut cloud.runs[index];
    run.printed = at.max(later(run.printed, Duration::from_micros(1)));
    let entry = timeline::entry(run.printed, run.lag, salt, kind);
    let names = &cloud.runs[index].names;
    cloud.logs.put(&names.number, Some((index, names)), vec![entry]);
}
