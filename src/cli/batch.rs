//! `liftoff batch FILE`: reads the file, asks once, launches and supervises everything in it.

mod confirm;
mod dry_run;
mod record;
mod run;

use super::args::BatchArgs;
use super::failure::Failure;
use super::output::Output;
use super::session::Session;
use crate::config::{BatchSource, PreparedBatch, batch_id};

use record::record;
pub(super) use record::{Options, Recorded};
pub(super) use run::{Run, run};

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
        let options = Options::of(&session.settings.batching);
        match record(&session, &batch, &args.file, options).await {
            Err(failure) => session.output.finish_with(&failure),
            Ok(recorded) => {
                let launches = batch.launches.into_iter().map(|launch| launch.spec).collect();
                let id = batch.id.to_string();
                let ended = Vec::new();
                run(
                    session,
                    recorded,
                    Run {
                        id,
                        options,
                        launches,
                        ended,
                    },
                )
                .await
            }
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
