//! `liftoff cancel`: the execution and its proven jobs, never an unproven one.

use std::io::{self, Write as _};

use super::args::CancelArgs;
use super::failure::Failure;
use super::journal;
use super::session::Session;
use crate::config::Prepared;
use crate::core::ids::{CustomJobName, ExecutionName, RunJob};
use crate::core::spec::{LaunchSpec, Target};
use crate::core::verdict::exit;
use crate::gcp::{ErrorKind, Gcp};

/// Marks that prove a job to be an execution's. What only the log could prove is left alone here.
const FIELDS: &str = "name,displayName,state,createTime,labels";

pub(super) fn cancel(args: &CancelArgs) -> u8 {
    let system = actix::System::new();
    system.block_on(async {
        let session = match Session::open(&args.flags()) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let mut request = args.request();
        let known = journal::recall(&session, &mut request);
        let named = journal::named(&request);
        let done = match session.settings.prepare(request, session.seed(0)) {
            Ok(Prepared { mut spec, .. }) => {
                if let Some(launch) = &known {
                    journal::go_on(&mut spec, &args.flags(), launch);
                }
                perform(&session, spec).await
            }
            Err(error) => Err(journal::suggest(&session, named, error)),
        };
        match done {
            Ok(()) => exit::SUCCESS,
            Err(failure) => session.output.finish_with(&failure),
        }
    })
}

async fn perform(session: &Session, spec: LaunchSpec) -> Result<(), Failure> {
    let gcp = session.client().await?;
    let (execution, launch_id) = execution(&gcp, &spec).await?;
    let mut said = Vec::new();
    match gcp.cancel_execution(&execution).await {
        Ok(_) => said.push(format!("asked to cancel {execution}")),
        // One that has ended is refused with FAILED_PRECONDITION: there is nothing left to cancel.
        Err(error) if error.status() == Some(400) => said.push(format!("{execution} had ended already")),
        Err(error) => return Err(error.into()),
    }
    for job in proven(&gcp, &spec, &execution, launch_id.as_deref()).await? {
        gcp.cancel_custom_job(&job).await?;
        said.push(format!("asked to cancel {job}"));
    }
    let mut out = io::stdout().lock();
    for line in said {
        let _ = writeln!(out, "{line}");
    }
    drop(out);
    Ok(())
}

async fn execution(gcp: &Gcp, spec: &LaunchSpec) -> Result<(ExecutionName, Option<String>), Failure> {
    match &spec.target {
        Target::Attach(name) => {
            let view = gcp.get_execution(name).await?;
            Ok((view.name, view.launch_id))
        }
        Target::Find(job) | Target::Start { job, .. } => find(gcp, job, spec.runner_id().as_str()).await,
    }
}

async fn find(gcp: &Gcp, job: &RunJob, id: &str) -> Result<(ExecutionName, Option<String>), Failure> {
    let list = gcp
        .list_executions(job, |view| view.launch_id.as_deref() == Some(id))
        .await?;
    let ours = list
        .executions
        .into_iter()
        .find(|view| view.launch_id.as_deref() == Some(id));
    ours.map(|view| (view.name, view.launch_id)).ok_or_else(|| {
        let message = format!("no execution of {job} carries the launch id {id}");
        Failure::usage(
            "no-such-launch",
            message,
            Some("Check the id, --job-name, --project and --region".to_owned()),
        )
    })
}

/// The jobs that are marked as this execution's and have not ended.
async fn proven(
    gcp: &Gcp,
    spec: &LaunchSpec,
    execution: &ExecutionName,
    launch_id: Option<&str>,
) -> Result<Vec<CustomJobName>, Failure> {
    let mut found = Vec::new();
    let marks = [
        ("cloud-run-execution", Some(execution.short())),
        ("liftoff-launch", launch_id),
    ];
    for (label, value) in marks {
        let Some(value) = value else { continue };
        let filter = format!("labels.{label}=\"{value}\"");
        let page = gcp.custom_jobs_page(&spec.vertex, &filter, None, FIELDS, &|_| false);
        match page.await {
            Ok(page) => found.extend(
                page.into_items()
                    .filter(|job| !job.state.is_end())
                    .map(|job| job.name),
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    found.dedup();
    Ok(found)
}
