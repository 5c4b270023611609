//! `liftoff batch --dry-run`: what would be launched, and what Cloud Run says of it.

use serde_json::{Map, json};
use tokio::time::Instant;

use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::config::{Planned, PreparedBatch};
use crate::core::event::{self, EventKind};
use crate::core::spec::Target;
use crate::core::text::{REDACTED, is_told_secret, redact, tells_of_secret};
use crate::core::verdict::ErrorDetail;
use crate::supervise::{Refused, Validation, Who, validate, worst};

/// Shows the batch and ends the process's output; gives the exit code.
pub(in crate::cli) async fn show(session: Session, batch: PreparedBatch) -> u8 {
    match asked(&session, &batch).await {
        Ok(validation) => {
            tell(&session, &batch, &validation);
            let counts = counts(&batch, &validation);
            let failure = refusal(&batch, &validation.refused);
            session.output.finish_dry(failure.as_ref(), counts)
        }
        Err(failure) => {
            tell(&session, &batch, &Validation::default());
            session.output.finish_with(&failure)
        }
    }
}

async fn asked(session: &Session, batch: &PreparedBatch) -> Result<Validation, Failure> {
    let gcp = session.client().await?;
    let specs: Vec<_> = batch.launches.iter().map(|launch| launch.spec.clone()).collect();
    let per_minute = session.quota().run_share().together;
    Ok(validate(&gcp, &specs, per_minute).await?)
}

/// A row for each launch.
fn tell(session: &Session, batch: &PreparedBatch, validation: &Validation) {
    let mut refused = vec![None; batch.launches.len()];
    for Refused { launches, error } in &validation.refused {
        for at in launches {
            refused[*at] = Some(error.summary());
        }
    }
    for (launch, refused) in batch.launches.iter().zip(refused) {
        let who = Who {
            launch: launch.spec.id.clone(),
            name: launch.spec.name.clone(),
            begun: Instant::now(),
            attempt: None,
        };
        let planned = EventKind::LaunchPlanned(Box::new(planned(launch, refused)));
        session.output.bus.emit(Some(&who), planned);
    }
}

fn planned(launch: &Planned, refused: Option<String>) -> event::Planned {
    let spec = &launch.spec;
    let job = spec.target.job();
    let (args, env) = match &spec.target {
        Target::Start { args, env, .. } => (args.as_deref(), env.as_slice()),
        Target::Attach(_) | Target::Find(_) => (None, &[][..]),
    };
    event::Planned {
        line: launch.line,
        job: job.to_string(),
        region: job.scope.region.clone(),
        vertex_project: spec.vertex.project.clone(),
        vertex_region: spec.vertex.region.clone(),
        until: spec.until,
        timeout_s: spec.timeout.map(|limit| limit.as_secs()),
        args: args.map(shown_args),
        env: env
            .iter()
            .map(|(name, value)| shown_variable(name, value))
            .collect(),
        labels: launch.labels.clone(),
        queue_item: spec.identity.queue_item.clone(),
        run_id: spec.identity.run_id.clone(),
        run_name: spec.identity.run_name.clone(),
        refused,
    }
}

/// Arguments without their secrets; the name of one may stand before it, so they are looked at together.
fn shown_args(args: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = args.iter().map(|arg| redact(arg).into_owned()).collect();
    for at in 1..args.len() {
        if is_told_secret(&args[at - 1], &args[at]) {
            REDACTED.clone_into(&mut shown[at]);
        }
    }
    shown
}

fn shown_variable(name: &str, value: &str) -> String {
    if tells_of_secret(name) && !value.is_empty() {
        return format!("{name}={REDACTED}");
    }
    redact(&format!("{name}={value}")).into_owned()
}

/// The failure that refused launches are together.
fn refusal(batch: &PreparedBatch, refused: &[Refused]) -> Option<Failure> {
    let first = refused.first()?;
    let count: usize = refused.iter().map(|refused| refused.launches.len()).sum();
    let failures: Vec<Failure> = refused
        .iter()
        .map(|refused| Failure::from(refused.error.clone()))
        .collect();
    let message = format!(
        "Cloud Run would refuse {count} of {} launches",
        batch.launches.len()
    );
    let mut failure = Failure::usage("would-be-refused", message, first.error.hint());
    failure.exit_code = worst(failures.iter().map(|failure| failure.exit_code));
    failure.error.details = refused
        .iter()
        .map(|refused| {
            let launch = &batch.launches[refused.launches[0]];
            let name = launch.spec.name.as_deref().unwrap_or(launch.spec.id.as_str());
            let others = match refused.launches.len() - 1 {
                0 => String::new(),
                others => format!(" and {others} more like it"),
            };
            ErrorDetail {
                file: Some(batch.file.clone()),
                line: Some(launch.line),
                field: None,
                message: format!("{name}{others}: {}", refused.error.summary()),
            }
        })
        .collect();
    Some(failure)
}

fn counts(batch: &PreparedBatch, validation: &Validation) -> Map<String, serde_json::Value> {
    let refused: usize = validation
        .refused
        .iter()
        .map(|refused| refused.launches.len())
        .sum();
    let counts = [
        ("launches", batch.launches.len()),
        ("validated", validation.forms),
        ("refused", refused),
        ("bare", validation.bare),
    ];
    counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_may_be_secret_are_hidden_and_the_others_are_not() {
        for (name, value, wanted) in [
            ("SEED", "3", "SEED=3"),
            ("WANDB_API_KEY", "hunter2", "WANDB_API_KEY=[redacted]"),
            ("DB_PASS", "hunter2", "DB_PASS=[redacted]"),
            ("session-key", "x", "session-key=[redacted]"),
            ("EMPTY_TOKEN", "", "EMPTY_TOKEN="),
            ("URL", "https://u:hunter2@h/", "URL=https://u:[redacted]@h/"),
            ("TOKENIZER", "bpe", "TOKENIZER=bpe"),
        ] {
            assert_eq!(shown_variable(name, value), wanted);
        }
    }

    #[test]
    fn an_argument_behind_a_telling_flag_is_hidden() {
        let args = [
            "--lr",
            "1e-4",
            "--api-key",
            "hunter2",
            "--token=hunter2",
            "--epochs",
            "3",
        ];
        let shown = shown_args(&args.map(str::to_owned));
        assert_eq!(
            shown,
            [
                "--lr",
                "1e-4",
                "--api-key",
                "[redacted]",
                "--token=[redacted]",
                "--epochs",
                "3"
            ]
        );
    }
}
