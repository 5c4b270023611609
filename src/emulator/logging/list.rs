//! `entries.list`. An entry is shown from its own visibility time on, seconds after its timestamp and not in order.

use std::ops::Bound;

use http::Method as Verb;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::emulator::{
    clock::later,
    cloud::Cloud,
    lql::{Filter, Pins},
    method::{Call, Method, Reply},
    names::project_number,
    paging::{Page, Sizes},
    quota::Bucket,
    status::Status,
    store::EntryKey,
    timeline::{Entry, Kind, Run},
    wire::{self, log_entry::log_entry, shape::logging::LIST_LOG_ENTRIES},
};

/// The method.
pub(crate) const METHODS: &[Method] = &[Method {
    id: "logging.entries.list",
    rpc: "google.logging.v2.LoggingServiceV2.ListLogEntries",
    verb: Verb::POST,
    path: "/v2/entries:list",
    query: &[],
    bucket: Bucket::LoggingRead,
    answer: list,
}];

/// `pageSize`: 50 if absent, at most 1000.
const SIZES: Sizes = Sizes {
    default: 50,
    max: 1000,
};
/// Longest filter, in characters.
const MAX_FILTER: usize = 20_000;
/// Most resource names.
const MAX_RESOURCES: usize = 100;

/// `google.logging.v2.ListLogEntriesRequest`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Request {
    resource_names: Vec<String>,
    project_ids: Vec<String>,
    filter: String,
    order_by: String,
    page_size: i64,
    page_token: String,
}

fn list(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let request: Request = call.request(&LIST_LOG_ENTRIES)?;
    let projects = projects(&request.resource_names, &request.project_ids)?;
    let descending = descending(&request.order_by)?;
    let filter = filter(&request.filter)?;
    if request.page_size > 1000 {
        return Err(Status::invalid("page_size must be at most 1000"));
    }
    let parameters = [projects.join(","), request.filter.clone(), descending.to_string()];
    let parameters = parameters.each_ref().map(String::as_str);
    let page = Page::new(request.page_size, &request.page_token, SIZES, &parameters)?;
    if call.empty_page {
        return Ok(Reply::Json(wire::list(
            "entries",
            Vec::new(),
            page.token(page.after.as_deref()),
        )));
    }
    let found = search(cloud, call, &projects, &filter, (descending, &page))?;
    let (found, next) = page.cut(found.into_iter(), |(key, _)| format!("{}/{}", key.0, key.1));
    Ok(Reply::Json(wire::list(
        "entries",
        found.into_iter().map(|(_, entry)| entry).collect(),
        next,
    )))
}

/// The entries after the page before, one more than the page holds, in the order of the query.
fn search(
    cloud: &Cloud,
    call: &Call,
    projects: &[String],
    filter: &Filter,
    (descending, page): (bool, &Page),
) -> Result<Vec<(EntryKey, Value)>, Status> {
    let after = page.after.as_deref().map(key).transpose()?;
    let (from, to) = bounds(filter, after, descending, call.now);
    let pins = filter.pins();
    let mut found = Vec::new();
    for project in projects {
        let entries = cloud.logs.between(project, from.clone(), to.clone(), descending);
        let shown = entries.filter(|(_, entry)| later(entry.visible, call.list_lag) <= call.now);
        let matching = shown.filter_map(|(run, entry)| {
            let run = run.and_then(|run| cloud.runs.get(run));
            // Making an entry costs far more than seeing that it is another execution's.
            if run.is_some_and(|run| !may_be_of(run, entry, &pins)) {
                return None;
            }
            let value = log_entry(run, entry);
            filter
                .matches(&value)
                .then(|| ((entry.at, entry.insert_id.clone()), value))
        });
        found.extend(matching.take(page.size + 1));
    }
    found.sort_by(|(one, _), (other, _)| {
        if descending {
            other.cmp(one)
        } else {
            one.cmp(other)
        }
    });
    Ok(found)
}

/// Whether a filter that insists on names can select what this run printed.
fn may_be_of(run: &Run, entry: &Entry, pins: &Pins<'_>) -> bool {
    let is = |pin: Option<&str>, name: &str| pin.is_none_or(|pin| pin.eq_ignore_ascii_case(name));
    let has_execution = !matches!(entry.kind, Kind::Completed { .. });
    is(pins.job, &run.names.job)
        && is(pins.region, &run.names.region)
        && pins
            .execution
            .is_none_or(|pin| has_execution && pin.eq_ignore_ascii_case(&run.names.execution))
}

/// Where to look: within the filter's timestamps, not in the future, and beyond the page before.
fn bounds(
    filter: &Filter,
    after: Option<EntryKey>,
    descending: bool,
    now: Timestamp,
) -> (Bound<EntryKey>, Bound<EntryKey>) {
    let span = filter.timestamps();
    let from = (span.from, String::new());
    let to = (span.to.min(now), "\u{10ffff}".to_owned()); // above every insertId
    match after {
        Some(key) if descending => (Bound::Included(from), Bound::Excluded(key.min(to))),
        Some(key) => (Bound::Excluded(key.max(from)), Bound::Included(to)),
        None => (Bound::Included(from), Bound::Included(to)),
    }
}

fn key(text: &str) -> Result<EntryKey, Status> {
    let wrong = || Status::invalid("page_token is invalid");
    let (at, insert_id) = text.split_once('/').ok_or_else(wrong)?;
    Ok((
        at.parse::<Timestamp>().map_err(|_| wrong())?,
        insert_id.to_owned(),
    ))
}

/// The numbers of the projects that the request names, directly or through a log view.
pub(crate) fn projects(resources: &[String], ids: &[String]) -> Result<Vec<String>, Status> {
    let names = resources.iter().map(|name| {
        let rest = name.strip_prefix("projects/");
        rest.filter(|rest| !rest.split('/').next().is_none_or(str::is_empty))
            .ok_or(name)
    });
    let ids = ids.iter().map(|id| Ok(id.as_str()));
    let projects: Result<Vec<&str>, &String> = names.chain(ids).collect();
    let projects = projects
        .map_err(|name| Status::invalid(format!("resource_names: '{name}' does not name a project")))?;
    if projects.is_empty() || projects.len() > MAX_RESOURCES {
        return Err(Status::invalid(format!(
            "resource_names: one to {MAX_RESOURCES} resources are needed"
        )));
    }
    let mut numbers: Vec<String> = projects
        .iter()
        .map(|name| project_number(name.split('/').next().unwrap_or_default()))
        .collect();
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}

fn descending(order_by: &str) -> Result<bool, Status> {
    match order_by.trim() {
        "" | "timestamp" | "timestamp asc" => Ok(false),
        "timestamp desc" => Ok(true),
        other => Err(Status::invalid(format!(
            "order_by: '{other}' is neither 'timestamp asc' nor 'timestamp desc'"
        ))),
    }
}

pub(crate) fn filter(text: &str) -> Result<Filter, Status> {
    if text.chars().count() > MAX_FILTER {
        return Err(Status::invalid(format!(
            "The filter is longer than {MAX_FILTER} characters."
        )));
    }
    Filter::parse(text).map_err(|error| {
        Status::invalid(format!(
            "Unparseable filter: {} at offset {}.",
            error.message, error.at
        ))
    })
}
