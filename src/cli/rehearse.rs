//! `liftoff rehearse`: the same launch against the built-in cloud.
//!
//! Emulator and supervisors share one thread and one clock. The clock is paused and moved on in small steps of real time,
//! so that `--speed` scales everything alike: the scenario, the polls and the deadlines.

use std::io::{self, Write as _};
use std::rc::Rc;
use std::time::Duration;

use super::args::RehearseArgs;
use super::failure::Failure;
use super::session::{Session, USER_AGENT};
use super::signals::interrupts;
use crate::clock::Clock;
use crate::core::ids::{RunJob, Scope};
use crate::core::spec::{LaunchSpec, Left, Target};
use crate::core::verdict::{Outcome, exit};
use crate::emulator::{Emulator, EmulatorConfig, Scenario};
use crate::gcp::auth::StaticToken;
use crate::gcp::{Endpoints, Gcp, GcpConfig, Http, Requests};
use crate::journal::Journal;
use crate::supervise::{LaunchEnd, supervise, worst};

/// One step of the clock, in real time.
const STEP: Duration = Duration::from_millis(4);
/// What the tour plays, and how each is meant to end.
const TOUR: [(&str, Outcome); 2] = [
    ("tour-success", Outcome::Success),
    ("tour-failure", Outcome::Failure),
];

pub(super) fn rehearse(args: &RehearseArgs) -> u8 {
    if args.list {
        return list();
    }
    let system = actix::System::with_tokio_rt(paused_runtime);
    system.block_on(async {
        let session = match Session::open(&args.flags()) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let pace = actix_rt::spawn(pace(args.speed));
        let played = play(&session, args).await;
        pace.abort();
        match played {
            Ok((ends, requests, code)) => session.output.finish(&ends, requests, code),
            Err(failure) => session.output.finish_with(&failure),
        }
    })
}

#[expect(
    clippy::expect_used,
    reason = "without a runtime there is nothing to report to"
)]
fn paused_runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

/// Moves the clock on. While the blocking sleep is in flight the paused clock does not jump by itself.
#[expect(
    clippy::disallowed_methods,
    reason = "real time is what the clock is paced by; it passes on a thread of its own"
)]
async fn pace(speed: f64) {
    loop {
        let _ = tokio::task::spawn_blocking(|| std::thread::sleep(STEP)).await;
        tokio::time::advance(STEP.mul_f64(speed)).await;
    }
}

type Played = (Vec<LaunchEnd>, Requests, Option<u8>);

async fn play(session: &Session, args: &RehearseArgs) -> Result<Played, Failure> {
    let Some(name) = &args.scenario else {
        return tour(session, args).await;
    };
    let scenario = Scenario::builtin(name).ok_or_else(|| unknown(name))?;
    let (end, requests) = scene(session, args, scenario, 0).await?;
    Ok((end, requests, None))
}

/// Both ways a launch can end. The tour itself ends well if each ended as it should.
async fn tour(session: &Session, args: &RehearseArgs) -> Result<Played, Failure> {
    let (mut ends, mut sum, mut as_meant) = (Vec::new(), Requests::default(), true);
    for (nth, (name, meant)) in (0..).zip(TOUR) {
        let scenario = Scenario::builtin(name).ok_or_else(|| unknown(name))?;
        let (end, requests) = scene(session, args, scenario, nth).await?;
        as_meant &= end.iter().any(|end| {
            end.verdict
                .as_ref()
                .is_some_and(|verdict| verdict.outcome == meant)
        });
        ends.extend(end);
        sum.run += requests.run;
        sum.logging += requests.logging;
        sum.vertex += requests.vertex;
        if ends.iter().any(|end| end.exit_code() > 100) {
            break; // interrupted
        }
    }
    let code = if as_meant {
        exit::SUCCESS
    } else {
        worst(ends.iter().map(LaunchEnd::exit_code)).max(exit::FAILED)
    };
    Ok((ends, sum, Some(code)))
}

async fn scene(
    session: &Session,
    args: &RehearseArgs,
    scenario: Scenario,
    nth: u64,
) -> Result<(Vec<LaunchEnd>, Requests), Failure> {
    let clock = Clock::at(session.clock.now());
    let emulator = Emulator::start(EmulatorConfig {
        epoch: clock.now(),
        ..EmulatorConfig::default()
    })
    .await?;
    let gcp = Gcp::new(GcpConfig {
        http: Http::new(USER_AGENT)?,
        endpoints: Endpoints::all_at(&emulator.endpoint())?,
        token: Rc::new(StaticToken::new(&emulator.static_token())),
        quota_project: None,
        clock,
    });
    let world = session.world(
        gcp.clone(),
        Journal::none(),
        args.chaos.clone().unwrap_or_default(),
    )?;
    let spec = spec(session, args, scenario.name(), nth)?;
    let ends = supervise(world, vec![spec], interrupts()).await;
    emulator.stop().await;
    Ok((ends, gcp.requests()))
}

fn spec(session: &Session, args: &RehearseArgs, job: &str, nth: u64) -> Result<LaunchSpec, Failure> {
    let scope = Scope {
        project: "rehearsal".to_owned(),
        region: "us-central1".to_owned(),
    };
    let judging = &session.settings.judging;
    Ok(LaunchSpec {
        id: crate::config::launch_id(session.seed(nth))?,
        name: None,
        attempt: 1,
        in_batch: false,
        target: Target::Start {
            job: RunJob {
                scope: scope.clone(),
                job: job.to_owned(),
            },
            args: None,
            env: Vec::new(),
            id_given: false,
        },
        left: Left::Nothing,
        vertex: scope,
        until: judging.until.value,
        timeout: judging.deadline(),
        identity: args.identity.identity(None),
        attribution: judging.attribution.value,
        accept_unconfirmed: judging.accept_unconfirmed.value,
        on_failure: judging.on_failure.value,
        on_timeout: judging.on_timeout.value,
        on_interrupt: judging.on_interrupt.value,
        detach: false,
    })
}

pub(super) fn unknown(name: &str) -> Failure {
    let message = format!("there is no scenario `{name}`");
    Failure::usage(
        "unknown-scenario",
        message,
        Some("liftoff rehearse --list names them all".to_owned()),
    )
}

fn list() -> u8 {
    let mut out = io::stdout().lock();
    for (name, summary) in Scenario::builtins() {
        if writeln!(out, "{name:<20} {summary}").is_err() {
            break; // a closed pipe: whoever reads has enough
        }
    }
    exit::SUCCESS
}
