//! A launch's specification as JSON, without secrets.
//!
//! Values that look secret are not written; what stands in their place says so, and the list of them goes with the
//! specification, so that nobody starts a runner with the marker for a key: `resume` reads the batch file again.

use serde::{Deserialize, Serialize};

use crate::core::spec::{LaunchSpec, Target};
use crate::core::text::{REDACTED, is_secret, is_told_secret, tells_of_secret};

/// Version of the JSON. A reader of today refuses what it does not know; fields that are only added need no new one.
const VERSION: u32 = 1;

/// A specification as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    version: u32,
    /// What was asked for; [`REDACTED`] in the place of secrets.
    pub spec: LaunchSpec,
    /// Where secrets were left out: `env.WANDB_API_KEY`, `args[3]`. If there are any, the specification is not fit to be
    /// sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
}

impl Stored {
    /// Takes the secrets out.
    pub fn new(mut spec: LaunchSpec) -> Self {
        let mut withheld = Vec::new();
        if let Target::Start { args, env, .. } = &mut spec.target {
            withhold_args(args.as_deref_mut().unwrap_or_default(), &mut withheld);
            withhold_env(env, &mut withheld);
        }
        Self {
            version: VERSION,
            spec,
            withheld,
        }
    }

    pub(super) fn write(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    pub(super) fn read(text: &str) -> serde_json::Result<Self> {
        use serde::de::Error as _;
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_str(text)?;
        if version == VERSION {
            return serde_json::from_str(text);
        }
        let message = format!("its specification is of version {version}, this Liftoff knows {VERSION}");
        Err(serde_json::Error::custom(message))
    }
}

fn withhold_env(env: &mut [(String, String)], withheld: &mut Vec<String>) {
    for (name, value) in env {
        let assigned = format!("{name}={value}");
        if value.is_empty() || !(tells_of_secret(name) || is_secret(&assigned) || is_secret(value)) {
            continue;
        }
        withheld.push(format!("env.{name}"));
        REDACTED.clone_into(value);
    }
}

fn withhold_args(args: &mut [String], withheld: &mut Vec<String>) {
    let secret: Vec<usize> = (0..args.len())
        .filter(|&at| is_secret(&args[at]) || at > 0 && is_told_secret(&args[at - 1], &args[at]))
        .collect();
    for at in secret {
        withheld.push(format!("args[{at}]"));
        REDACTED.clone_into(&mut args[at]);
    }
}
