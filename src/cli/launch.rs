//! `liftoff launch` and `liftoff watch`.

use std::collections::BTreeMap;

use super::args::{LaunchArgs, WatchArgs};
use super::failure::Failure;
use super::journal::{self, Owned};
use super::output::Output;
use super::session::Session;
use super::signals::interrupts;
use super::watchdog::Watchdog;
use crate::config::{Flags, Request};
use crate::core::spec::LaunchSpec;
use crate::gcp::Requests;
use crate::journal::{ClaimError, Journal, Launch, NewLaunch};
use crate::supervise::{LaunchEnd, supervise};
use crate::watch::chaos::Chaos;

pub(super) fn launch(args: &LaunchArgs) -> u8 {
    one(&args.flags(), args.request())
}

pub(super) fn watch(args: &WatchArgs) -> u8 {
    one(&args.flags(), args.request())
}

/// One launch, to its end.
fn one(flags: &Flags, mut request: Request) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let session = match Session::open(flags) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let known = journal::recall(&session, &mut request);
        let owned = prepare(&session, flags, request, known.as_ref()).and_then(|spec| {
            let owned = own(&session, &spec, known.is_some())?;
            Ok((spec, owned))
        });
        let (spec, owned) = match owned {
            Ok(both) => both,
            Err(failure) => return session.output.finish_with(&failure),
        };
        let ended = to_its_end(&session, spec, owned.journal.clone()).await;
        let closing = owned.close(&session).await;
        closing.settle(match ended {
            Ok((ends, requests)) => session.output.finish(&ends, requests, None),
            Err(failure) => session.output.finish_with(&failure),
        })
    })
}

/// What is supervised. A launch that the journal knows goes on as it was asked for.
fn prepare(
    session: &Session,
    flags: &Flags,
    request: Request,
    known: Option<&Launch>,
) -> Result<LaunchSpec, Failure> {
    let named = journal::named(&request);
    let prepared = session.settings.prepare(request, session.seed(0));
    let mut prepared = prepared.map_err(|error| journal::suggest(session, named, error))?;
    match known {
        Some(launch) => journal::go_on(&mut prepared.spec, flags, launch),
        None => prepared
            .notes
            .iter()
            .for_each(|note| Output::note(&session.settings.reporting, note)),
    }
    Ok(prepared.spec)
}

/// Takes the launch for this process. Who only watches may do so beside its owner, who records what happens.
fn own(session: &Session, spec: &LaunchSpec, watched: bool) -> Result<Owned, Failure> {
    match Owned::take(session, journal::wanted(session), spec) {
        Err(error @ ClaimError::Owned { .. }) if watched => {
            let text = format!("{error}; watching beside it");
            Output::note(&session.settings.reporting, &text);
            Ok(Owned::nothing())
        }
        taken => Ok(taken?),
    }
}

async fn to_its_end(
    session: &Session,
    spec: LaunchSpec,
    journal: Journal,
) -> Result<(Vec<LaunchEnd>, Requests), Failure> {
    let gcp = session.client().await?;
    let world = session.world(gcp.clone(), journal.clone(), Chaos::default())?;
    // A user's own patterns are compiled by now: from here on the event loop is never busy for long.
    let _watchdog = Watchdog::start();
    let new = NewLaunch {
        spec: spec.clone(),
        labels: BTreeMap::new(),
        position: 0,
        created_at: gcp.moment().wall,
    };
    let _ = journal.create_launch(new).await; // what cannot be recorded was said, and is launched all the same
    let ends = supervise(world, vec![spec], interrupts()).await;
    Ok((ends, gcp.requests()))
}
