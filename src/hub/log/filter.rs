//! The one filter that reads the log for every subscriber.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;

use super::subscriber::Subscribers;
use super::telling::telling;

/// Cloud Logging refuses filters of more than 20 000 characters. Names beyond this many go by their jobs, and where those
/// are too many as well, every execution's entries are read: whose they are is told by their labels. Of those that are decided
/// as many are left out as there is room for: what a thousand print when they fail would be shown again for 20 s.
const LONGEST: usize = 15_000;
/// What a name needs beside itself.
const AROUND: usize = "\"\" OR ".len();
const LABEL: &str = "labels.\"run.googleapis.com/execution_name\"";

/// A filter for the subscribers' entries from `since` on, or for those `few` that may decide. Without those of who has `left`.
///
/// Audit entries carry no execution label, so naming the label leaves them out.
pub(super) fn filter<'a>(
    subscribers: &Subscribers,
    left: impl Iterator<Item = &'a str>,
    since: Timestamp,
    few: bool,
) -> String {
    let executions = || subscribers.keys().map(AsRef::as_ref);
    let who = if is_short(executions()) {
        format!("{LABEL}={}", alternatives(executions()))
    } else {
        let jobs = alternatives(subscribers.values().map(|subscriber| subscriber.job.job.as_str()));
        let by_job = format!("resource.labels.job_name={jobs} AND {LABEL}:*");
        let mut who = if by_job.len() <= LONGEST {
            by_job
        } else {
            format!("{LABEL}:*")
        };
        leave_out(&mut who, left);
        who
    };
    let telling = if few { telling() } else { String::new() };
    format!("resource.type=\"cloud_run_job\" AND {who}{telling} AND timestamp>=\"{since}\"")
}

fn leave_out<'a>(who: &mut String, left: impl Iterator<Item = &'a str>) {
    let mut room = LONGEST.saturating_sub(who.len());
    let fits = |name: &&str| {
        let after = room.checked_sub(name.len() + AROUND);
        room = after.unwrap_or_default();
        after.is_some()
    };
    let names: Vec<_> = left.take_while(fits).collect();
    if !names.is_empty() {
        let _ = write!(who, " AND NOT {LABEL}={}", alternatives(names.into_iter()));
    }
}

/// Whether these alternatives, which differ, make no filter that is too long. A thousand names are counted at every read, and
/// not written.
fn is_short<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let room = names.try_fold(LONGEST, |room, name| room.checked_sub(name.len() + AROUND));
    room.is_some()
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

    /// The filter for so many executions of so many jobs; a thousand have left.
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
        let left: Vec<_> = (0..1_000).map(|number| format!("decided-{number:05}")).collect();
        filter(
            &(0..executions).map(subscriber).collect(),
            left.iter().map(String::as_str),
            Timestamp::UNIX_EPOCH,
            true,
        )
    }

    #[test]
    fn a_filter_names_executions_or_their_jobs_or_nobody_and_those_decided_where_there_is_room() {
        for (executions, jobs, named, left_out) in [
            (1, 1, "execution_name\"=\"execution-00000\"", false),
            (100, 1, "execution-00099", false),
            (2_000, 1, "job_name=\"job-00000\"", true),
            (10_000, 950, "job-00949", false),
            (10_000, 10_000, "execution_name\":*", true),
        ] {
            let filter = filter_of(executions, jobs);
            assert!(
                filter.contains(named) && filter.len() < 20_000,
                "{executions} of {jobs}: {filter:.200}"
            );
            assert_eq!(filter.contains("decided-00100"), left_out, "{filter:.200}");
        }
    }
}
