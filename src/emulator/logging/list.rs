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
    store::{EntryKey, Name, Span},
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
    let search = Search {
        cloud,
        call,
        filter: &filter,
        descending,
        page: &page,
    };
    let (found, stopped) = search.run(&projects)?;
    let (found, mut next) = page.cut(found.into_iter(), |(key, _)| text_of(key));
    if let Some(stopped) = stopped.filter(|_| next.is_empty()) {
        next = page.token(Some(&text_of(&stopped)));
    }
    Ok(Reply::Json(wire::list(
        "entries",
        found.into_iter().map(|(_, entry)| entry).collect(),
        next,
    )))
}

/// Entries that one request looks at, of each project: a search that finds little answers with what it has and a token to go on, as
/// Google's does.
const LOOKED_AT: usize = 20_000;

/// What to look for, and how.
struct Search<'a> {
    cloud: &'a Cloud,
    call: &'a Call,
    filter: &'a Filter,
    descending: bool,
    page: &'a Page,
}

type Found = (EntryKey, Value);

impl Search<'_> {
    /// The entries after the page before, one more than the page holds, in the order of the query; and how far it got, if not to the end.
    fn run(&self, projects: &[String]) -> Result<(Vec<Found>, Option<EntryKey>), Status> {
        let after = self.page.after.as_deref().map(key).transpose()?;
        let span = self.span(after);
        let (mut found, mut stopped) = (Vec::new(), None::<EntryKey>);
        for project in projects {
            let (more, end) = self.of_project(project, span.clone());
            found.extend(more);
            let nearer = |end: &EntryKey| stopped.as_ref().is_none_or(|stop| self.is_before(end, stop));
            if let Some(end) = end.filter(nearer) {
                stopped = Some(end);
            }
        }
        found.sort_by(|(one, _), (other, _)| {
            if self.descending {
                other.cmp(one)
            } else {
                one.cmp(other)
            }
        });
        if let Some(stop) = &stopped {
            found.retain(|(key, _)| !self.is_before(stop, key)); // beyond it, another project may have some in between
        }
        Ok((found, stopped))
    }

    /// What one project has, and where the search stopped in it.
    fn of_project(&self, project: &str, span: Span) -> (Vec<Found>, Option<EntryKey>) {
        let pins = self.filter.pins();
        let name = pins.execution.map(Name::execution).or(pins.job.map(Name::job));
        let (mut found, mut looked_at) = (Vec::new(), 0);
        for (key, (run, entry)) in self.cloud.logs.between(project, name.as_ref(), span) {
            looked_at += 1;
            let shown = later(entry.visible, self.call.list_lag) <= self.call.now;
            if let Some(value) = shown.then(|| self.read(*run, entry, &pins)).flatten() {
                found.push((key.clone(), value));
            }
            if found.len() > self.page.size {
                break;
            }
            if looked_at == LOOKED_AT {
                return (found, Some(key.clone()));
            }
        }
        (found, None)
    }

    /// An entry as JSON, if it passes the filter. Making it costs far more than seeing that it is another execution's.
    fn read(&self, run: Option<usize>, entry: &Entry, pins: &Pins<'_>) -> Option<Value> {
        let run = run.and_then(|run| self.cloud.runs.get(run));
        if run.is_some_and(|run| !may_be_of(run, entry, pins)) {
            return None;
        }
        let value = log_entry(run, entry);
        self.filter.matches(&value).then_some(value)
    }

    /// Where to look: within the filter's timestamps, not in the future, and beyond the page before.
    fn span(&self, after: Option<EntryKey>) -> Span {
        let bounds = self.filter.timestamps();
        let from = (bounds.from, String::new());
        let to = (bounds.to.min(self.call.now), "\u{10ffff}".to_owned()); // above every insertId
        let (from, to) = match after {
            Some(key) if self.descending => (Bound::Included(from), Bound::Excluded(key.min(to))),
            Some(key) => (Bound::Excluded(key.max(from)), Bound::Included(to)),
            None => (Bound::Included(from), Bound::Included(to)),
        };
        Span {
            from,
            to,
            descending: self.descending,
        }
    }

    fn is_before(&self, one: &EntryKey, other: &EntryKey) -> bool {
        if self.descending { one > other } else { one < other }
    }
}

fn text_of(key: &EntryKey) -> String {
    format!("{}/{}", key.0, key.1)
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
