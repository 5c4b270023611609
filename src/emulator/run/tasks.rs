//! `projects.locations.jobs.executions.tasks`: get, list.

use http::Method as Verb;
use serde_json::Value;

use super::{PAGE, find_run, missing, runs_of_path};
use crate::emulator::{
    cloud::Cloud,
    method::{Call, Method, Reply},
    paging::Page,
    quota::Bucket,
    status::Status,
    timeline::Run,
    wire::{self, task},
};

/// Methods of tasks.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: "run.tasks.get",
        rpc: "google.cloud.run.v2.Tasks.GetTask",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}/executions/{execution}/tasks/{task}",
        query: &[],
        bucket: Bucket::RunRead,
        answer: get,
    },
    Method {
        id: "run.tasks.list",
        rpc: "google.cloud.run.v2.Tasks.ListTasks",
        verb: Verb::GET,
        path: "/v2/projects/{project}/locations/{location}/jobs/{job}/executions/{execution}/tasks",
        query: &["pageSize", "pageToken", "showDeleted"],
        bucket: Bucket::RunRead,
        answer: list,
    },
];

fn get(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let run = &cloud.runs[find_run(cloud, call)?];
    let index = call
        .param("task")
        .strip_prefix(&format!("{}-task", run.names.execution))
        .and_then(|index| index.parse().ok());
    match index.filter(|index| *index < run.template.task_count) {
        Some(index) => Ok(Reply::Json(resource(run, index, call))),
        None => Err(missing("TASK", call.param("task"), call)),
    }
}

/// Job and execution may both be `-`. The cursor is a running number over all matching tasks.
fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let execution = call.param("execution");
    if execution != "-" {
        find_run(cloud, call)?;
    }
    let page = Page::of_query(
        call,
        PAGE,
        &[
            call.param("project"),
            call.param("location"),
            call.param("job"),
            execution,
        ],
    )?;
    let from = page
        .after
        .as_deref()
        .and_then(|after| after.parse::<usize>().ok())
        .unwrap_or(0);
    let only = cloud.index.named(execution);
    let runs = only
        .as_ref()
        .map_or_else(|| runs_of_path(cloud, call), std::slice::from_ref);
    let runs = runs
        .iter()
        .rev()
        .map(|index| &cloud.runs[*index])
        .filter(|run| run.exists(call.now));
    let all = runs.flat_map(|run| (0..run.template.task_count).map(move |index| (run, index)));
    let (found, next) = page.cut(all.skip(from), |_| (from + page.size).to_string());
    let tasks = found
        .iter()
        .map(|(run, index)| resource(run, *index, call))
        .collect();
    Ok(Reply::Json(wire::list("tasks", tasks, next)))
}

fn resource(run: &Run, index: u32, call: &Call) -> Value {
    wire::json(&task::task(run, index, call.now))
}
