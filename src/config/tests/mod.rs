//! The layers together.

mod errors;
mod launching;
mod layers;
mod showing;

use std::path::Path;

use super::testing::Table;
use super::{ConfigError, Flags, Settings};

/// A home, a repository in it, and gcloud's configuration with the usual properties.
fn world() -> Table {
    Table::default().var("HOME", "/h").file("/h/repo/.git", "").file(
        "/h/.config/gcloud/configurations/config_default",
        "[core]\nproject = p-gcloud\n[run]\nregion = us-east1\n",
    )
}

fn resolve(flags: &Flags, env: &Table) -> Result<Settings, ConfigError> {
    Settings::resolve(flags, env, Path::new("/h/repo/sub"))
}

/// What is wrong with a project's file.
fn project_error(text: &str) -> String {
    let env = world().file("/h/repo/liftoff.toml", text);
    resolve(&Flags::default(), &env).unwrap_err().to_string()
}
