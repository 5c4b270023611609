//! Where files of settings are looked for.

use std::path::{Path, PathBuf};

use super::env::Env;
use super::file::is_absent;

/// The project's file.
pub const PROJECT_FILE: &str = "liftoff.toml";

/// The user's home.
pub(super) fn home(env: &dyn Env) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    env.given(name).map(PathBuf::from)
}

/// The user's file: `$XDG_CONFIG_HOME/liftoff/config.toml`, else `~/.config/liftoff/config.toml`.
///
/// A relative `XDG_CONFIG_HOME` is ignored, as its specification demands: it would make the file a project's.
pub(super) fn user_file(env: &dyn Env) -> Option<PathBuf> {
    env.given("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home(env).map(|home| home.join(".config")))
        .map(|config| config.join("liftoff/config.toml"))
}

/// Where programs keep what should survive them: `$XDG_STATE_HOME`, else `~/.local/state`. A relative one is ignored.
pub(super) fn state_folder(env: &dyn Env) -> Option<PathBuf> {
    env.given("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home(env).map(|home| home.join(".local/state")))
}

/// The project's file: the nearest `liftoff.toml` from `cwd` upwards, as far as the root of its repository.
///
/// Without a repository it goes up to the user's home; outside of both only `cwd` counts, so that nobody else's
/// `/tmp/liftoff.toml` is obeyed.
pub(super) fn project_file(env: &dyn Env, cwd: &Path) -> Option<PathBuf> {
    reach(env, cwd)
        .into_iter()
        .map(|dir| dir.join(PROJECT_FILE))
        .find(|path| exists(env, path))
}

/// The directories that belong to the project of `cwd`, nearest first.
fn reach<'a>(env: &dyn Env, cwd: &'a Path) -> Vec<&'a Path> {
    let home = home(env);
    let mut dirs = Vec::new();
    for dir in cwd.ancestors() {
        dirs.push(dir);
        if exists(env, &dir.join(".git")) || home.as_deref() == Some(dir) {
            return dirs;
        }
    }
    dirs.truncate(1);
    dirs
}

/// Whether there is anything of that name, readable or not: `.git` is a directory, or a file in a worktree.
fn exists(env: &dyn Env, path: &Path) -> bool {
    !matches!(env.read(path), Err(error) if is_absent(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::Table;

    #[test]
    fn the_nearest_file_within_the_repository_counts() {
        let table = [
            // files, cwd, found
            (
                vec!["/h/r/.git", "/h/r/liftoff.toml"],
                "/h/r/a/b",
                Some("/h/r/liftoff.toml"),
            ),
            (
                vec!["/h/r/.git", "/h/r/liftoff.toml", "/h/r/a/liftoff.toml"],
                "/h/r/a/b",
                Some("/h/r/a/liftoff.toml"),
            ),
            (vec!["/h/r/.git", "/h/liftoff.toml"], "/h/r/a", None),
            (vec!["/h/liftoff.toml"], "/h/a/b", Some("/h/liftoff.toml")),
            (vec!["/liftoff.toml"], "/h/a", None),
            (vec!["/tmp/liftoff.toml"], "/tmp/x", None),
            (vec!["/tmp/x/liftoff.toml"], "/tmp/x", Some("/tmp/x/liftoff.toml")),
            (
                vec!["/srv/r/.git", "/srv/r/liftoff.toml"],
                "/srv/r/a",
                Some("/srv/r/liftoff.toml"),
            ),
        ];
        for (files, cwd, found) in table {
            let env = files
                .iter()
                .fold(Table::default().var("HOME", "/h"), |env, path| env.file(path, ""));
            let wanted = found.map(PathBuf::from);
            assert_eq!(project_file(&env, Path::new(cwd)), wanted, "{files:?} {cwd}");
        }
    }

    #[test]
    fn the_user_s_file_is_where_xdg_says() {
        let env = Table::default().var("HOME", "/h");
        assert_eq!(user_file(&env), Some("/h/.config/liftoff/config.toml".into()));
        let env = env.var("XDG_CONFIG_HOME", "/c");
        assert_eq!(user_file(&env), Some("/c/liftoff/config.toml".into()));
        let env = env.var("XDG_CONFIG_HOME", "c");
        assert_eq!(user_file(&env), Some("/h/.config/liftoff/config.toml".into()));
        assert_eq!(user_file(&Table::default()), None);
    }
}
