//! A ruling: what a rule decides, before it is written out as a verdict.

use super::LaunchState;
use crate::core::Moment;
use crate::core::execution::ExecutionView;
use crate::core::finding::Finding;
use crate::core::ids::{CustomJobName, ExecutionName};
use crate::core::signal::Interrupt;
use crate::core::verdict::{ApiStatus, Links, Outcome, Path, Verdict, exit};

/// What a rule decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    pub(super) outcome: Outcome,
    pub(super) path: Path,
    pub(super) exit_code: u8,
    pub(super) confirmed: bool,
    pub(super) category: Option<String>,
    /// The category names no cause: something more specific may replace it.
    pub(super) vague: bool,
    pub(super) summary: String,
    pub(super) hint: Option<String>,
    pub(super) error: Option<ApiStatus>,
    pub(super) custom_job: Option<CustomJobName>,
}

impl Ruling {
    /// A ruling with the exit code that belongs to its outcome.
    pub(super) fn new(outcome: Outcome, path: Path, summary: impl Into<String>) -> Self {
        let exit_code = match outcome {
            Outcome::Success => exit::SUCCESS,
            Outcome::Failure => exit::FAILED,
            Outcome::Cancelled => exit::CANCELLED,
            Outcome::Timeout => exit::TIMEOUT,
            Outcome::Undetermined => exit::UNDETERMINED,
            Outcome::Interrupted => exit::INTERRUPT,
        };
        let summary = summary.into();
        Self {
            outcome,
            path,
            exit_code,
            confirmed: true,
            category: None,
            vague: false,
            summary,
            hint: None,
            error: None,
            custom_job: None,
        }
    }

    pub(super) fn category(mut self, category: &str) -> Self {
        self.category = Some(category.to_owned());
        self
    }

    pub(super) fn vague(mut self, vague: bool) -> Self {
        self.vague = vague;
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn unconfirmed(mut self) -> Self {
        self.confirmed = false;
        self
    }

    pub(super) fn error(mut self, error: Option<ApiStatus>) -> Self {
        self.error = error;
        self
    }

    pub(super) fn job(mut self, job: Option<CustomJobName>) -> Self {
        self.custom_job = job;
        self
    }

    /// A failure by what a log line says.
    pub(super) fn log_fatal(finding: &Finding) -> Self {
        let mut ruling = Self::new(Outcome::Failure, Path::LogFatal, finding.summary.clone())
            .category(&finding.category)
            .vague(finding.vague);
        ruling.hint.clone_from(&finding.hint);
        ruling
    }

    pub(super) fn interrupted(signal: Interrupt, cancels: bool) -> Self {
        let code = signal.exit_code();
        let name = match signal {
            Interrupt::Int => "SIGINT",
            Interrupt::Term => "SIGTERM",
            Interrupt::Hup => "SIGHUP",
        };
        let runner = if cancels { "told to end" } else { "left as it is" };
        let summary = format!("Interrupted by {name} before there was a verdict; the runner was {runner}");
        Self {
            exit_code: code,
            ..Self::new(Outcome::Interrupted, Path::Interrupted, summary)
        }
    }

    pub(super) fn other_run(job: &CustomJobName, contradiction: &str) -> Self {
        let summary =
            format!("The runner submitted another item: {job} comes from this runner, but {contradiction}");
        Self::new(Outcome::Undetermined, Path::OtherRun, summary)
            .hint("A runner takes the head of its queue. Look for your item in the queue, or watch the runner that took it")
            .job(Some(job.clone()))
    }
}

impl LaunchState {
    /// Writes the ruling out with everything that the verdict lists.
    pub(super) fn write_verdict(&self, now: Moment, ruling: Ruling) -> Verdict {
        debug_assert!(self.verdict.is_none(), "a launch has one verdict ({now:?})");
        let execution = self.execution.as_ref().map(|facts| facts.view.name.clone());
        let custom_job = self.jobs.pinned.clone().or(ruling.custom_job);
        let job_state = custom_job.as_ref().and_then(|job| self.jobs.known.get(job));
        let goes_on = !self.cancels_after(ruling.outcome);
        let again = execution.as_ref().filter(|_| goes_on).map(Self::watch_again);
        Verdict {
            outcome: ruling.outcome,
            path: ruling.path,
            exit_code: ruling.exit_code,
            until: self.spec.until,
            confirmed: (ruling.outcome == Outcome::Success).then_some(ruling.confirmed),
            category: ruling.category,
            summary: ruling.summary,
            hint: match ruling.outcome {
                Outcome::Timeout | Outcome::Interrupted => ruling.hint.or(again),
                _ => ruling.hint,
            },
            links: self.links(custom_job.as_ref()),
            execution,
            job_state: job_state.map(|fact| fact.view.state.clone()),
            custom_job,
            submitted_by: self.submitted_by(),
            region: self.spec.target.job().scope.region.clone(),
            vertex_region: self.spec.vertex.region.clone(),
            error: ruling.error,
            evidence: self.evidence.listed(),
            evidence_total: self.evidence.total(),
        }
    }

    fn watch_again(execution: &ExecutionName) -> String {
        format!("To go on watching: liftoff watch {execution}")
    }

    /// Console links, as far as there is something to look at.
    pub(super) fn links(&self, job: Option<&CustomJobName>) -> Links {
        let links = self
            .execution
            .as_ref()
            .map(|facts| execution_links(&facts.view))
            .unwrap_or_default();
        Links {
            custom_job: job.map(job_link),
            ..links
        }
    }
}

/// Console links of an execution.
pub fn execution_links(view: &ExecutionView) -> Links {
    let scope = &view.name.job.scope;
    let execution = format!(
        "https://console.cloud.google.com/run/jobs/executions/details/{}/{}?project={}",
        scope.region,
        view.name.short(),
        scope.project
    );
    Links {
        execution: Some(execution),
        logs: view.log_uri.clone(),
        custom_job: None,
        wandb: None,
    }
}

/// The page that the SDK prints after `View Custom Job:`.
fn job_link(job: &CustomJobName) -> String {
    format!(
        "https://console.cloud.google.com/agent-platform/locations/{}/training/{}?project={}",
        job.location(),
        job.id(),
        job.project()
    )
}
