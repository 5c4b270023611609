//! The layers, strongest first: flags, `LIFTOFF_*`, the project's file, the user's file, what gcloud's users have, defaults.
//!
//! The stack owns what was found and knows no type; [`Stack::pick`] asks it for one setting at a time.

use std::path::{Path, PathBuf};

use super::discover;
use super::env::Env;
use super::error::{ConfigError, nearest};
use super::file::{self, Found, Layer};
use super::gcloud::Gcloud;
use super::key::{self, CREDENTIALS_FILE, Elsewhere, Info, Key};
use super::origin::{Origin, Owner, Setting};
use super::value::{Raw, quoted};

/// What Liftoff's own variables begin with.
const PREFIX: &str = "LIFTOFF_";

/// Everything that was found, for one process.
pub(super) struct Stack<'a> {
    env: &'a dyn Env,
    /// The project's file and the user's.
    files: Vec<Layer>,
    gcloud: Gcloud,
    defaults: Layer,
    /// The files that were read, strongest first.
    pub(super) read: Vec<PathBuf>,
    /// The user's file, whether it exists or not.
    pub(super) own: Option<PathBuf>,
    /// What the user might like to know.
    pub(super) notes: Vec<String>,
}

impl<'a> Stack<'a> {
    /// Reads all files. `config` (`--config`) replaces the project's file.
    pub(super) fn load(env: &'a dyn Env, cwd: &Path, config: Option<&Path>) -> Result<Self, ConfigError> {
        let own = discover::user_file(env);
        let mut stack = Self {
            env,
            files: Vec::new(),
            gcloud: Gcloud::default(),
            defaults: file::defaults()?,
            read: Vec::new(),
            own: own.clone(),
            notes: misspelt(env),
        };
        match config {
            Some(path) => stack.add_demanded(&cwd.join(path))?,
            None => {
                if let Some(path) = discover::project_file(env, cwd) {
                    stack.add(&path, Owner::Project)?;
                }
            }
        }
        if let Some(path) = own {
            stack.add(&path, Owner::User)?;
        }
        let credentials = stack
            .pick(&CREDENTIALS_FILE, None)?
            .map(Setting::<PathBuf>::beside_its_file);
        stack.gcloud = Gcloud::load(env, credentials.map(|file| file.value));
        stack.notes.append(&mut stack.gcloud.notes);
        Ok(stack)
    }

    /// The strongest value of a setting.
    ///
    /// Liftoff's files are checked whole, so that a mistake is found where it was made and not when a flag is left out
    /// one day; what others left in variables counts only if it decides.
    pub(super) fn pick<T>(&self, key: &Key<T>, flag: Option<T>) -> Result<Option<Setting<T>>, ConfigError> {
        let mut chosen = flag.map(|value| Setting {
            value,
            origin: Origin::Flag(key.info.flag),
        });
        for Found { raw, origin } in self.candidates(&key.info) {
            if chosen.is_some() && !origin.is_file() {
                continue;
            }
            let value = (key.read)(&raw).map_err(|wrong| {
                let shown = key.info.own_only.is_none().then_some(&raw);
                ConfigError::bad_value(&origin, key.info.name, shown, wrong)
            })?;
            chosen.get_or_insert(Setting { value, origin });
        }
        Ok(chosen)
    }

    /// The strongest value of a setting that has a default.
    pub(super) fn need<T>(&self, key: &Key<T>, flag: Option<T>) -> Result<Setting<T>, ConfigError> {
        self.pick(key, flag)?.ok_or(ConfigError::NoDefault(key.info.name))
    }

    /// What each layer says, strongest first.
    fn candidates(&self, info: &Info) -> Vec<Found> {
        let variable = info.variable.and_then(|name| self.variable(name));
        let files = self
            .files
            .iter()
            .filter_map(|layer| layer.get(info.name).cloned());
        let elsewhere = info.elsewhere.iter().filter_map(|place| self.elsewhere(*place));
        let default = self.defaults.get(info.name).cloned();
        variable
            .into_iter()
            .chain(files)
            .chain(elsewhere)
            .chain(default)
            .collect()
    }

    fn variable(&self, name: &'static str) -> Option<Found> {
        self.env.given(name).map(|value| Found {
            raw: Raw::Text(value),
            origin: Origin::Env(name),
        })
    }

    fn elsewhere(&self, place: Elsewhere) -> Option<Found> {
        match place {
            Elsewhere::Variable(name) => self.variable(name),
            Elsewhere::Presence(name, meaning) => self.variable(name).map(|found| Found {
                raw: Raw::Text(meaning.to_owned()),
                ..found
            }),
            Elsewhere::Property(_) | Elsewhere::Credentials(_) => {
                self.gcloud.get(place).map(|(value, origin)| Found {
                    raw: Raw::Text(value),
                    origin,
                })
            }
        }
    }

    /// Adds a file that the user asked for: it must exist.
    fn add_demanded(&mut self, path: &Path) -> Result<(), ConfigError> {
        if self.add(path, Owner::Project)? {
            return Ok(());
        }
        Err(ConfigError::unreadable(path, std::io::ErrorKind::NotFound.into()))
    }

    fn add(&mut self, path: &Path, owner: Owner) -> Result<bool, ConfigError> {
        let Some(text) = file::read(self.env, path)? else {
            return Ok(false);
        };
        self.files
            .push(file::parse(&text, path, owner, self.own.as_deref())?);
        self.read.push(path.to_owned());
        Ok(true)
    }
}

/// Notes on variables that look like settings and are none. `LIFTOFF_LAUNCH_ID` is what a runner is given.
fn misspelt(env: &dyn Env) -> Vec<String> {
    let own = || key::ALL.into_iter().filter(|info| info.variable.is_some());
    env.names(PREFIX)
        .iter()
        .filter(|name| !["LIFTOFF_LAUNCH_ID", super::CONFIG_VARIABLE].contains(&name.as_str()))
        .filter(|name| own().all(|info| info.variable != Some(name)))
        .map(|name| {
            let rest = name.strip_prefix(PREFIX).unwrap_or(name);
            let meant = nearest(rest, own().map(|info| info.name))
                .and_then(key::find)
                .and_then(|info| info.variable)
                .map(|variable| format!("; did you mean {variable}?"));
            format!(
                "the variable {} is no setting of Liftoff{}",
                quoted(name),
                meant.unwrap_or_default()
            )
        })
        .collect()
}
