//! Liftoff itself on a stage: the supervisors, hubs and clients of the real command, without its reporters.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;

use super::stage::{HarnessError, run_job};
use crate::clock::Clock;
use crate::core::batch::Limits;
use crate::core::event::EventKind;
use crate::core::ids::LaunchId;
use crate::core::pattern::PatternSet;
use crate::core::spec::LaunchSpec;
use crate::core::verdict::Outcome;
use crate::gcp::Gcp;
use crate::journal::Journal;
use crate::supervise::{Bus, Interrupts, Plan, Quota, World, supervise_plan};
use crate::watch::chaos::Chaos;

/// What was said of one launch.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) at: Timestamp,
    pub(super) execution: String,
    /// Path and summary.
    pub(super) words: String,
}

/// What Liftoff is given to work with.
pub(super) struct Kit {
    pub(super) gcp: Gcp,
    pub(super) patterns: Rc<PatternSet>,
    pub(super) clock: Clock,
    /// Launches start over this span.
    pub(super) starts: Duration,
}

/// Launches `jobs` in `project` until each has ended. Verdicts in the order of the jobs.
pub(super) async fn launch(
    kit: Kit,
    project: &str,
    jobs: &[String],
) -> Result<Vec<Option<Said>>, HarnessError> {
    let verdicts = Rc::new(RefCell::new(HashMap::new()));
    let (seen, clock) = (Rc::clone(&verdicts), kit.clock);
    let bus = Bus::new(clock, None, move |event| {
        if let (EventKind::Verdict(verdict), Some(launch)) = (&event.kind, &event.launch) {
            let said = Said {
                outcome: verdict.outcome,
                at: clock.now(),
                execution: verdict
                    .execution
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                words: format!("{:?}: {}", verdict.path, verdict.summary),
            };
            seen.borrow_mut().insert(launch.clone(), said);
        }
    });
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
    let specs: Result<Vec<LaunchSpec>, HarnessError> = jobs.iter().map(|job| spec(project, job)).collect();
    let per_minute = jobs.len() as f64 * 60.0 / kit.starts.as_secs_f64().max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casting saturates"
    )]
    let limits = Limits {
        starts_per_minute: (per_minute as u32).max(60),
        ..Limits::NONE
    };
    let plan = Plan {
        launches: specs?,
        limits,
    };
    let nobody: Interrupts = Box::pin(futures_util::stream::pending());
    supervise_plan(Rc::new(world), plan, nobody).await;
    let mut verdicts = verdicts.take();
    Ok(jobs
        .iter()
        .map(|job| verdicts.remove(&id(project, job)))
        .collect())
}

fn id(project: &str, job: &str) -> String {
    format!("{project}-{job}")
}

fn spec(project: &str, job: &str) -> Result<LaunchSpec, HarnessError> {
    Ok(LaunchSpec::plain(
        LaunchId::parse(&id(project, job))?,
        run_job(project, job),
    ))
}
