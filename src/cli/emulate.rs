//! `liftoff emulate`: the built-in cloud, for other tools.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use futures_util::StreamExt as _;

use super::args::EmulateArgs;
use super::failure::Failure;
use super::rehearse::unknown;
use super::session::Session;
use super::signals::interrupts;
use crate::clock::Clock;
use crate::core::verdict::exit;
use crate::emulator::{Emulator, EmulatorConfig, Scenario};

/// The project that the written credentials name; any other is accepted.
const PROJECT: &str = "emulated";

pub(super) fn emulate(args: &EmulateArgs) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let session = match Session::open(&args.flags()) {
            Ok(session) => session,
            Err(code) => return code,
        };
        match serve(&session, args).await {
            Ok(()) => exit::SUCCESS,
            Err(failure) => session.output.finish_with(&failure),
        }
    })
}

async fn serve(session: &Session, args: &EmulateArgs) -> Result<(), Failure> {
    let mut jobs = Vec::new();
    if let Some(name) = &args.scenario {
        let scenario = Scenario::builtin(name).ok_or_else(|| unknown(name))?;
        jobs.push(("train".to_owned(), scenario));
    }
    let config = EmulatorConfig {
        port: args.port,
        epoch: Clock::now(&session.clock),
        rtt: args.rtt,
        jobs,
        speed: args.speed,
        ..EmulatorConfig::default()
    };
    let emulator = Emulator::start(config).await?;
    if let Some(path) = &args.write_credentials {
        write_key(path, &emulator.credentials_json(PROJECT))?;
    }
    let _ = io::stdout().write_all(instructions(&emulator, args).as_bytes());
    interrupts().next().await;
    emulator.stop().await;
    Ok(())
}

fn write_key(path: &Path, text: &str) -> Result<(), Failure> {
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path);
    written
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| {
            let message = format!(
                "--write-credentials {} cannot be written: {error}",
                path.display()
            );
            Failure::usage("unwritable-file", message, None)
        })
}

fn instructions(emulator: &Emulator, args: &EmulateArgs) -> String {
    let endpoint = emulator.endpoint();
    let credentials = args.write_credentials.as_ref().map_or_else(
        || format!("export CLOUDSDK_AUTH_ACCESS_TOKEN={}", emulator.static_token()),
        |path| format!("export GOOGLE_APPLICATION_CREDENTIALS={}", path.display()),
    );
    let job = if args.scenario.is_some() {
        "train"
    } else {
        "job-pending"
    };
    format!(
        "The built-in cloud listens on {endpoint} until it is interrupted. For liftoff, gcloud and Google's clients:\n\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN={endpoint}/\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING={endpoint}/\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM={endpoint}/\n\
         {credentials}\n\
         liftoff launch {job} --project {PROJECT} --region us-central1\n\n\
         Every scenario of `liftoff rehearse --list` is also a Cloud Run job of its own name.\n\
         What it has received: {endpoint}/emulator/state\n"
    )
}
