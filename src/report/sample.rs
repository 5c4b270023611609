//! Events for the reporters' tests, one of each kind and one for each ending.

use jiff::Timestamp;
use serde_json::Map;

use crate::core::checkup::{Check, Checked, Standing};
use crate::core::entry::{Severity, Stream};
use crate::core::event::{
    Event, EventKind, LaunchStarted, LogLine, PhaseReached, Planned, Requested, SCHEMA, SourceChanged,
};
use crate::core::evidence::Evidence;
use crate::core::finding::Phase;
use crate::core::ids::{CustomJobName, ExecutionName};
use crate::core::job::JobState;
use crate::core::source::{Health, Source};
use crate::core::spec::Goal;
use crate::core::verdict::{
    ApiStatus, Diagnosis, Final, Links, NotStarted, Outcome, Path, ProcessError, Retry, Started, Summary,
    Verdict,
};

/// A key that must never be shown.
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef01234567";

/// What a hostile program may make the cloud say.
pub(crate) const HOSTILE: &str = "x\u{1b}]0;own\u{7}\u{9b}2J\u{202e}y\u{200b}\u{e0041}\rz\u{0}\u{8} WANDB_API_KEY=0123456789abcdef\u{1b}[0m0123456789abcdef01234567 w";

fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

/// An event of the launch `train-1a2b`, so many seconds after it was asked for.
pub(crate) fn event(seconds: u64, kind: EventKind) -> Event {
    Event {
        schema: SCHEMA,
        seq: 1,
        launch: Some("train-1a2b".into()),
        batch: None,
        name: None,
        attempt: Some(1),
        at: now(),
        elapsed_ms: Some(seconds * 1000 + 250),
        kind,
    }
}

/// The same event as one of a launch called `name` in a batch.
pub(crate) fn named(mut event: Event, name: &str) -> Event {
    event.launch = Some(format!("launch-of-{name}"));
    event.batch = Some("nightly".into());
    event.name = Some(name.into());
    event
}

pub(crate) fn requested(text: &str) -> Event {
    let job = match text {
        "plain" => "projects/p/locations/us-central1/jobs/train".to_owned(),
        _ => format!("projects/p/locations/us-central1/jobs/{text}"),
    };
    let place = |plain: &str| {
        if text == "plain" {
            plain.to_owned()
        } else {
            text.to_owned()
        }
    };
    event(
        0,
        EventKind::LaunchRequested(Requested {
            job,
            region: place("us-central1"),
            vertex_project: place("p"),
            vertex_region: place("us-central1"),
            until: Goal::Submitted,
            timeout_s: Some(900),
            attach: false,
        }),
    )
}

pub(crate) fn links(text: &str) -> Links {
    let link = |path: &str| {
        Some(if text == "plain" {
            format!("https://console.cloud.google.com/{path}?project=p")
        } else {
            text.to_owned()
        })
    };
    Links {
        execution: link("run/jobs/executions/details/us-central1/train-hkk8p"),
        logs: link("run/jobs/executions/details/us-central1/train-hkk8p/logs"),
        custom_job: link("vertex-ai/locations/us-central1/training/4569671626135699456"),
        wandb: Some("https://wandb.ai/team/project/runs/abc123".into()),
    }
}

fn execution(text: &str) -> ExecutionName {
    let short = if text == "plain" { "train-hkk8p" } else { text };
    ExecutionName::parse(&format!(
        "projects/p/locations/us-central1/jobs/train/executions/{short}"
    ))
    .unwrap()
}

pub(crate) fn job() -> CustomJobName {
    CustomJobName::parse("projects/123456789012/locations/us-central1/customJobs/4569671626135699456")
        .unwrap()
}

pub(crate) fn started(text: &str) -> Event {
    event(
        1,
        EventKind::LaunchStarted(LaunchStarted {
            execution: execution(text),
            attached: false,
            links: links(text),
            notes: if text == "plain" {
                vec![]
            } else {
                vec![text.into()]
            },
        }),
    )
}

pub(crate) fn phase(phase: Phase, seconds: u64) -> Event {
    event(
        seconds,
        EventKind::Phase(PhaseReached {
            phase,
            occurred_at: now(),
            line: Some("wandb: launch: agent".into()),
        }),
    )
}

pub(crate) fn log(text: &str) -> Event {
    event(
        5,
        EventKind::Log(LogLine {
            occurred_at: now(),
            stream: Stream::Stderr,
            severity: Severity::Default,
            task: 0,
            task_attempt: 0,
            text: text.into(),
        }),
    )
}

pub(crate) fn evidence(text: &str) -> Evidence {
    Evidence {
        occurred_at: now(),
        observed_at: now(),
        source: Source::Vertex,
        definite: true,
        what: if text == "plain" {
            format!("{} is JOB_STATE_PENDING", job())
        } else {
            text.into()
        },
    }
}

pub(crate) fn source(health: Health, seconds: u64) -> Event {
    event(
        seconds,
        EventKind::Source(SourceChanged {
            source: Source::Log,
            health,
        }),
    )
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

pub(crate) fn verdict(verdict: Verdict) -> Event {
    event(12, EventKind::Verdict(Box::new(verdict)))
}

pub(crate) fn diagnosis(text: &str) -> Diagnosis {
    let (summary, hint) = (failure().summary, failure().hint);
    let of = |plain: &str| {
        if text == "plain" {
            plain.to_owned()
        } else {
            text.to_owned()
        }
    };
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

pub(crate) fn summary(launches: Vec<Verdict>, exit_code: u8, retry: Retry) -> Event {
    let launches = launches.into_iter().enumerate().map(|(at, verdict)| Final {
        launch: if at == 0 {
            "train-1a2b".into()
        } else {
            format!("train-{at}")
        },
        name: (at > 0).then(|| format!("run-{at}")),
        elapsed_ms: Some(12_250),
        verdict,
    });
    let summary = Summary {
        exit_code,
        started: Started::Yes,
        retry,
        error: None,
        launches: launches.collect(),
        not_started: Vec::new(),
        counts: Map::new(),
    };
    Event {
        launch: None,
        attempt: None,
        ..event(14, EventKind::Summary(Box::new(summary)))
    }
}

/// A process that ended before any launch.
pub(crate) fn process_failed() -> Event {
    let error = ProcessError {
        kind: "no-credentials".into(),
        message: "no Google credentials were found".into(),
        hint: Some("Run `gcloud auth application-default login`.".into()),
        details: Vec::new(),
    };
    let mut event = summary(vec![], 4, Retry::Safe);
    event.elapsed_ms = None;
    if let EventKind::Summary(summary) = &mut event.kind {
        summary.started = Started::No;
        summary.error = Some(error);
    }
    event
}

/// Why a launch was not started.
pub(crate) fn refusal(text: &str) -> ProcessError {
    let of = |plain: &str| {
        if text == "plain" {
            plain.to_owned()
        } else {
            text.to_owned()
        }
    };
    ProcessError {
        kind: of("no-such-job"),
        message: of("there is no job projects/p/locations/us-central1/jobs/train"),
        hint: Some(of("Create it, or correct its name or region.")),
        details: Vec::new(),
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

/// One event of each kind, in the order of a launch, with `text` wherever the cloud has a word.
pub(crate) fn every_kind(text: &str) -> Vec<Event> {
    let mut reached = phase(Phase::JobReceived, 4);
    if let EventKind::Phase(reached) = &mut reached.kind {
        reached.line = Some(text.into());
    }
    let failed = if text == "plain" {
        failure()
    } else {
        said_by_cloud(text, failure())
    };
    let mut end = summary(vec![failed.clone()], 1, Retry::Pointless);
    if let EventKind::Summary(summary) = &mut end.kind {
        let error = |kind: &str| ProcessError {
            kind: kind.into(),
            message: text.into(),
            hint: Some(text.into()),
            details: Vec::new(),
        };
        summary.error = (text != "plain").then(|| error(text));
        summary.counts.insert(text.into(), 3.into());
        summary.not_started.push(NotStarted {
            launch: "late-1".into(),
            name: Some(text.into()),
            exit_code: 2,
            started: Started::No,
            error: refusal(text),
        });
    }
    vec![
        requested(text),
        started(text),
        reached,
        log(text),
        event(6, EventKind::Evidence(evidence(text))),
        source(Health::Lost(text.into()), 7),
        verdict(failed),
        event(13, EventKind::Diagnosis(Box::new(diagnosis(text)))),
        planned(text),
        event(14, EventKind::NotStarted(refusal(text))),
        checked(Check::CloudLogging, Standing::Failed, text),
        end,
    ]
}

/// A thing that was looked at, with `text` wherever the cloud has a word.
pub(crate) fn checked(check: Check, standing: Standing, text: &str) -> Event {
    let wanting = matches!(standing, Standing::Warning | Standing::Failed);
    let checked = Checked {
        check,
        standing,
        found: text.to_owned(),
        hint: wanting.then(|| format!("enable the API: gcloud services enable {text}")),
    };
    let mut event = event(1, EventKind::Checked(checked));
    (event.launch, event.attempt) = (None, None);
    event
}

/// A launch that would be, with `text` wherever the file or the cloud has a word.
pub(crate) fn planned(text: &str) -> Event {
    let planned = Planned {
        line: 7,
        job: "projects/my-project/locations/us-central1/jobs/train".to_owned(),
        region: "us-central1".to_owned(),
        vertex_project: "my-project".to_owned(),
        vertex_region: "us-central1".to_owned(),
        until: Goal::Submitted,
        timeout_s: Some(900),
        args: Some(vec!["--lr".to_owned(), "1e-4".to_owned(), text.to_owned()]),
        env: vec![format!("NOTE={text}")],
        labels: [("team".to_owned(), text.to_owned())].into(),
        queue_item: None,
        run_id: Some("r1".to_owned()),
        run_name: Some(text.to_owned()),
        refused: Some(text.to_owned()).filter(|text| text != "plain"),
    };
    event(0, EventKind::LaunchPlanned(Box::new(planned)))
}

/// A verdict on a launch whose custom job is not known.
fn ended(outcome: Outcome, path: Path, exit_code: u8, summary: &str) -> Verdict {
    Verdict {
        outcome,
        path,
        exit_code,
        confirmed: None,
        summary: summary.into(),
        custom_job: None,
        submitted_by: None,
        job_state: None,
        links: Links {
            custom_job: None,
            wandb: None,
            ..links("plain")
        },
        ..success()
    }
}

/// A verdict for each way in which a launch can end.
pub(crate) fn endings() -> Vec<(&'static str, Event)> {
    use Outcome::{Cancelled, Interrupted, Timeout, Undetermined};
    let unconfirmed = Verdict {
        confirmed: Some(false),
        ..ended(
            Outcome::Success,
            Path::ExecutionCompleted,
            0,
            "the runner ended well",
        )
    };
    let job_failed = Verdict {
        path: Path::JobFailed,
        category: Some("job-failed".into()),
        summary: "the custom job failed: replica workerpool0-0 exited with a non-zero status of 1".into(),
        custom_job: Some(job()),
        submitted_by: None,
        job_state: Some(JobState::Failed),
        links: links("plain"),
        hint: None,
        ..failure()
    };
    [
        ("success", success()),
        ("success-unconfirmed", unconfirmed),
        ("failure", failure()),
        ("job-failed", job_failed),
        (
            "timeout",
            ended(Timeout, Path::Timeout, 3, "no custom job after 15 minutes"),
        ),
        (
            "sources-lost",
            ended(Undetermined, Path::SourcesLost, 5, "no source answers any more"),
        ),
        (
            "ambiguous",
            ended(
                Undetermined,
                Path::Ambiguous,
                5,
                "two custom jobs match this launch",
            ),
        ),
        (
            "other-run",
            ended(
                Undetermined,
                Path::OtherRun,
                5,
                "the job carries run `b`, not `a`",
            ),
        ),
        (
            "unverified",
            Verdict {
                execution: None,
                links: Links::default(),
                ..ended(
                    Undetermined,
                    Path::Unverified,
                    8,
                    "jobs.run was sent and never answered",
                )
            },
        ),
        (
            "job-cancelled",
            ended(Cancelled, Path::JobCancelled, 6, "the custom job was cancelled"),
        ),
        (
            "execution-cancelled",
            ended(
                Cancelled,
                Path::ExecutionCancelled,
                6,
                "the execution was cancelled",
            ),
        ),
        (
            "interrupted",
            ended(Interrupted, Path::Interrupted, 130, "stopped by SIGINT"),
        ),
    ]
    .map(|(name, ending)| (name, verdict(ending)))
    .to_vec()
}
