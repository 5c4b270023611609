//! `entries.write`.

use std::time::Duration;

use http::Method as Verb;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::emulator::{
    clock::{earlier, later},
    cloud::Cloud,
    method::{Call, Method, Reply},
    names::project_number,
    quota::Bucket,
    status::Status,
    timeline::{Entry, Kind, insert_id},
    wire::shape::logging::WRITE_LOG_ENTRIES,
};

/// The method.
pub(crate) const METHODS: &[Method] = &[Method {
    id: "logging.entries.write",
    rpc: "google.logging.v2.LoggingServiceV2.WriteLogEntries",
    verb: Verb::POST,
    path: "/v2/entries:write",
    query: &[],
    bucket: Bucket::LoggingWrite,
    answer: write,
}];

/// From a write to where queries show it, if `--lag` says nothing else.
const USUAL_LAG: Duration = Duration::from_secs(1);
/// The oldest and the newest timestamp that Logging takes.
const OLDEST: Duration = Duration::from_hours(30 * 24);
const NEWEST: Duration = Duration::from_hours(24);

/// `google.logging.v2.WriteLogEntriesRequest`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Request {
    log_name: String,
    resource: Option<Value>,
    labels: Map<String, Value>,
    entries: Vec<Value>,
    dry_run: bool,
}

/// All entries are written, or none: `partialSuccess` changes nothing, for an entry that is wrong refuses the request.
fn write(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let mut request: Request = call.request(&WRITE_LOG_ENTRIES)?;
    let mut written = Vec::new();
    for (index, entry) in std::mem::take(&mut request.entries).into_iter().enumerate() {
        written.push(complete(entry, &request, index, call.now)?);
    }
    if request.dry_run {
        return Ok(Reply::Json(json!({})));
    }
    let lag = cloud.lag.unwrap_or(USUAL_LAG);
    for (project, mut entry) in written {
        let at = entry["timestamp"]
            .as_str()
            .and_then(|at| at.parse().ok())
            .unwrap_or(call.now);
        let given = entry["insertId"].as_str().unwrap_or_default().to_owned();
        if let Some(fields) = entry.as_object_mut() {
            fields.remove("timestamp");
            fields.remove("insertId");
        }
        let kept = Entry {
            at,
            received: call.now,
            visible: later(call.now, lag),
            insert_id: if given.is_empty() {
                insert_id(at, cloud.chance.next())
            } else {
                given
            },
            kind: Kind::Written(Box::new(entry)),
        };
        cloud.logs.put(&project, None, vec![kept]);
    }
    Ok(Reply::Json(json!({})))
}

/// The entry with the request's defaults, and the number of its project.
fn complete(
    mut entry: Value,
    request: &Request,
    index: usize,
    now: Timestamp,
) -> Result<(String, Value), Status> {
    if entry["logName"].as_str().is_none_or(str::is_empty) {
        entry["logName"] = json!(request.log_name);
    }
    if entry["resource"].is_null() {
        entry["resource"] = request.resource.clone().unwrap_or_default();
    }
    for (key, value) in &request.labels {
        if entry["labels"][key].is_null() {
            entry["labels"][key] = value.clone();
        }
    }
    let name = entry["logName"].as_str().unwrap_or_default().to_owned();
    let project = name
        .strip_prefix("projects/")
        .and_then(|rest| rest.split_once("/logs/"))
        .filter(|(project, log)| !project.is_empty() && !log.is_empty() && !log.contains('/'))
        .ok_or_else(|| Status::invalid(format!("entries[{index}].log_name: '{name}' is not projects/PROJECT/logs/LOG_ID, with a log id that is URL-encoded")))?;
    if entry["resource"]["type"].as_str().is_none_or(str::is_empty) {
        return Err(Status::invalid(format!(
            "entries[{index}].resource: a monitored resource is required"
        )));
    }
    check_time(&entry["timestamp"], index, now)?;
    Ok((project_number(project.0), entry))
}

fn check_time(at: &Value, index: usize, now: Timestamp) -> Result<(), Status> {
    let Some(text) = at.as_str() else { return Ok(()) };
    let place = format!("entries[{index}].timestamp");
    let at: Timestamp = text
        .parse()
        .map_err(|_| Status::invalid(format!("{place}: no time")))?;
    if at < earlier(now, OLDEST) || at > later(now, NEWEST) {
        return Err(Status::invalid(format!(
            "{place}: more than 30 days in the past or 24 hours in the future"
        )));
    }
    Ok(())
}
