//! `liftoff launch` and `liftoff watch`.

use super::args::{LaunchArgs, WatchArgs};
use super::failure::Failure;
use super::output::Output;
use super::session::Session;
use super::signals::interrupts;
use super::watchdog::Watchdog;
use crate::config::{Flags, Request};
use crate::core::spec::LaunchSpec;
use crate::gcp::Requests;
use crate::supervise::{LaunchEnd, supervise};
use crate::watch::chaos::Chaos;

pub(super) fn launch(args: &LaunchArgs) -> u8 {
    one(&args.flags(), args.request())
}

pub(super) fn watch(args: &WatchArgs) -> u8 {
    one(&args.flags(), args.request())
}

/// One launch, to its end.
fn one(flags: &Flags, request: Request) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let session = match Session::open(flags) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let prepared = session
            .settings
            .prepare(request, session.seed(0))
            .map_err(Failure::from);
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(failure) => return session.output.finish_with(&failure),
        };
        for note in &prepared.notes {
            Output::note(&session.settings.reporting, note);
        }
        match to_its_end(&session, prepared.spec).await {
            Ok((ends, requests)) => session.output.finish(&ends, requests, None),
            Err(failure) => session.output.finish_with(&failure),
        }
    })
}

async fn to_its_end(session: &Session, spec: LaunchSpec) -> Result<(Vec<LaunchEnd>, Requests), Failure> {
    let gcp = session.client().await?;
    let world = session.world(gcp.clone(), Chaos::default())?;
    // Patterns are compiled by now: from here on the event loop is never busy for long.
    let _watchdog = Watchdog::start();
    let ends = supervise(world, vec![spec], interrupts()).await;
    Ok((ends, gcp.requests()))
}
