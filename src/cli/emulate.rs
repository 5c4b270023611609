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
use crate::config::QuotaFlag;
use crate::core::verdict::exit;
use crate::emulator::{Emulator, EmulatorConfig, Exec, Quotas, Scenario};

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
        quotas: quotas(args.reading.quota.unwrap_or_default()),
        lag: args.lag,
        extra_faults: args.faults.clone(),
        accelerators: args.accelerators.clone(),
        allow_anonymous: args.allow_anonymous,
        exec: args.exec.clone().map(Exec::new),
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

/// Google's quotas, but those that were said.
fn quotas(said: QuotaFlag) -> Quotas {
    let real = Quotas::real();
    Quotas {
        logging_read_per_minute: said.logging.unwrap_or(real.logging_read_per_minute),
        vertex_per_minute: said.vertex.unwrap_or(real.vertex_per_minute),
        run_read_per_minute: said.run.unwrap_or(real.run_read_per_minute),
        ..real
    }
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
    let token = emulator.static_token();
    let key = args.write_credentials.as_ref().map_or_else(
        || "# --write-credentials FILE writes a key for Google's client libraries\n".to_owned(),
        |path| format!("export GOOGLE_APPLICATION_CREDENTIALS={}\n", path.display()),
    );
    let job = if args.scenario.is_some() || args.exec.is_some() {
        "train"
    } else {
        "job-pending"
    };
    let train = match &args.exec {
        Some(command) => format!("Job train, and every job that is created, runs: {command}\n"),
        None => String::new(),
    };
    format!(
        "The built-in cloud listens on {endpoint} until it is interrupted.\n\n\
         # liftoff and gcloud\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN={endpoint}/\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING={endpoint}/\n\
         export CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM={endpoint}/\n\
         export CLOUDSDK_AUTH_ACCESS_TOKEN={token}\n\
         export CLOUDSDK_CORE_PROJECT={PROJECT}\n\
         {key}\
         liftoff launch {job} --region us-central1\n\n\
         # Python\n\
         aiplatform.init(project=\"{PROJECT}\", location=\"us-central1\", api_transport=\"rest\", api_endpoint=\"{endpoint}\")\n\
         run_v2.JobsClient(transport=\"rest\", client_options={{\"api_endpoint\": \"{endpoint}\"}})\n\n\
         {train}\
         Every scenario of `liftoff rehearse --list` is also a Cloud Run job of its own name.\n\
         What it has received and what it holds: {endpoint}/emulator/\n"
    )
}
