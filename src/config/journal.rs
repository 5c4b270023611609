//! Where launches are recorded: `--journal PATH|none`.

use std::path::PathBuf;

use clap::Args;

use super::discover;
use super::env::Env;
use super::origin::Setting;
use super::value::{Raw, Wrong, path};

/// What may be said of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalPlace {
    /// Nothing is recorded.
    None,
    /// In this file.
    File(PathBuf),
}

/// The flag, for the commands that read or write the journal.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Journal")]
pub struct JournalFlags {
    /// Where launches are recorded, or none [default: liftoff/journal.db in the user's state directory]
    #[arg(long, value_name = "PATH|none", value_parser = journal)]
    pub journal: Option<JournalPlace>,
}

/// Where launches are recorded, as far as it was said, and where else.
#[derive(Clone, Debug)]
pub struct JournalSetting {
    /// What somebody said.
    pub chosen: Option<Setting<JournalPlace>>,
    /// The file where nobody did; `None` without a home.
    pub usual: Option<PathBuf>,
}

impl JournalSetting {
    pub(super) fn new(chosen: Option<Setting<JournalPlace>>, env: &dyn Env) -> Self {
        let chosen = chosen.map(Setting::<JournalPlace>::beside_its_file);
        let usual = discover::state_folder(env).map(|folder| folder.join("liftoff/journal.db"));
        Self { chosen, usual }
    }

    /// The file, and whether somebody chose it; `None` where nothing is to be recorded.
    pub fn file(&self) -> Option<(PathBuf, bool)> {
        match &self.chosen {
            Some(Setting {
                value: JournalPlace::File(path),
                ..
            }) => Some((path.clone(), true)),
            Some(_) => None,
            None => self.usual.clone().map(|path| (path, false)),
        }
    }
}

/// Reads the flag.
pub(super) fn journal(text: &str) -> Result<JournalPlace, Wrong> {
    read(&Raw::Text(text.to_owned()))
}

/// Reads the setting.
pub(super) fn read(raw: &Raw) -> Result<JournalPlace, Wrong> {
    let path = path(raw)?;
    if path.as_os_str() == "none" {
        return Ok(JournalPlace::None);
    }
    Ok(JournalPlace::File(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::Table;

    #[test]
    fn a_journal_is_a_file_or_none() {
        assert_eq!(journal("none"), Ok(JournalPlace::None));
        assert_eq!(journal("./none"), Ok(JournalPlace::File("./none".into())));
        assert!(journal("~/journal.db").is_err() && journal("").is_err());
    }

    #[test]
    fn the_usual_file_is_where_xdg_says() {
        let usual = |env: &Table| JournalSetting::new(None, env).file();
        let env = Table::default().var("HOME", "/h");
        assert_eq!(
            usual(&env),
            Some(("/h/.local/state/liftoff/journal.db".into(), false))
        );
        let env = env.var("XDG_STATE_HOME", "/s");
        assert_eq!(usual(&env), Some(("/s/liftoff/journal.db".into(), false)));
        let relative = Table::default().var("HOME", "/h").var("XDG_STATE_HOME", "s");
        assert_eq!(
            usual(&relative),
            Some(("/h/.local/state/liftoff/journal.db".into(), false))
        );
        assert_eq!(usual(&Table::default()), None);
    }
}
