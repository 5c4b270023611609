//! The one filter that reads the log for every subscriber.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;

use super::subscriber::Subscribers;
use super::telling::telling;

/// Cloud Logging refuses filters of more than 20 000 characters. Names beyond this many go by their jobs, and where those
/// are too many as well, every execution's entries are read: whose they are is told by their labels.
const LONGEST: usize = 15_000;
const LABEL: &str = "labels.\"run.googleapis.com/execution_name\"";

/// A filter for the subscribers' entries from `since` on; of a flood, for those that may decide.
///
/// Audit entries carry no execution label, so naming the label leaves them out.
pub(super) fn filter(subscribers: &Subscribers, since: Timestamp, flooded: bool) -> String {
    let executions = || subscribers.keys().map(AsRef::as_ref);
    let who = if is_short(executions()) {
        format!("{LABEL}={}", alternatives(executions()))
    } else {
        let jobs = alternatives(subscribers.values().map(|subscriber| subscriber.job.job.as_str()));
        let by_job = format!("resource.labels.job_name={jobs} AND {LABEL}:*");
        if by_job.len() <= LONGEST {
            by_job
        } else {
            format!("{LABEL}:*")
        }
    };
    let telling = if flooded { telling() } else { String::new() };
    format!("resource.type=\"cloud_run_job\" AND {who}{telling} AND timestamp>=\"{since}\"")
}

/// Whether these alternatives, which differ, make no filter that is too long. A thousand names are counted at every read, and
/// not written.
fn is_short<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let around = "\"\" OR ".len();
    let left = names.try_fold(LONGEST, |left, name| left.checked_sub(name.len() + around));
    left.is_some()
}

/// `"a"`, or `("a" OR "b")`, in a stable order.
pub(super) fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::ExecutionName;
    use crate::hub::log::{LogSubscription, Subscriber};

    /// The filter for so many executions of so many jobs.
    fn filter_of(executions: usize, jobs: usize) -> String {
        let subscriber = |number: usize| {
            let wanted = LogSubscription {
                execution: ExecutionName::parse(&format!(
                    "projects/p/locations/l/jobs/job-{:05}/executions/execution-{number:05}",
                    number % jobs
                ))
                .unwrap(),
                from: Timestamp::UNIX_EPOCH,
                after: 0,
            };
            let execution = std::sync::Arc::clone(&wanted.execution.execution);
            (execution, Box::new(Subscriber::new(wanted, 0, Box::new(|_| {}))))
        };
        filter(
            &(0..executions).map(subscriber).collect(),
            Timestamp::UNIX_EPOCH,
            true,
        )
    }

    #[test]
    fn a_filter_names_executions_or_their_jobs_or_nobody_and_is_never_too_long() {
        for (executions, jobs, named) in [
            (1, 1, "execution_name\"=\"execution-00000\""),
            (100, 1, "execution-00099"),
            (2_000, 1, "job_name=\"job-00000\""),
            (10_000, 800, "job-00799"),
            (10_000, 10_000, "execution_name\":*"),
        ] {
            let filter = filter_of(executions, jobs);
            assert!(
                filter.contains(named) && filter.len() < 20_000,
                "{executions} of {jobs}: {filter:.200}"
            );
        }
    }
}
