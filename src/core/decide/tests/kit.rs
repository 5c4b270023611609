//! A launch played by hand: seconds since the start go in, the verdict comes out.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::core::Moment;
use crate::core::decide::LaunchState;
use crate::core::execution::{ExecutionState, ExecutionView};
use crate::core::finding::{ContainerExit, FatalScope, Finding, Label, Phase};
use crate::core::ids::{CustomJobName, ExecutionName, LaunchId, RunJob, Scope};
use crate::core::job::{JobState, JobView};
use crate::core::signal::{Effect, Interrupt, Signal};
use crate::core::source::{Health, Source};
use crate::core::spec::LaunchSpec;
use crate::core::verdict::{ApiStatus, Outcome, Path, Verdict};

const START: &str = "2026-11-23T10:00:00Z";

pub(super) fn spec() -> LaunchSpec {
    let scope = Scope {
        project: "p".into(),
        region: "us-central1".into(),
    };
    let job = RunJob {
        scope,
        job: "train".into(),
    };
    LaunchSpec::plain(LaunchId::parse("lo-1").unwrap(), job)
}

/// One launch in play. Times are seconds since it started, on both clocks.
pub(super) struct Play {
    state: LaunchState,
    zero: Instant,
    now: f64,
    max_retries: u32,
    pub(super) effects: Vec<Effect>,
}

impl Play {
    pub(super) fn new() -> Self {
        Self::of(spec())
    }

    pub(super) fn of(spec: LaunchSpec) -> Self {
        Self::with(spec, 0, false)
    }

    pub(super) fn with(spec: LaunchSpec, max_retries: u32, watched: bool) -> Self {
        let zero = Instant::now();
        let begun = Moment {
            mono: zero,
            wall: wall(0.0),
        };
        let state = LaunchState::new(spec, Rc::new(|_| None), begun);
        let mut play = Self {
            state,
            zero,
            now: 0.0,
            max_retries,
            effects: Vec::new(),
        };
        let mut view = play.view(ExecutionState::Running);
        if watched {
            view.create_time = Some(wall(-86_400.0));
        }
        play.send(Signal::Started {
            execution: Arc::new(view),
            watched,
        });
        play
    }

    /// Moves on to this second, ticking whenever the launch asked for it.
    pub(super) fn at(&mut self, second: f64) -> &mut Self {
        while let Some(wake) = self.next_wake(second) {
            self.now = wake;
            self.send(Signal::Tick);
        }
        self.now = second;
        self
    }

    fn next_wake(&self, before: f64) -> Option<f64> {
        let mut wakes = self.effects.iter().filter_map(|effect| match effect {
            Effect::WakeAt(at) => Some((*at - self.zero).as_secs_f64()),
            _ => None,
        });
        wakes
            .next_back()
            .filter(|wake| *wake > self.now && *wake <= before)
    }

    fn send(&mut self, signal: Signal) -> &mut Self {
        let moment = Moment {
            mono: self.zero + Duration::from_secs_f64(self.now),
            wall: wall(self.now),
        };
        let effects = self.state.on(moment, signal);
        self.effects.extend(effects);
        self
    }

    /// The second of an instant.
    pub(super) fn second(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.zero).as_secs_f64()
    }

    fn view(&self, state: ExecutionState) -> ExecutionView {
        let name = "projects/p/locations/us-central1/jobs/train/executions/train-aaaaa";
        let ended = state.is_end().then(|| wall(self.now));
        ExecutionView {
            uid: "u1".into(),
            create_time: Some(wall(0.0)),
            start_time: Some(wall(0.0)),
            completion_time: ended,
            update_time: Some(wall(self.now)),
            running: 1,
            max_retries: self.max_retries,
            ..ExecutionView::bare(ExecutionName::parse(name).unwrap(), state)
        }
    }

    pub(super) fn execution(&mut self, state: ExecutionState) -> &mut Self {
        let view = self.view(state);
        self.send(Signal::Execution(Arc::new(view)))
    }

    pub(super) fn gone(&mut self) -> &mut Self {
        self.send(Signal::ExecutionGone)
    }

    pub(super) fn log(&mut self, finding: Finding) -> &mut Self {
        let finding = Finding {
            at: wall(self.now),
            ..finding
        };
        self.send(Signal::Log(vec![finding]))
    }

    pub(super) fn jobs(&mut self, jobs: &[JobView]) -> &mut Self {
        let begun = self.zero + Duration::from_secs_f64(self.now);
        self.send(Signal::Jobs(jobs.to_vec()));
        self.send(Signal::ReadDone {
            source: Source::Vertex,
            begun,
            sweep: true,
        })
    }

    pub(super) fn detail(&mut self, job: JobView) -> &mut Self {
        self.send(Signal::JobDetail(Box::new(job)))
    }

    /// A complete sweep of the log that begins now.
    pub(super) fn swept(&mut self) -> &mut Self {
        let begun = self.zero + Duration::from_secs_f64(self.now);
        self.send(Signal::ReadDone {
            source: Source::Log,
            begun,
            sweep: true,
        })
    }

    pub(super) fn lose(&mut self, source: Source) -> &mut Self {
        self.send(Signal::Health(source, Health::Lost("403".into())))
    }

    pub(super) fn answered(&mut self, source: Source) -> &mut Self {
        self.send(Signal::Health(source, Health::Answering))
    }

    pub(super) fn interrupt(&mut self) -> &mut Self {
        self.send(Signal::Interrupt(Interrupt::Int))
    }

    pub(super) fn alone(&mut self) -> &mut Self {
        self.send(Signal::Alone)
    }

    pub(super) fn verdict(&self) -> Option<&Verdict> {
        self.state.verdict()
    }

    #[track_caller]
    pub(super) fn ends(&self, outcome: Outcome, path: Path) -> &Verdict {
        let verdict = self.verdict().expect("a verdict");
        assert_eq!(
            (verdict.outcome, verdict.path),
            (outcome, path),
            "{}",
            verdict.summary
        );
        verdict
    }

    #[track_caller]
    pub(super) fn goes_on(&self) {
        assert_eq!(self.verdict().map(|verdict| &verdict.summary), None);
    }

    pub(super) fn is_finished(&self) -> bool {
        self.state.is_finished()
    }
}

pub(super) fn wall(second: f64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_secs_f64(second)
}

fn finding(label: Label) -> Finding {
    Finding {
        label,
        scope: FatalScope::Attempt,
        vague: false,
        category: "test".into(),
        summary: "a line".into(),
        hint: None,
        doc: None,
        pattern: "test".into(),
        line: "a line".into(),
        phase: None,
        weak_success: false,
        job: None,
        queue_item: None,
        exit: None,
        task: 0,
        attempt: 0,
        at: wall(0.0),
    }
}

pub(super) fn fatal(scope: FatalScope, category: &str, attempt: u32) -> Finding {
    Finding {
        scope,
        category: category.into(),
        pattern: category.into(),
        attempt,
        ..finding(Label::Fatal)
    }
}

pub(super) fn gave_up(category: &str) -> Finding {
    fatal(FatalScope::Item, category, 0)
}

pub(super) fn exited(code: i32) -> Finding {
    let exit = Some(ContainerExit::Code(code));
    Finding {
        exit,
        vague: true,
        category: "container-exit-nonzero".into(),
        ..finding(Label::Fatal)
    }
}

pub(super) fn claimed() -> Finding {
    Finding {
        phase: Some(Phase::JobReceived),
        weak_success: true,
        ..finding(Label::Progress)
    }
}

pub(super) fn received(item: &str) -> Finding {
    Finding {
        phase: Some(Phase::JobReceived),
        queue_item: Some(item.into()),
        ..finding(Label::Progress)
    }
}

pub(super) fn proof(id: u32) -> Finding {
    Finding {
        job: Some(name(id)),
        phase: Some(Phase::Submitted),
        ..finding(Label::Success)
    }
}

pub(super) fn name(id: u32) -> CustomJobName {
    CustomJobName::parse(&format!("projects/1/locations/us-central1/customJobs/{id}")).unwrap()
}

/// An unmarked job created at this second.
pub(super) fn job(id: u32, created: f64, state: JobState) -> JobView {
    JobView {
        name: name(id),
        display_name: format!("job-{id}"),
        error: (state == JobState::Failed).then(|| ApiStatus {
            code: 3,
            message: "replica exited".into(),
        }),
        state,
        create_time: wall(created),
        end_time: None,
        update_time: None,
        labels: BTreeMap::new(),
        trace_id: None,
    }
}

/// A job labelled with the execution in play.
pub(super) fn ours(id: u32, created: f64, state: JobState) -> JobView {
    labelled(job(id, created, state), "cloud-run-execution", "train-aaaaa")
}

pub(super) fn labelled(mut job: JobView, label: &str, value: &str) -> JobView {
    job.labels.insert(label.into(), value.into());
    job
}
