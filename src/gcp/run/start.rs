//! Starting a job.

use serde_json::{Map, Value, json};

use super::operation::Operation;
use super::{Call, Gcp};
use crate::core::execution::ExecutionView;
use crate::core::ids::RunJob;
use crate::gcp::error::{AnswerError, ApiError, StartError};

/// What one execution gets instead of, or besides, what its job says. Any of it needs the permission
/// `run.jobs.runWithOverrides`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Arguments that replace the job's own; `None` keeps them, an empty list removes them.
    pub args: Option<Vec<String>>,
    /// Environment variables, added to the job's own.
    pub env: Vec<(String, String)>,
}

impl Overrides {
    /// A `RunJobRequest` with nothing but these in it.
    fn to_body(&self) -> Map<String, Value> {
        let overrides = self.to_json().map(|json| ("overrides".to_owned(), json));
        overrides.into_iter().collect()
    }

    /// `RunJobRequest.overrides`; `None` if there are none. The container has no name: the only one, or the one that
    /// serves, is meant.
    fn to_json(&self) -> Option<Value> {
        if self.args.is_none() && self.env.is_empty() {
            return None;
        }
        let mut container = Map::new();
        match self.args.as_deref() {
            Some([]) => drop(container.insert("clearArgs".to_owned(), json!(true))),
            Some(args) => drop(container.insert("args".to_owned(), json!(args))),
            None => {}
        }
        if !self.env.is_empty() {
            let pair = |(name, value): &(String, String)| json!({ "name": name, "value": value });
            container.insert("env".to_owned(), self.env.iter().map(pair).collect());
        }
        Some(json!({ "containerOverrides": [container] }))
    }
}

/// An accepted `jobs.run`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedRun {
    /// The execution, as it was created.
    pub execution: ExecutionView,
    /// Name of the operation that stays open until the execution ends.
    pub operation: String,
}

impl Gcp {
    /// `jobs.run`: starts an execution, once. Never sent again from here: there is no request id, and a second request
    /// would start a second runner.
    ///
    /// With `etag` ([`JobInfo::etag`](super::JobInfo::etag)) the call fails if the job was changed since.
    pub async fn run_job(
        &self,
        job: &RunJob,
        overrides: &Overrides,
        etag: Option<&str>,
    ) -> Result<StartedRun, StartError> {
        let target = job.to_string();
        let mut body = overrides.to_body();
        if let Some(etag) = etag {
            body.insert("etag".to_owned(), json!(etag));
        }
        let request = self.run_request(Call::RunJob, &target, ":run").post(body.into());
        let operation = self.call::<Operation>(request).await?.into_core();
        let missing = || ApiError::new(Call::RunJob, target, AnswerError::Missing("metadata.name"));
        Ok(StartedRun {
            execution: operation.execution.ok_or_else(missing)?,
            operation: operation.name,
        })
    }

    /// `jobs.run` with `validateOnly`: whether Cloud Run would accept it. Starts nothing, and may be repeated.
    pub async fn validate_run(&self, job: &RunJob, overrides: &Overrides) -> Result<(), ApiError> {
        let mut body = overrides.to_body();
        body.insert("validateOnly".to_owned(), json!(true));
        let request = self.run_request(Call::ValidateRun, &job.to_string(), ":run");
        self.call::<Operation>(request.post(body.into())).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_sent_only_where_there_are_any() {
        let env = vec![("LIFTOFF_LAUNCH_ID".to_owned(), "a-1".to_owned())];
        let json = |args: Option<&[&str]>, env: &[(String, String)]| {
            let args = args.map(|args| args.iter().map(ToString::to_string).collect());
            Overrides {
                args,
                env: env.to_vec(),
            }
            .to_json()
            .map(|json| json.to_string())
        };
        assert_eq!(json(None, &[]), None);
        let wanted = r#"{"containerOverrides":[{"env":[{"name":"LIFTOFF_LAUNCH_ID","value":"a-1"}]}]}"#;
        assert_eq!(json(None, &env).as_deref(), Some(wanted));
        let wanted = r#"{"containerOverrides":[{"args":["--lr","1"]}]}"#;
        assert_eq!(json(Some(&["--lr", "1"]), &[]).as_deref(), Some(wanted));
        let wanted = r#"{"containerOverrides":[{"clearArgs":true}]}"#;
        assert_eq!(json(Some(&[]), &[]).as_deref(), Some(wanted));
    }
}
