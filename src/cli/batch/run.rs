//! A recorded batch, to its end: what both `batch` and `resume` do.

use super::super::failure::Failure;
use super::super::journal;
use super::super::session::Session;
use super::super::signals::interrupts;
use super::super::watchdog::Watchdog;
use super::record::{Options, Recorded};
use crate::core::spec::LaunchSpec;
use crate::core::verdict::exit;
use crate::report::batch::Batch;
use crate::supervise::{Ends, LaunchEnd, Plan, supervise_plan, worst};
use crate::watch::chaos::Chaos;

/// What is to be run.
pub(in crate::cli) struct Run {
    pub(in crate::cli) id: String,
    pub(in crate::cli) options: Options,
    /// What is to be supervised.
    pub(in crate::cli) launches: Vec<LaunchSpec>,
    /// Launches of the batch that ended in an earlier process.
    pub(in crate::cli) ended: Vec<LaunchEnd>,
}

/// Supervises the batch, ends the output, and gives the exit code.
pub(in crate::cli) async fn run(mut session: Session, recorded: Recorded, run: Run) -> u8 {
    let begun = tokio::time::Instant::now();
    let shape = Batch {
        id: run.id.clone(),
        launches: run.launches.len(),
        parallel: run.options.max_parallel as usize,
    };
    session.output = session
        .output
        .for_batch(&session.settings.reporting, session.clock, shape);
    let journal = recorded.journal.clone();
    let plan = Plan {
        launches: run.launches,
        limits: run.options.limits(),
    };
    let code = match to_its_end(&session, &recorded, plan).await {
        Err(failure) => return session.output.finish_with(&failure),
        Ok((ends, requests)) => {
            let (id, over) = (run.id, is_over(&ends));
            let all: Vec<LaunchEnd> = run.ended.into_iter().chain(ends.launches).collect();
            let code = worst(all.iter().map(LaunchEnd::exit_code));
            if over {
                let _ = journal.finish_batch(&id, session.clock.now(), code).await; // a failure was said, once
            } else if journal.path().is_some() {
                session.output.aside(&how_to_go_on(ends.left_out.len(), &id));
            }
            let closing = journal::close(&journal, &session).await;
            let spent = (begun.elapsed(), session.quota());
            closing.settle(
                session
                    .output
                    .finish_batch(&all, ends.left_out.len(), requests, spent),
            )
        }
    };
    drop(recorded);
    code
}

fn how_to_go_on(left_out: usize, id: &str) -> String {
    let left = match left_out {
        0 => "Every launch was begun, not every one judged".to_owned(),
        1 => "1 launch was not begun".to_owned(),
        many => format!("{many} launches were not begun"),
    };
    format!("{left}; to go on with the batch: liftoff resume {id}")
}

/// Whether nothing of it is left to do.
fn is_over(ends: &Ends) -> bool {
    let interrupted = |end: &LaunchEnd| {
        let code = end.exit_code();
        [exit::INTERRUPT, exit::TERMINATED, exit::HANGUP].contains(&code)
    };
    ends.left_out.is_empty() && !ends.launches.iter().any(interrupted)
}

async fn to_its_end(
    session: &Session,
    recorded: &Recorded,
    plan: Plan,
) -> Result<(Ends, crate::gcp::Requests), Failure> {
    let gcp = session.client().await?;
    let world = session.world(gcp.clone(), recorded.journal.clone(), Chaos::default())?;
    // A user's own patterns are compiled by now: from here on the event loop is never busy for long.
    let _watchdog = Watchdog::start();
    let ends = supervise_plan(world, plan, interrupts()).await;
    Ok((ends, gcp.requests()))
}
