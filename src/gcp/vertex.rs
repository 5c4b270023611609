//! Vertex AI API v1: custom jobs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Gcp;
use super::call::Request;
use super::env::KnownEnv;
use super::error::{AnswerError, ApiError, Call};
use super::json::read;
use super::listed::{Fingerprint, ListedPage};
use super::wire::{Lenient, RpcStatus, lax, named, part, spelled, time};
use crate::core::ids::{CustomJobName, Scope};
use crate::core::job::{JobState, JobView};

/// `JobState` by number.
const STATES: [(&str, &str); 12] = [
    ("0", "JOB_STATE_UNSPECIFIED"),
    ("1", "JOB_STATE_QUEUED"),
    ("2", "JOB_STATE_PENDING"),
    ("3", "JOB_STATE_RUNNING"),
    ("4", "JOB_STATE_SUCCEEDED"),
    ("5", "JOB_STATE_FAILED"),
    ("6", "JOB_STATE_CANCELLING"),
    ("7", "JOB_STATE_CANCELLED"),
    ("8", "JOB_STATE_PAUSED"),
    ("9", "JOB_STATE_EXPIRED"),
    ("10", "JOB_STATE_UPDATING"),
    ("11", "JOB_STATE_PARTIALLY_SUCCEEDED"),
];

/// `CustomJob`, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomJob {
    #[serde(default, deserialize_with = "spelled")]
    name: String,
    #[serde(default, deserialize_with = "lax")]
    display_name: String,
    #[serde(default, deserialize_with = "spelled")]
    state: String,
    #[serde(default, deserialize_with = "time")]
    create_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    end_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    update_time: Option<Timestamp>,
    #[serde(default, deserialize_with = "part")]
    error: Option<RpcStatus>,
    #[serde(default, deserialize_with = "lax")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "part")]
    job_spec: JobSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JobSpec {
    #[serde(default)]
    worker_pool_specs: Lenient<WorkerPoolSpec>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkerPoolSpec {
    #[serde(default, deserialize_with = "part")]
    container_spec: ContainerSpec,
}

#[derive(Debug, Default, Deserialize)]
struct ContainerSpec {
    #[serde(default)]
    env: KnownEnv,
}

impl CustomJob {
    /// In core's words. Name and creation time are indispensable: attribution rests on them.
    fn into_core(self) -> Result<JobView, AnswerError> {
        let pools = self.job_spec.worker_pool_specs.items;
        let env = KnownEnv::merge(pools.into_iter().map(|pool| pool.container_spec.env));
        let state = Some(named(self.state, &STATES)).filter(|state| !state.is_empty());
        Ok(JobView {
            name: CustomJobName::parse(&self.name).map_err(|_| AnswerError::Missing("name"))?,
            display_name: self.display_name,
            state: JobState::parse(state.as_deref().unwrap_or("JOB_STATE_UNSPECIFIED")),
            create_time: self.create_time.ok_or(AnswerError::Missing("createTime"))?,
            end_time: self.end_time,
            update_time: self.update_time,
            error: self.error.and_then(RpcStatus::into_core),
            labels: self.labels,
            trace_id: env.trace_id,
        })
    }
}

/// One page of custom jobs, in no order that Google promises.
pub type JobsPage = ListedPage<JobView, ()>;

impl JobsPage {
    /// Reads the body of an answer to `customJobs.list`. Only a job without name or creation time cannot be read.
    pub(super) fn parse_jobs(body: &[u8], known: &dyn Fn(Fingerprint) -> bool) -> Result<Self, AnswerError> {
        let job = |text: &str| read::<CustomJob>(text).ok()?.into_core().ok();
        Self::parse(body, "customJobs", job, &|text| known(text).then_some(()))
    }
}

impl Gcp {
    /// `customJobs.list`, one page of up to 100. `known` is asked when the answer comes.
    ///
    /// `filter` knows `display_name`, `state`, `create_time` and `labels.key`. `read_mask` names the fields to send, such
    /// as `name,displayName,state,createTime,endTime,updateTime,error,labels`: without `jobSpec`, no environment travels.
    pub async fn custom_jobs_page(
        &self,
        scope: &Scope,
        filter: &str,
        page_token: Option<&str>,
        read_mask: &str,
        known: &dyn Fn(Fingerprint) -> bool,
    ) -> Result<JobsPage, ApiError> {
        let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let request = self.vertex_request(
            Call::ListCustomJobs,
            scope.to_string(),
            &scope.region,
            "/customJobs",
        );
        let request = request.query("pageSize", "100").maybe("filter", given(filter));
        let request = request
            .maybe("readMask", given(read_mask))
            .maybe("pageToken", page_token);
        self.call_with(request, |body| JobsPage::parse_jobs(body, known))
            .await
    }

    /// `customJobs.get`: with [`JobView::trace_id`], which lists leave out.
    pub async fn get_custom_job(&self, name: &CustomJobName) -> Result<JobView, ApiError> {
        let target = name.to_string();
        let request = self.vertex_request(Call::GetCustomJob, target.clone(), name.location(), "");
        let job: CustomJob = self.call(request).await?;
        job.into_core()
            .map_err(|error| ApiError::new(Call::GetCustomJob, target, error))
    }

    /// `customJobs.cancel`: best effort, the job is cancelled some time later.
    pub async fn cancel_custom_job(&self, name: &CustomJobName) -> Result<(), ApiError> {
        let request = self.vertex_request(
            Call::CancelCustomJob,
            name.to_string(),
            name.location(),
            ":cancel",
        );
        self.call::<Value>(request.post(json!({}))).await.map(drop)
    }

    fn vertex_request(&self, call: Call, target: String, region: &str, suffix: &str) -> Request {
        let path = format!("v1/{target}{suffix}");
        Request::new(call, target, self.inner.endpoints.vertex(region), &path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = r#"{"name":"projects/401977096985/locations/us-central1/customJobs/4569671626135699456","displayName":"train-x",
     "jobSpec":{"workerPoolSpecs":[{"machineSpec":{"machineType":"n1-standard-4"},"replicaCount":"1",
       "containerSpec":{"imageUri":"i","command":["python","train.py"],"env":[{"name":"WANDB_API_KEY","value":"hunter2"},
          {"name":"WANDB_LAUNCH_TRACE_ID","value":"UnVuUXVldWU6MQ=="}]}}],
       "baseOutputDirectory":{"outputUriPrefix":"gs://b/aiplatform-custom-job"}},
     "state":"JOB_STATE_RUNNING","createTime":"2026-11-23T10:00:00.123456Z","startTime":"2026-11-23T10:02:10Z",
     "updateTime":"2026-11-23T10:02:12.345678Z","labels":{"wandb-run-id":"ab12cd34"}}"#;

    fn view(json: &str) -> JobView {
        serde_json::from_str::<CustomJob>(json)
            .unwrap()
            .into_core()
            .unwrap()
    }

    #[test]
    fn a_running_job_tells_its_marks_and_keeps_no_key() {
        let job = view(RUNNING);
        assert_eq!(
            (job.name.id(), job.state.clone()),
            ("4569671626135699456", JobState::Running)
        );
        assert_eq!(job.labels["wandb-run-id"], "ab12cd34");
        assert_eq!(job.trace_id.as_deref(), Some("UnVuUXVldWU6MQ=="));
        assert!(job.error.is_none());
        assert!(!format!("{job:?}").contains("hunter2"));
    }

    #[test]
    fn a_failed_job_tells_the_error_of_the_api() {
        let failed = RUNNING.replace(
            r#""state":"JOB_STATE_RUNNING""#,
            r#""state":5,"endTime":"2026-11-23T10:05:00Z","error":{"code":3,"message":"The replica workerpool0-0 exited"}"#,
        );
        let job = view(&failed);
        assert_eq!(job.state, JobState::Failed);
        assert_eq!(job.error.unwrap().message, "The replica workerpool0-0 exited");
        assert!(job.end_time.is_some());
    }

    #[test]
    fn states_of_tomorrow_and_none_at_all_are_no_end() {
        let state = |text: &str| view(&RUNNING.replace(r#""JOB_STATE_RUNNING""#, text)).state;
        for (text, wanted) in [
            ("42", "42"),
            ("null", "JOB_STATE_UNSPECIFIED"),
            (r#""JOB_STATE_NEW""#, "JOB_STATE_NEW"),
        ] {
            assert_eq!(state(text), JobState::Other(wanted.to_owned()), "{text}");
        }
    }

    #[test]
    fn every_number_is_the_state_of_that_name() {
        for (number, name) in &STATES[1..] {
            let parsed = JobState::parse(name);
            assert!(!matches!(parsed, JobState::Other(_)), "{number} {name}");
        }
    }

    #[test]
    fn a_page_leaves_out_what_it_cannot_read_and_counts_it() {
        let json = format!(r#"{{"customJobs":[{RUNNING},{{"name":"x"}},null],"nextPageToken":""}}"#);
        let page = JobsPage::parse_jobs(json.as_bytes(), &|_| false).unwrap();
        assert_eq!((page.fresh.len(), page.skipped, page.next), (1, 2, None));
    }
}
