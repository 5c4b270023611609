//! Request quotas: who has asked how often in the last minute, and Google's 429.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::emulator::{
    clock::earlier,
    config::Quotas,
    names,
    status::{Code, Status},
};

/// The window of a `PerMinute` quota.
const WINDOW: Duration = Duration::from_mins(1);

/// What a request draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bucket {
    /// Nothing: the token endpoint and the emulator's own pages.
    Free,
    /// Cloud Run reads, per project and region.
    RunRead,
    /// Cloud Run writes, per project and region.
    RunWrite,
    /// Log reads, per project.
    LoggingRead,
    /// Log writes, per project. Their quota (120 000 a minute) is out of reach here and not enforced.
    LoggingWrite,
    /// Tail sessions, per project: counted by what they return, not by requests.
    LoggingTail,
    /// Vertex AI resource management, per project and region.
    Vertex,
}

/// The names that a 429 carries.
struct Words {
    service: &'static str,
    metric: &'static str,
    limit: &'static str,
    title: &'static str,
    unit: &'static str,
}

impl Bucket {
    /// The service whose quota this is.
    pub(crate) fn service(self) -> &'static str {
        self.words().service
    }

    fn regional(self) -> bool {
        !matches!(self, Self::LoggingRead | Self::LoggingWrite | Self::LoggingTail)
    }

    fn words(self) -> Words {
        let (service, metric, limit, title, unit) = match self {
            Self::RunRead | Self::Free => (
                "run.googleapis.com",
                "read_regional",
                "ReadPerMinutePerProjectRegion",
                "Read requests per minute per region",
                "1/min/{project}/{region}",
            ),
            Self::RunWrite => (
                "run.googleapis.com",
                "write_regional",
                "WritePerMinutePerProjectRegion",
                "Write requests per minute per region",
                "1/min/{project}/{region}",
            ),
            Self::LoggingRead => (
                "logging.googleapis.com",
                "read_requests",
                "ReadRequestsPerMinutePerProject",
                "Read requests per minute",
                "1/min/{project}",
            ),
            Self::LoggingWrite | Self::LoggingTail => (
                "logging.googleapis.com",
                "write_requests",
                "WriteRequestsPerMinutePerProject",
                "Write requests per minute",
                "1/min/{project}",
            ),
            Self::Vertex => (
                "aiplatform.googleapis.com",
                "resource_management_requests",
                "ResourceManagementRequestsPerMinutePerProjectPerRegion",
                "Resource management (CRUD) requests per minute per region",
                "1/min/{project}/{region}",
            ),
        };
        Words {
            service,
            metric,
            limit,
            title,
            unit,
        }
    }
}

/// Who draws: bucket, project, region (empty for a global quota).
type Key = (Bucket, String, String);

/// The requests of the last minute.
#[derive(Debug)]
pub(crate) struct Meter {
    quotas: Quotas,
    taken: BTreeMap<Key, VecDeque<Timestamp>>,
}

impl Meter {
    /// A meter that has counted nothing.
    pub(crate) fn new(quotas: Quotas) -> Self {
        Self {
            quotas,
            taken: BTreeMap::new(),
        }
    }

    /// Draws one request, or says no as Google does. A refused request draws nothing, and so does one that names no project: the method
    /// refuses it.
    pub(crate) fn take(
        &mut self,
        bucket: Bucket,
        project: &str,
        region: &str,
        now: Timestamp,
    ) -> Result<(), Status> {
        let Some(limit) = self.limit(bucket).filter(|_| !project.is_empty()) else {
            return Ok(());
        };
        let region = if bucket.regional() { region } else { "" };
        let taken = self
            .taken
            .entry((bucket, project.to_owned(), region.to_owned()))
            .or_default();
        forget_old(taken, now);
        if taken.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            return Err(exhausted(&bucket.words(), limit, project, region));
        }
        taken.push_back(now);
        Ok(())
    }

    /// Requests of the last minute, per metric, project and region.
    pub(crate) fn usage(&mut self, now: Timestamp) -> Vec<(String, usize, u32)> {
        let quotas = self.quotas;
        self.taken
            .iter_mut()
            .filter_map(|((bucket, project, region), taken)| {
                forget_old(taken, now);
                let words = bucket.words();
                let who = format!("{}/{} {project} {region}", words.service, words.metric);
                Some((who.trim_end().to_owned(), taken.len(), limit_of(quotas, *bucket)?))
            })
            .collect()
    }

    fn limit(&self, bucket: Bucket) -> Option<u32> {
        limit_of(self.quotas, bucket)
    }
}

fn limit_of(quotas: Quotas, bucket: Bucket) -> Option<u32> {
    match bucket {
        Bucket::Free | Bucket::LoggingWrite | Bucket::LoggingTail => None,
        Bucket::RunRead => Some(quotas.run_read_per_minute),
        Bucket::RunWrite => Some(quotas.run_write_per_minute),
        Bucket::LoggingRead => Some(quotas.logging_read_per_minute),
        Bucket::Vertex => Some(quotas.vertex_per_minute),
    }
}

/// Drops what is older than the window.
fn forget_old(taken: &mut VecDeque<Timestamp>, now: Timestamp) {
    let from = earlier(now, WINDOW);
    while taken.front().is_some_and(|&at| at <= from) {
        taken.pop_front();
    }
}

/// The body of a real 429: message, `ErrorInfo` with the quota's metadata, `Help`. No `Retry-After`: Google sends none.
fn exhausted(words: &Words, limit: u32, project: &str, region: &str) -> Status {
    let consumer = format!("projects/{}", names::project_number(project));
    let message = format!(
        "Quota exceeded for quota metric '{}' and limit '{}' of service '{}' for consumer 'project_number:{}'.",
        words.title.split(" per ").next().unwrap_or(words.title),
        words.title,
        words.service,
        names::project_number(project)
    );
    let metadata = json!({
        "service": words.service, "consumer": consumer, "quota_metric": format!("{}/{}", words.service, words.metric),
        "quota_limit": words.limit, "quota_limit_value": limit.to_string(), "quota_unit": words.unit,
        "quota_location": if region.is_empty() { "global" } else { region },
    });
    let link = json!({"description": "Request a higher quota limit.",
        "url": "https://cloud.google.com/docs/quotas/help/request_increase"});
    Status::new(Code::ResourceExhausted, message)
        .detail(
            "ErrorInfo",
            json!({"reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com", "metadata": metadata}),
        )
        .detail("Help", json!({ "links": [link] }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::clock::later;

    #[test]
    fn the_sixty_first_log_read_of_a_minute_is_refused_and_a_minute_later_it_is_not() {
        let mut meter = Meter::new(Quotas::real());
        let start = Timestamp::UNIX_EPOCH;
        for _ in 0..60 {
            assert!(meter.take(Bucket::LoggingRead, "p", "r", start).is_ok());
        }
        let refused = meter
            .take(Bucket::LoggingRead, "p", "other", start)
            .expect_err("sixty is the limit");
        assert_eq!(refused.http, 429);
        let metadata = &refused.body["error"]["details"][0]["metadata"];
        assert_eq!(
            (&metadata["quota_limit_value"], &metadata["quota_location"]),
            (&json!("60"), &json!("global"))
        );
        assert_eq!(metadata["quota_limit"], "ReadRequestsPerMinutePerProject");
        assert!(
            meter.take(Bucket::LoggingRead, "q", "r", start).is_ok(),
            "another project has its own quota"
        );
        assert!((0..61).all(|_| meter.take(Bucket::LoggingRead, "", "r", start).is_ok()));
        assert!(
            meter
                .take(Bucket::LoggingRead, "p", "r", later(start, WINDOW))
                .is_ok()
        );
    }

    #[test]
    fn a_regional_quota_is_counted_per_region() {
        let mut meter = Meter::new(Quotas {
            vertex_per_minute: 1,
            ..Quotas::real()
        });
        let at = Timestamp::UNIX_EPOCH;
        assert!(meter.take(Bucket::Vertex, "p", "a", at).is_ok());
        assert!(meter.take(Bucket::Vertex, "p", "b", at).is_ok());
        assert!(meter.take(Bucket::Vertex, "p", "a", at).is_err());
        assert_eq!(meter.usage(at).len(), 2);
    }
}
