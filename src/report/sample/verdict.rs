//! Verdicts and diagnoses: what the cloud says of a launch's end.

use super::{either, now};
use crate::core::evidence::Evidence;
use crate::core::ids::{CustomJobName, ExecutionName};
use crate::core::job::JobState;
use crate::core::source::Source;
use crate::core::spec::Goal;
use crate::core::verdict::{ApiStatus, Diagnosis, Links, Outcome, Path, Verdict};

pub(crate) fn links(text: &str) -> Links {
    let link = |path: &str| {
        let plain = format!("https://console.cloud.google.com/{path}?project=p");
        Some(either(text, &plain))
    };
    Links {
        execution: link("run/jobs/executions/details/us-central1/train-hkk8p"),
        logs: link("run/jobs/executions/details/us-central1/train-hkk8p/logs"),
        custom_job: link("vertex-ai/locations/us-central1/training/4569671626135699456"),
        wandb: Some("https://wandb.ai/team/project/runs/abc123".into()),
    }
}

pub(super) fn execution(text: &str) -> ExecutionName {
    let short = either(text, "train-hkk8p");
    ExecutionName::parse(&format!(
        "projects/p/locations/us-central1/jobs/train/executions/{short}"
    ))
    .unwrap()
}

pub(crate) fn job() -> CustomJobName {
    CustomJobName::parse("projects/123456789012/locations/us-central1/customJobs/4569671626135699456")
        .unwrap()
}

pub(crate) fn evidence(text: &str) -> Evidence {
    Evidence {
        occurred_at: now(),
        observed_at: now(),
        source: Source::Vertex,
        definite: true,
        what: either(text, &format!("{} is JOB_STATE_PENDING", job())),
    }
}

pub(crate) fn success() -> Verdict {
    Verdict {
        outcome: Outcome::Success,
        path: Path::JobActive,
        exit_code: 0,
        until: Goal::Submitted,
        confirmed: Some(true),
        category: None,
        summary: "the custom job is PENDING".into(),
        hint: None,
        execution: Some(execution("plain")),
        custom_job: Some(job()),
        submitted_by: None,
        job_state: Some(JobState::Pending),
        region: "us-central1".into(),
        vertex_region: "us-central1".into(),
        error: None,
        links: links("plain"),
        evidence: vec![evidence("plain")],
        evidence_total: 1,
    }
}

pub(crate) fn failure() -> Verdict {
    Verdict {
        outcome: Outcome::Failure,
        path: Path::LogFatal,
        exit_code: 1,
        confirmed: None,
        category: Some("quota-exceeded".into()),
        summary: "Vertex AI refused the job: the quota for NVIDIA A100 GPUs in us-central1 is used up".into(),
        hint: Some(
            "Ask for more quota, or choose another region or machine type; waiting does not raise it.".into(),
        ),
        custom_job: None,
        submitted_by: None,
        job_state: None,
        error: Some(ApiStatus {
            code: 8,
            message:
                "The following quota metrics exceed quota limits: custom_model_training_nvidia_a100_gpus"
                    .into(),
        }),
        links: Links {
            custom_job: None,
            wandb: None,
            ..links("plain")
        },
        ..success()
    }
}

pub(crate) fn diagnosis(text: &str) -> Diagnosis {
    let (summary, hint) = (failure().summary, failure().hint);
    let of = |plain: &str| either(text, plain);
    Diagnosis {
        category: Some(of("quota-exceeded")),
        summary: of(&summary),
        hint: hint.map(|hint| of(&hint)),
        doc: Some(of("https://cloud.google.com/vertex-ai/docs/quotas")),
        task_exit_code: Some(1),
        task_signal: None,
        last_lines: vec![of(
            "google.api_core.exceptions.ResourceExhausted: 429 quota metrics exceed quota limits",
        )],
        error: Some(ApiStatus {
            code: 8,
            message: of("quota metrics exceed quota limits"),
        }),
        notes: vec![of("the log could not be read after 10:00:12")],
    }
}

/// A verdict in which every text that the cloud gives is `text`.
pub(crate) fn said_by_cloud(text: &str, mut verdict: Verdict) -> Verdict {
    verdict.category = verdict.category.map(|_| text.into());
    verdict.summary = text.into();
    verdict.hint = Some(text.into());
    verdict.execution = Some(execution(text));
    verdict.custom_job =
        CustomJobName::parse(&format!("projects/{text}/locations/{text}/customJobs/45")).ok();
    verdict.job_state = Some(JobState::parse(&format!("\u{1b}]0;{text}")));
    verdict.region = text.into();
    verdict.vertex_region = text.into();
    verdict.error = Some(ApiStatus {
        code: 8,
        message: text.into(),
    });
    verdict.links = links(text);
    verdict.evidence = vec![evidence(text)];
    verdict
}
