//! Asks Cloud Run what it would say of launches, without starting any.
//!
//! Two launches of one job whose overrides have the same form get the same answer, so one of them is asked for: a sweep of
//! two thousand launches costs one request.

use std::collections::HashMap;

use tokio::time::{Instant, sleep_until};

use super::start::{denies_overrides, needs_overrides, overrides};
use crate::core::ids::RunJob;
use crate::core::policy::Budget;
use crate::core::spec::{LaunchSpec, Target};
use crate::gcp::{ApiError, ErrorKind, Gcp, Overrides};

/// Requests that may leave at once.
const BURST: f64 = 10.0;

/// How often a request is repeated that a quota or the network refused.
const REPEATS: u32 = 4;

/// What Cloud Run says of launches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// How many requests were needed, each for launches of one form.
    pub forms: usize,
    /// What it refuses.
    pub refused: Vec<Refused>,
    /// Launches that could only start without their id, because the permission for overrides is missing.
    pub bare: usize,
}

/// Launches that Cloud Run refuses alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Their places among the launches that were asked about.
    pub launches: Vec<usize>,
    /// Why.
    pub error: ApiError,
}

/// Asks about these launches, at most `per_minute` requests a minute. An error is one that would meet every launch: no
/// credentials, no answer.
pub async fn validate(gcp: &Gcp, specs: &[LaunchSpec], per_minute: f64) -> Result<Validation, ApiError> {
    let mut validation = Validation::default();
    let mut budget = Budget::new(per_minute, BURST, gcp.moment().mono);
    for launches in forms(specs) {
        validation.forms += 1;
        let spec = &specs[launches[0]];
        match ask(gcp, spec, &mut budget).await {
            Ok(Accepted::Whole) => {}
            Ok(Accepted::Bare) => validation.bare += launches.len(),
            Err(error) if error.refusal().is_some() && error.kind() != ErrorKind::Auth => {
                validation.refused.push(Refused { launches, error });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(validation)
}

enum Accepted {
    Whole,
    /// Without overrides, which nothing of the launch needs.
    Bare,
}

async fn ask(gcp: &Gcp, spec: &LaunchSpec, budget: &mut Budget) -> Result<Accepted, ApiError> {
    let Target::Start { job, args, env, .. } = &spec.target else {
        return Ok(Accepted::Whole); // it runs already
    };
    let whole = overrides(&spec.id, args.as_ref(), env);
    match patiently(gcp, job, &whole, budget).await {
        Ok(()) => Ok(Accepted::Whole),
        Err(error) if denies_overrides(&error) && !needs_overrides(spec) => {
            patiently(gcp, job, &Overrides::default(), budget).await?;
            Ok(Accepted::Bare)
        }
        Err(error) => Err(error),
    }
}

/// One question, repeated where that can help.
async fn patiently(
    gcp: &Gcp,
    job: &RunJob,
    overrides: &Overrides,
    budget: &mut Budget,
) -> Result<(), ApiError> {
    let mut repeats = 0;
    loop {
        sleep_until(budget.ready_at(Instant::now())).await;
        budget.spend(Instant::now());
        match gcp.validate_run(job, overrides).await {
            Err(error) if error.is_retryable() && repeats < REPEATS => {
                repeats += 1;
                budget.refuse(Instant::now(), error.retry_after());
            }
            answer => return answer,
        }
    }
}

/// Launches by their job and the form of their overrides, both in the order of the launches.
fn forms(specs: &[LaunchSpec]) -> Vec<Vec<usize>> {
    let mut known: HashMap<Form<'_>, usize> = HashMap::new();
    let mut forms: Vec<Vec<usize>> = Vec::new();
    for (at, spec) in specs.iter().enumerate() {
        let place = *known.entry(Form::of(spec)).or_insert(forms.len());
        match forms.get_mut(place) {
            Some(form) => form.push(at),
            None => forms.push(vec![at]),
        }
    }
    forms
}

/// What Cloud Run's answer depends on.
#[derive(PartialEq, Eq, Hash)]
struct Form<'s> {
    job: &'s RunJob,
    /// Whether there are arguments of its own, and whether they are none.
    args: Option<bool>,
    /// The names of its variables.
    env: Vec<&'s str>,
}

impl<'s> Form<'s> {
    fn of(spec: &'s LaunchSpec) -> Self {
        let (args, env) = match &spec.target {
            Target::Start { args, env, .. } => (args.as_ref(), env.as_slice()),
            Target::Attach(_) | Target::Find(_) => (None, &[][..]),
        };
        let mut env: Vec<&str> = env.iter().map(|(name, _)| name.as_str()).collect();
        env.sort_unstable();
        Self {
            job: spec.target.job(),
            args: args.map(Vec::is_empty),
            env,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::{LaunchId, Scope};

    fn spec(job: &str, args: Option<&[&str]>, env: &[(&str, &str)]) -> LaunchSpec {
        let scope = Scope {
            project: "p".to_owned(),
            region: "us-central1".to_owned(),
        };
        let job = RunJob {
            scope,
            job: job.to_owned(),
        };
        let target = Target::Start {
            job: job.clone(),
            args: args.map(|args| args.iter().map(ToString::to_string).collect()),
            env: env
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            id_given: false,
        };
        LaunchSpec {
            in_batch: true,
            timeout: None,
            target,
            ..LaunchSpec::plain(LaunchId::parse("lo-1").unwrap(), job)
        }
    }

    #[test]
    fn launches_that_differ_in_values_alone_have_one_form() {
        let specs = [
            spec("a", Some(&["--lr", "1"]), &[("A", "1"), ("B", "1")]),
            spec("a", Some(&["--lr", "2", "--more"]), &[("B", "2"), ("A", "2")]),
            spec("b", Some(&["--lr", "1"]), &[("A", "1"), ("B", "1")]),
            spec("a", None, &[("A", "1"), ("B", "1")]),
            spec("a", Some(&[]), &[("A", "1"), ("B", "1")]),
            spec("a", Some(&["x"]), &[("A", "1")]),
            spec("b", Some(&["y"]), &[("A", ""), ("B", "")]),
        ];
        let wanted: [&[usize]; 5] = [&[0, 1], &[2, 6], &[3], &[4], &[5]];
        assert_eq!(forms(&specs), wanted);
    }
}
