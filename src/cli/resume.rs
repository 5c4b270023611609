//! `liftoff resume [BATCH]`: goes on with a batch whose process ended.

use std::collections::HashMap;

use super::args::ResumeArgs;
use super::batch::{Options, Recorded, Run, run};
use super::failure::Failure;
use super::journal;
use super::session::Session;
use crate::config::{BatchSource, parse_batch_id};
use crate::core::ids::LaunchId;
use crate::core::spec::{LaunchSpec, Target};
use crate::journal::{Archive, Batch};
use crate::supervise::{Resumed, resume as what_is_left};

pub(super) fn resume(args: &ResumeArgs) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let session = match Session::open(&args.flags()) {
            Ok(session) => session,
            Err(code) => return code,
        };
        match prepare(&session, args) {
            Ok((recorded, prepared)) => run(session, recorded, prepared).await,
            Err(failure) => session.output.finish_with(&failure),
        }
    })
}

/// Takes the batch for this process, and finds out what is left of it. In this order: its owner may still be writing.
fn prepare(session: &Session, args: &ResumeArgs) -> Result<(Recorded, Run), Failure> {
    let archive = journal::archive(session)?.ok_or_else(nothing)?;
    let id = match &args.batch {
        Some(id) => id.to_string(),
        None => archive.unfinished_batch()?.ok_or_else(nothing)?,
    };
    let recorded = Recorded::take(journal::demanded(session)?, &id)?;
    let batch = known(&archive, &id)?;
    let options = options(session, &batch);
    let mut resumed = what_is_left(&batch, options.retry_failed);
    if !resumed.withheld.is_empty() {
        restore(session, args, &batch, &mut resumed)?;
    }
    let run = Run {
        id,
        options,
        launches: resumed.launches,
        ended: resumed.ended,
    };
    Ok((recorded, run))
}

fn nothing() -> Failure {
    let hint = "See what was launched: liftoff history".to_owned();
    Failure::usage("no-batch", "there is no batch to resume".to_owned(), Some(hint))
}

fn known(archive: &Archive, id: &str) -> Result<Batch, Failure> {
    archive.batch(id)?.ok_or_else(|| {
        let hint = "See what was launched: liftoff history".to_owned();
        Failure::usage("no-batch", format!("the journal knows no batch {id}"), Some(hint))
    })
}

/// As the batch was begun, except for what this command line says.
fn options(session: &Session, batch: &Batch) -> Options {
    let now = Options::of(&session.settings.batching);
    let begun = serde_json::from_value(batch.begun.options.clone()).unwrap_or(now);
    now.over(begun, &session.settings.batching)
}

/// Secrets are not recorded: launches that still have to be started, and need some, are read from the batch file again.
fn restore(
    session: &Session,
    args: &ResumeArgs,
    batch: &Batch,
    resumed: &mut Resumed,
) -> Result<(), Failure> {
    let (launch, fields) = &resumed.withheld[0];
    let needed = format!(
        "{} of launch {launch} is secret and was not recorded",
        fields.join(", ")
    );
    let source = source_again(args, batch, &needed)?;
    let id = parse_batch_id(&batch.begun.id)
        .map_err(|error| Failure::usage("batch-id", error.to_string(), None))?;
    let again = session.settings.prepare_batch(&source, &id, true)?;
    let planned = again
        .launches
        .iter()
        .map(|planned| (&planned.spec.id, &planned.spec));
    let by_id: HashMap<&LaunchId, &LaunchSpec> = planned.collect();
    for spec in &mut resumed.launches {
        if let Some(planned) = by_id.get(&spec.id) {
            give_back(spec, planned);
        }
    }
    Ok(())
}

/// The batch file as it was, of which something is needed.
fn source_again(args: &ResumeArgs, batch: &Batch, needed: &str) -> Result<BatchSource, Failure> {
    let begun = &batch.begun;
    let path = args.file.clone();
    let path = path.or_else(|| begun.source.clone().map(Into::into));
    let path = path.ok_or_else(|| {
        let hint = "Give the batch file: liftoff resume --file FILE".to_owned();
        Failure::usage("batch-file", needed.to_owned(), Some(hint))
    })?;
    let source = BatchSource::open(&path, args.format)?;
    let digest = begun.digest.as_ref();
    if digest.is_some_and(|digest| *digest != source.digest()) {
        let message = format!("{needed}, and {} has changed since", path.display());
        let hint = "Give the file as it was: liftoff resume --file FILE".to_owned();
        return Err(Failure::usage("batch-file", message, Some(hint)));
    }
    Ok(source)
}

/// Arguments and variables as the file has them.
fn give_back(spec: &mut LaunchSpec, from: &LaunchSpec) {
    if let (
        Target::Start { args, env, .. },
        Target::Start {
            args: was, env: had, ..
        },
    ) = (&mut spec.target, &from.target)
    {
        args.clone_from(was);
        env.clone_from(had);
    }
}
