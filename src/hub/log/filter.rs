//! The one filter that reads the log for every subscriber.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;

use super::subscriber::Subscriber;

/// Cloud Logging refuses filters of more than 20 000 characters; names beyond this many go by their jobs.
const LONGEST: usize = 15_000;
const LABEL: &str = "labels.\"run.googleapis.com/execution_name\"";

/// A filter for the subscribers' entries from `since` on.
///
/// Audit entries carry no execution label, so naming the label leaves them out.
pub(super) fn filter(subscribers: &HashMap<Arc<str>, Subscriber>, since: Timestamp) -> String {
    let executions = alternatives(subscribers.keys().map(AsRef::as_ref));
    let by_name = format!("{LABEL}={executions}");
    let who = if by_name.len() <= LONGEST {
        by_name
    } else {
        let jobs = alternatives(subscribers.values().map(|subscriber| subscriber.job.as_str()));
        format!("resource.labels.job_name={jobs} AND {LABEL}:*")
    };
    format!("resource.type=\"cloud_run_job\" AND {who} AND timestamp>=\"{since}\"")
}

/// `"a"`, or `("a" OR "b")`, in a stable order.
fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    let mut text = String::new();
    for name in &names {
        let separator = if text.is_empty() { "" } else { " OR " };
        // Google's names hold no quotes; one that did would be no name and match nothing.
        let _ = write!(text, "{separator}\"{}\"", name.replace(['"', '\\'], ""));
    }
    if names.len() == 1 {
        text
    } else {
        format!("({text})")
    }
}
