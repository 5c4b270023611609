//! Configuration: layers of settings, resolved once at the start of the process.
//!
//! ```text
//!  flags ▸ LIFTOFF_* ▸ project's liftoff.toml ▸ user's config.toml ▸ what gcloud has ▸ config/default.toml
//!    └──────────┴──────────────┴───────────┬──────────┴─────────────────┴───────────────┘
//!                              Stack::pick(key) ─▶ Setting { value, origin }
//!                                          │
//!                                  Settings::resolve ─▶ Settings ─▶ Settings::prepare ─▶ LaunchSpec
//! ```
//!
//! [`Settings`] owns what was resolved and never changes. Variables and files come through [`Env`], so that nothing here
//! touches the process's environment but [`SystemEnv`]. To add a setting, follow the list in `key.rs`.

mod batch;
mod choice;
mod count;
mod discover;
mod duration;
mod endpoint;
mod env;
mod error;
mod file;
mod flags;
mod gcloud;
mod journal;
mod key;
mod launch;
mod launch_id;
mod name;
mod origin;
mod quota;
mod runner_env;
mod settings;
mod show;
mod stack;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod value;

pub use batch::{BatchError, BatchSource, Format, Mistake, Planned, PreparedBatch, batch_id, parse_batch_id};
pub use choice::{Color, Output, Verbosity};
pub use discover::PROJECT_FILE;
pub use duration::{Timeout, duration, timeout};
pub use env::{Env, LARGEST_FILE, SystemEnv};
pub use error::ConfigError;
pub use file::DEFAULTS;
pub use flags::{BatchingFlags, CommonFlags, Flags, GoalFlags, OutputFlags, PlaceFlags, ReadingFlags};
pub use journal::{JournalFlags, JournalPlace, JournalSetting};
pub use launch::{Prepared, Request, Wanted};
pub use launch_id::{Seed, launch_id};
pub use name::{
    JobRef, RunnerRef, custom_job, display_name, job, launch_id as parse_launch_id, mark, runner,
};
pub use origin::{Origin, Owner, Setting};
pub use quota::{QuotaFlag, quota};
pub use runner_env::{EnvOverride, env_override};
pub use settings::{
    Access, Batching, CONFIG_VARIABLE, EndpointOverrides, Judging, Place, Reporting, Settings,
};
pub use show::show;
pub use value::Wrong;
