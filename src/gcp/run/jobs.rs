//! Jobs: what there is to start.

use jiff::Timestamp;
use serde::Deserialize;

use super::execution::TaskTemplate;
use super::wire::{lax, named, part, spelled, time};
use super::{Call, Gcp};
use crate::core::ids::RunJob;
use crate::gcp::error::ApiError;

/// A Cloud Run job, as far as launching it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobInfo {
    /// Fingerprint of this version of the job: `jobs.run` with it fails if the job was changed since.
    pub etag: Option<String>,
    /// Retries of each task; 3, Cloud Run's default, where the answer has none.
    pub max_retries: u32,
    /// The execution created last.
    pub latest: Option<LatestExecution>,
}

/// `Job.latestCreatedExecution`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestExecution {
    /// Short name, or full name.
    pub name: String,
    /// When it was created.
    pub create_time: Option<Timestamp>,
    /// When it ended.
    pub completion_time: Option<Timestamp>,
    /// How it stands.
    pub status: CompletionStatus,
}

/// `ExecutionReference.CompletionStatus`, open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionStatus {
    /// Ended well.
    Succeeded,
    /// Failed.
    Failed,
    /// Running.
    Running,
    /// Not started yet.
    Pending,
    /// Cancelled.
    Cancelled,
    /// Any other value, as the API spelled it; empty where there is none.
    Other(String),
}

const STATUSES: [(&str, &str); 6] = [
    ("0", ""),
    ("1", "EXECUTION_SUCCEEDED"),
    ("2", "EXECUTION_FAILED"),
    ("3", "EXECUTION_RUNNING"),
    ("4", "EXECUTION_PENDING"),
    ("5", "EXECUTION_CANCELLED"),
];

impl CompletionStatus {
    fn read(given: String) -> Self {
        let name = named(given, &STATUSES);
        match name.as_str() {
            "EXECUTION_SUCCEEDED" => Self::Succeeded,
            "EXECUTION_FAILED" => Self::Failed,
            "EXECUTION_RUNNING" => Self::Running,
            "EXECUTION_PENDING" => Self::Pending,
            "EXECUTION_CANCELLED" => Self::Cancelled,
            _ => Self::Other(name),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    #[serde(default, deserialize_with = "lax")]
    etag: Option<String>,
    #[serde(default, deserialize_with = "part")]
    template: ExecutionTemplate,
    #[serde(default, deserialize_with = "part")]
    latest_created_execution: Option<ExecutionReference>,
}

#[derive(Debug, Default, Deserialize)]
struct ExecutionTemplate {
    #[serde(default, deserialize_with = "part")]
    template: TaskTemplate,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionReference {
    #[serde(default, deserialize_with = "spelled")]
    name: String,
    #[serde(default, deserialize_with = "time")]
    create_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    completion_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "spelled")]
    completion_status: String,
}

impl From<Job> for JobInfo {
    fn from(job: Job) -> Self {
        let latest = job.latest_created_execution.map(|latest| LatestExecution {
            name: latest.name,
            create_time: latest.create_time,
            completion_time: latest.completion_time,
            status: CompletionStatus::read(latest.completion_status),
        });
        Self {
            etag: job.etag.filter(|etag| !etag.is_empty()),
            max_retries: job.template.template.max_retries(),
            latest: latest.filter(|latest| !latest.name.is_empty()),
        }
    }
}

impl Gcp {
    /// `jobs.get`.
    pub async fn get_job(&self, job: &RunJob) -> Result<JobInfo, ApiError> {
        let request = self.run_request(Call::GetJob, &job.to_string(), "");
        Ok(self.call::<Job>(request).await?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_tells_its_version_its_retries_and_its_latest_execution() {
        let json = r#"{"name":"projects/p/locations/l/jobs/train","etag":"\"CM6F\"",
            "template":{"taskCount":1,"template":{"maxRetries":0,"containers":[{"image":"i"}]}},
            "latestCreatedExecution":{"name":"train-hkk8p","createTime":"2026-06-10T14:35:58Z","completionStatus":"EXECUTION_RUNNING"}}"#;
        let info = JobInfo::from(serde_json::from_str::<Job>(json).unwrap());
        assert_eq!(info.etag.as_deref(), Some("\"CM6F\""));
        assert_eq!(info.max_retries, 0);
        let latest = info.latest.unwrap();
        assert_eq!(
            (latest.name.as_str(), latest.status),
            ("train-hkk8p", CompletionStatus::Running)
        );
    }

    #[test]
    fn a_job_that_says_little_has_the_defaults() {
        let info = JobInfo::from(serde_json::from_str::<Job>(r#"{"etag":null,"template":7}"#).unwrap());
        assert_eq!((info.etag, info.max_retries, info.latest), (None, 3, None));
    }

    #[test]
    fn a_status_may_be_a_number_or_new() {
        let read = |text: &str| CompletionStatus::read(text.to_owned());
        assert_eq!(read("3"), CompletionStatus::Running);
        assert_eq!(
            read("EXECUTION_NEW"),
            CompletionStatus::Other("EXECUTION_NEW".to_owned())
        );
    }
}
