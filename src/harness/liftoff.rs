//! Liftoff itself on a stage: the supervisors, hubs and clients of the real command, without its reporters.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use super::stage::HarnessError;
use crate::clock::Clock;
use crate::core::batch::Limits;
use crate::core::event::EventKind;
use crate::core::ids::{LaunchId, RunJob};
use crate::core::pattern::PatternSet;
use crate::core::spec::LaunchSpec;
use crate::core::verdict::Outcome;
use crate::gcp::Gcp;
use crate::journal::Journal;
use crate::supervise::{Bus, Interrupts, LaunchEnd, Plan, Quota, World, supervise_plan};
use crate::watch::chaos::Chaos;

/// What was said of one launch.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) at: Timestamp,
    pub(super) execution: String,
    /// Path and summary.
    pub(super) words: String,
    /// From the last byte of the last answer to the verdict.
    pub(super) since_answer: Duration,
}

/// What Liftoff is given to work with.
pub(super) struct Kit {
    pub(super) gcp: Gcp,
    pub(super) patterns: Rc<PatternSet>,
    pub(super) clock: Clock,
    /// Launches start over this span.
    pub(super) starts: Duration,
}

/// When the verdict on each launch was written, by its id, and how long after the last answer. What it says is in the end of
/// the launch: the harness is not to take more memory for a launch than it must.
type Heard = Rc<RefCell<HashMap<String, (Timestamp, Duration)>>>;

/// Launches `jobs` until each has ended. Verdicts in the order of the jobs.
pub(super) async fn launch(kit: Kit, jobs: &[RunJob]) -> Result<Vec<Option<Said>>, HarnessError> {
    let heard = Heard::default();
    let bus = listen(&heard, kit.clock, kit.gcp.clone());
    let world = World {
        journal: Journal::none(),
        gcp: kit.gcp,
        patterns: kit.patterns,
        bus: Rc::new(bus),
        quota: Quota {
            logging: 60,
            vertex: 600,
            run: 600,
        },
        lines: false,
        chaos: Chaos::default(),
    };
    let launches: Result<Vec<LaunchSpec>, HarnessError> = jobs.iter().map(spec).collect();
    let plan = Plan {
        launches: launches?,
        limits: limits(jobs, kit.starts),
    };
    let nobody: Interrupts = Box::pin(futures_util::stream::pending());
    let ends = supervise_plan(Rc::new(world), plan, nobody).await.launches;
    let heard = heard.take();
    let mut said: HashMap<String, Said> = ends.into_iter().filter_map(|end| said(end, &heard)).collect();
    Ok(jobs.iter().map(|job| said.remove(&id(job))).collect())
}

/// What was said in the end, if anything was.
fn said(end: LaunchEnd, heard: &HashMap<String, (Timestamp, Duration)>) -> Option<(String, Said)> {
    let (at, since_answer) = *heard.get(&end.launch)?;
    let verdict = end.verdict?;
    let said = Said {
        outcome: verdict.outcome,
        at,
        execution: verdict.execution.map(|name| name.to_string()).unwrap_or_default(),
        words: format!("{:?}: {}", verdict.path, verdict.summary),
        since_answer,
    };
    Some((end.launch, said))
}

/// A bus on which every verdict is heard.
fn listen(heard: &Heard, clock: Clock, gcp: Gcp) -> Bus {
    let heard = Rc::clone(heard);
    Bus::new(clock, None, move |event| {
        let (EventKind::Verdict(_), Some(launch)) = (&event.kind, &event.launch) else {
            return;
        };
        let since_answer = gcp.last_answer().map(|at| at.elapsed()).unwrap_or_default();
        heard
            .borrow_mut()
            .insert(launch.clone(), (clock.now(), since_answer));
    })
}

/// Starts a minute in one scope, so that all launches start over this span.
fn limits(jobs: &[RunJob], starts: Duration) -> Limits {
    let scopes: HashSet<_> = jobs.iter().map(|job| &job.scope).collect();
    let in_each = jobs.len().div_ceil(scopes.len().max(1));
    let per_minute = in_each as f64 * 60.0 / starts.as_secs_f64().max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casting saturates"
    )]
    let starts_per_minute = (per_minute as u32).max(60);
    Limits {
        starts_per_minute,
        ..Limits::NONE
    }
}

fn id(job: &RunJob) -> String {
    format!("{}-{}", job.scope.project, job.job)
}

fn spec(job: &RunJob) -> Result<LaunchSpec, HarnessError> {
    Ok(LaunchSpec::plain(LaunchId::parse(&id(job))?, job.clone()))
}
