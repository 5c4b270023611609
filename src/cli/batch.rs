//! `liftoff batch FILE`: reads the file, asks once, launches and supervises everything in it.

mod confirm;
mod dry_run;

use super::args::BatchArgs;
use super::failure::Failure;
use super::output::Output;
use super::session::Session;
use super::signals::interrupts;
use super::watchdog::Watchdog;
use crate::config::{BatchSource, Batching, PreparedBatch, batch_id};
use crate::core::batch::Limits;
use crate::gcp::Requests;
use crate::journal::Journal;
use crate::report::batch::Batch;
use crate::supervise::{LaunchEnd, Plan, supervise_plan};
use crate::watch::chaos::Chaos;

/// Cloud Run publishes no default of its write quota in a project and region; 180 a minute are assumed, and others need some.
const STARTS_PER_MINUTE: u32 = 144;

pub(super) fn batch(args: &BatchArgs) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let mut session = match Session::open(&args.flags()) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let batch = match prepared(&session, args) {
            Ok(batch) => batch,
            Err(failure) => return session.output.finish_with(&failure),
        };
        for note in &batch.notes {
            Output::note(&session.settings.reporting, note);
        }
        if args.dry_run {
            session.output = session.output.for_dry_run(session.clock, &batch.id);
            return dry_run::show(session, batch).await;
        }
        if let Err(failure) = confirm::confirm(&batch, args) {
            return session.output.finish_with(&failure);
        }
        let shape = Batch {
            id: batch.id.to_string(),
            launches: batch.launches.len(),
            parallel: session.settings.batching.max_parallel.value as usize,
        };
        session.output = session
            .output
            .for_batch(&session.settings.reporting, session.clock, shape);
        match to_its_end(&session, batch).await {
            Ok((ends, requests)) => session.output.finish(&ends, requests, None),
            Err(failure) => session.output.finish_with(&failure),
        }
    })
}

fn prepared(session: &Session, args: &BatchArgs) -> Result<PreparedBatch, Failure> {
    let source = BatchSource::open(&args.file, args.format)?;
    let id = match &args.batch_id {
        Some(id) => id.clone(),
        None => batch_id(session.seed(0))?,
    };
    Ok(session
        .settings
        .prepare_batch(&source, &id, args.batch_id.is_some())?)
}

async fn to_its_end(session: &Session, batch: PreparedBatch) -> Result<(Vec<LaunchEnd>, Requests), Failure> {
    let gcp = session.client().await?;
    let world = session.world(gcp.clone(), Journal::none(), Chaos::default())?;
    // Patterns are compiled by now: from here on the event loop is never busy for long.
    let _watchdog = Watchdog::start();
    let plan = Plan {
        launches: batch.launches.into_iter().map(|launch| launch.spec).collect(),
        limits: limits(&session.settings.batching),
    };
    let ends = supervise_plan(world, plan, interrupts()).await;
    Ok((ends.launches, gcp.requests()))
}

fn limits(batching: &Batching) -> Limits {
    Limits {
        max_parallel: batching.max_parallel.value as usize,
        fail_fast: batching.fail_fast.value,
        retries: batching.retry_failed.value,
        starts_per_minute: STARTS_PER_MINUTE,
    }
}
