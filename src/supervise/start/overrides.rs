//! What a start sends beside the job's name.

use crate::core::ids::LaunchId;
use crate::core::spec::{LaunchSpec, Target};
use crate::gcp::{ApiError, Overrides};

/// The variable by which an execution is recognised.
const LAUNCH_ID: &str = "LIFTOFF_LAUNCH_ID";

/// What a launch's execution gets: what was asked for, and the launch's id.
pub(in crate::supervise) fn overrides(
    id: &LaunchId,
    args: Option<&Vec<String>>,
    env: &[(String, String)],
) -> Overrides {
    let own = std::iter::once((LAUNCH_ID.to_owned(), id.to_string()));
    Overrides {
        args: args.cloned(),
        env: env.iter().cloned().chain(own).collect(),
    }
}

/// Whether a launch cannot go without overrides: the user gave arguments, variables or the id.
pub(in crate::supervise) fn needs_overrides(spec: &LaunchSpec) -> bool {
    match &spec.target {
        Target::Start {
            args, env, id_given, ..
        } => args.is_some() || !env.is_empty() || *id_given,
        Target::Attach(_) | Target::Find(_) => false,
    }
}

/// Whether a refusal says that the permission for overrides is missing.
pub(in crate::supervise) fn denies_overrides(error: &ApiError) -> bool {
    let Some(refusal) = error.refusal().filter(|refusal| refusal.status == 403) else {
        return false;
    };
    let named = refusal
        .info
        .as_ref()
        .and_then(|info| info.metadata.get("permission"));
    named.map_or_else(
        || refusal.message.contains("runWithOverrides"),
        |p| p.ends_with("runWithOverrides"),
    )
}
