//! What Google says: each API is asked what a launch would ask it, once.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::Instant;

use super::Subject;
use super::finding::Finding;
use crate::cli::failure::Failure;
use crate::core::checkup::Check;
use crate::core::event::micros;
use crate::core::ids::{RunJob, Scope};
use crate::core::spec::LaunchSpec;
use crate::gcp::auth::Credentials;
use crate::gcp::{ApiError, CompletionStatus, Gcp, JobInfo, ListEntries};
use crate::supervise::validate;

/// How far a clock may be off before it is worth a word. Google refuses the assertions of key files whose times it does not
/// believe, some minutes either way.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(30);

/// How far back the log is looked at: the least that has to be searched.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(60);

/// Whether the credentials give a token.
pub(super) async fn credentials(found: &Credentials) -> Finding {
    if let Err(error) = found.source.token().await {
        return Finding::failed(Check::Credentials, &Failure::from(error));
    }
    if let Some(warning) = found.warning() {
        return Finding::warning(Check::Credentials, warning, None);
    }
    let charged = found.quota_project.as_ref();
    let charged = charged.map_or_else(String::new, |project| format!(", charged to project {project}"));
    Finding::good(
        Check::Credentials,
        format!("{}: a token was given{charged}", found.origin),
    )
}

/// The job and its executions, and whether it would start.
pub(super) async fn runner(gcp: &Gcp, subject: &Subject, per_minute: f64) -> (Finding, Finding) {
    let Some((job, spec)) = &subject.launch else {
        let all = RunJob::any_of(subject.run.clone());
        let asked = timed(gcp.executions_page(&all, None, &|_| None)).await;
        let run = answered(Check::CloudRun, asked, |_| {
            format!("lists the executions of {}", subject.run)
        });
        let start = Finding::skipped(
            Check::Start,
            "name a job to see whether it would start: liftoff doctor JOB",
        );
        return (run, start);
    };
    let asked = timed(async {
        let info = gcp.get_job(job).await?;
        gcp.executions_page(job, None, &|_| None).await?;
        Ok(info)
    });
    let asked = asked.await;
    let known = asked.0.is_ok();
    let run = answered(Check::CloudRun, asked, |info| of_job(job, &info));
    if !known {
        return (
            run,
            Finding::skipped(Check::Start, "not asked: the job cannot be read"),
        );
    }
    (run, start(gcp, spec, per_minute).await)
}

fn of_job(job: &RunJob, info: &JobInfo) -> String {
    let latest = info.latest.as_ref().map_or_else(
        || "it never ran".to_owned(),
        |latest| {
            let status = match &latest.status {
                CompletionStatus::Succeeded => "succeeded",
                CompletionStatus::Failed => "failed",
                CompletionStatus::Running => "runs",
                CompletionStatus::Pending => "is about to start",
                CompletionStatus::Cancelled => "was cancelled",
                CompletionStatus::Other(_) => "is in a state that is not known here",
            };
            let name = latest.name.rsplit('/').next().unwrap_or_default();
            let at = latest
                .create_time
                .map_or_else(String::new, |at| format!(", of {},", micros(at)));
            format!("its latest execution {name}{at} {status}")
        },
    );
    format!("{job}: {} retries a task; {latest}", info.max_retries)
}

/// Whether Cloud Run would start it as Liftoff does: with the launch's id in its environment.
async fn start(gcp: &Gcp, spec: &LaunchSpec, per_minute: f64) -> Finding {
    let asked = validate(gcp, std::slice::from_ref(spec), per_minute).await;
    let error = match asked {
        Ok(validation) if validation.bare > 0 => {
            return Finding::warning(
                Check::Start,
                "Cloud Run would start it, but without LIFTOFF_LAUNCH_ID: --id, arguments and variables are refused, and a \
                 lost answer could not be cleared up"
                    .to_owned(),
                Some(format!(
                    "grant run.jobs.runWithOverrides: gcloud run jobs add-iam-policy-binding {} --project={} --region={} \
                     --member=user:YOU --role=roles/run.jobsExecutorWithOverrides",
                    spec.target.job().job,
                    spec.target.job().scope.project,
                    spec.target.job().scope.region,
                )),
            );
        }
        Ok(validation) => validation.refused.into_iter().next().map(|refused| refused.error),
        Err(error) => Some(error),
    };
    match error {
        None => Finding::good(Check::Start, "Cloud Run would start it".to_owned()),
        Some(error) => Finding::of_error(Check::Start, &error),
    }
}

/// The project's log.
pub(super) async fn log(gcp: &Gcp, project: &str) -> Finding {
    let now = gcp.moment().wall;
    let since = now.checked_sub(LOOK_BACK).unwrap_or(now);
    let list = ListEntries {
        project: project.to_owned(),
        filter: format!(
            "resource.type=\"cloud_run_job\" AND timestamp>=\"{}\"",
            micros(since)
        ),
        newest_first: true,
        page_size: 1,
        page_token: None,
    };
    let asked = timed(gcp.list_entries(&list)).await;
    answered(Check::CloudLogging, asked, |_| {
        format!("reads the log of projects/{project}")
    })
}

/// The custom jobs.
pub(super) async fn custom_jobs(gcp: &Gcp, scope: &Scope) -> Finding {
    let page = gcp.custom_jobs_page(scope, "", None, "name,state,createTime", &|_| false);
    let asked = timed(page).await;
    answered(Check::VertexAi, asked, |_| {
        format!("lists the custom jobs of {scope}")
    })
}

/// This machine's clock, by what the answers told of Google's.
pub(super) fn clock(gcp: &Gcp) -> Finding {
    let Some(offset) = gcp.server_offset() else {
        return Finding::skipped(Check::Clock, "no answer told Google's time");
    };
    let seconds = offset.abs().as_secs_f64();
    if offset.abs() <= CLOCK_SLACK {
        return Finding::good(
            Check::Clock,
            format!("within {:.0} s of Google's", seconds.ceil()),
        );
    }
    let side = if offset.is_positive() {
        "behind"
    } else {
        "ahead of"
    };
    Finding::warning(
        Check::Clock,
        format!(
            "this machine's clock is {seconds:.0} s {side} Google's; key files stop working when it is minutes"
        ),
        Some("let the clock be set over the network: timedatectl set-ntp true".to_owned()),
    )
}

async fn timed<T>(asked: impl Future<Output = Result<T, ApiError>>) -> (Result<T, ApiError>, Duration) {
    let begun = Instant::now();
    (asked.await, begun.elapsed())
}

fn answered<T>(
    check: Check,
    (answer, took): (Result<T, ApiError>, Duration),
    found: impl FnOnce(T) -> String,
) -> Finding {
    match answer {
        Ok(answer) => Finding::good(check, format!("{} ({} ms)", found(answer), took.as_millis())),
        Err(error) => Finding::of_error(check, &error),
    }
}
