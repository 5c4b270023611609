//! What gcloud's users already have: the active configuration and the application default credentials.
//!
//! These files are not ours: what cannot be read is a note, never an error. Of the credentials' file only the two fields
//! that name a project are taken; everything else is dropped while it is parsed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::discover;
use super::env::Env;
use super::file;
use super::key::Elsewhere;
use super::origin::{Origin, shown};

/// What gcloud's files say.
#[derive(Debug, Default)]
pub(super) struct Gcloud {
    configuration: PathBuf,
    properties: BTreeMap<String, String>,
    credentials_path: PathBuf,
    credentials: ProjectFields,
    /// What could not be looked into.
    pub(super) notes: Vec<String>,
}

/// The fields of a credentials' file that are no secrets.
#[derive(Debug, Default, Deserialize)]
struct ProjectFields {
    project_id: Option<String>,
    quota_project_id: Option<String>,
}

impl Gcloud {
    /// Reads gcloud's files. `credentials` is the credentials' file where the user named one.
    pub(super) fn load(env: &dyn Env, credentials: Option<PathBuf>) -> Self {
        let mut found = Self::default();
        let dir = directory(env);
        if let Some(dir) = &dir {
            found.load_configuration(env, dir);
        }
        let well_known = || dir.map(|dir| dir.join("application_default_credentials.json"));
        if let Some(path) = credentials.or_else(well_known) {
            found.load_credentials(env, path);
        }
        found
    }

    /// A property or field, with its origin.
    pub(super) fn get(&self, place: Elsewhere) -> Option<(String, Origin)> {
        let (value, origin) = match place {
            Elsewhere::Property(property) => {
                let path = self.configuration.clone();
                (self.properties.get(property), Origin::Gcloud { path, property })
            }
            Elsewhere::Credentials(field) => {
                let path = self.credentials_path.clone();
                let value = match field {
                    "project_id" => self.credentials.project_id.as_ref(),
                    _ => self.credentials.quota_project_id.as_ref(),
                };
                (value, Origin::Credentials { path })
            }
            Elsewhere::Variable(_) | Elsewhere::Presence(..) => return None,
        };
        value
            .filter(|value| !value.is_empty())
            .map(|value| (value.clone(), origin))
    }

    fn load_configuration(&mut self, env: &dyn Env, dir: &Path) {
        let active = match env.given("CLOUDSDK_ACTIVE_CONFIG_NAME") {
            Some(name) => name,
            None => self
                .text(env, &dir.join("active_config"))
                .map_or_else(|| "default".to_owned(), |text| text.trim().to_owned()),
        };
        // gcloud's word for no configuration at all.
        if active == "NONE" {
            return;
        }
        if !is_configuration_name(&active) {
            self.notes
                .push("gcloud's active configuration has no valid name".to_owned());
            return;
        }
        self.configuration = dir.join("configurations").join(format!("config_{active}"));
        if let Some(text) = self.text(env, &self.configuration.clone()) {
            self.properties = properties(&text);
        }
    }

    fn load_credentials(&mut self, env: &dyn Env, path: PathBuf) {
        if let Some(text) = self.text(env, &path) {
            match serde_json::from_str(&text) {
                Ok(fields) => self.credentials = fields,
                // serde's message could quote the file.
                Err(_) => self
                    .notes
                    .push(format!("{} is no credentials file in JSON", shown(&path))),
            }
        }
        self.credentials_path = path;
    }

    fn text(&mut self, env: &dyn Env, path: &Path) -> Option<String> {
        file::read(env, path).unwrap_or_else(|error| {
            self.notes.push(error.to_string());
            None
        })
    }
}

/// gcloud's directory: `CLOUDSDK_CONFIG`, else `%APPDATA%\gcloud` or `~/.config/gcloud`.
fn directory(env: &dyn Env) -> Option<PathBuf> {
    let usual = || {
        if cfg!(windows) {
            env.given("APPDATA")
                .map(|data| PathBuf::from(data).join("gcloud"))
        } else {
            discover::home(env).map(|home| home.join(".config/gcloud"))
        }
    };
    env.given("CLOUDSDK_CONFIG").map(PathBuf::from).or_else(usual)
}

/// gcloud's own rule; it also keeps the name inside the directory.
fn is_configuration_name(name: &str) -> bool {
    name.len() <= 100
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Properties as `section/name` from a file in the format of Python's configparser. Lines that make no sense are passed over.
fn properties(text: &str) -> BTreeMap<String, String> {
    let mut section = String::new();
    let mut found = BTreeMap::new();
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['#', ';']))
    {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.trim().clone_into(&mut section);
        } else if let Some((name, value)) = line.split_once(['=', ':']) {
            found.insert(
                format!("{section}/{}", name.trim().to_ascii_lowercase()),
                value.trim().to_owned(),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::Table;

    const CONFIGURATION: &str = "# a comment\n[core]\naccount = a@example.com\nProject = from-file\n\n[run]\nregion: us-east1\n[ai]\n[compute]\nregion =\nrubbish\n";

    fn region(gcloud: &Gcloud) -> Option<String> {
        gcloud
            .get(Elsewhere::Property("run/region"))
            .map(|(value, _)| value)
    }

    #[test]
    fn configurations_are_read_as_python_s_configparser_reads_them() {
        let found = properties(CONFIGURATION);
        assert_eq!(found["core/project"], "from-file");
        assert_eq!(found["run/region"], "us-east1");
        assert_eq!(found["compute/region"], "");
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn the_active_configuration_is_the_one_read() {
        let home = Table::default().var("HOME", "/h");
        let other = "/h/.config/gcloud/configurations/config_other";
        let base = home
            .file("/h/.config/gcloud/configurations/config_default", CONFIGURATION)
            .file(other, "[run]\nregion = asia-east1\n");
        let in_file = base.clone().file("/h/.config/gcloud/active_config", "other\n");
        let in_variable = base.clone().var("CLOUDSDK_ACTIVE_CONFIG_NAME", "other");
        let none = in_file.clone().var("CLOUDSDK_ACTIVE_CONFIG_NAME", "NONE");
        let elsewhere = base.clone().var("CLOUDSDK_CONFIG", "/nowhere");
        for (env, wanted) in [
            (&base, Some("us-east1")),
            (&in_file, Some("asia-east1")),
            (&in_variable, Some("asia-east1")),
            (&none, None),
            (&elsewhere, None),
        ] {
            let gcloud = Gcloud::load(env, None);
            assert_eq!(region(&gcloud).as_deref(), wanted);
            assert_eq!(gcloud.notes, Vec::<String>::new());
        }
        let (_, origin) = Gcloud::load(&in_file, None)
            .get(Elsewhere::Property("run/region"))
            .unwrap();
        assert_eq!(
            origin.to_string(),
            format!("gcloud's property run/region in {other}")
        );
    }

    #[test]
    fn a_configuration_s_name_cannot_leave_the_directory() {
        let env = Table::default()
            .var("CLOUDSDK_CONFIG", "/g")
            .var("CLOUDSDK_ACTIVE_CONFIG_NAME", "x/../../../evil")
            .file("/g/configurations/config_x/../../../evil", CONFIGURATION);
        let gcloud = Gcloud::load(&env, None);
        assert_eq!(region(&gcloud), None);
        assert_eq!(gcloud.notes, ["gcloud's active configuration has no valid name"]);
    }

    #[test]
    fn what_cannot_be_read_is_a_note() {
        let env = Table::default()
            .var("CLOUDSDK_CONFIG", "/g")
            .denied("/g/configurations/config_default")
            .file(
                "/g/application_default_credentials.json",
                "{\"client_secret\": \"hunter2\"",
            );
        let gcloud = Gcloud::load(&env, None);
        assert_eq!(
            gcloud.notes,
            [
                "/g/configurations/config_default cannot be read: permission denied",
                "/g/application_default_credentials.json is no credentials file in JSON",
            ]
        );
    }

    #[test]
    fn of_credentials_only_the_projects_are_kept() {
        let env = Table::default().file(
            "/key.json",
            r#"{"type":"service_account","project_id":"p-1","private_key":"hunter2","quota_project_id":"q-1"}"#,
        );
        let gcloud = Gcloud::load(&env, Some("/key.json".into()));
        let (project, origin) = gcloud.get(Elsewhere::Credentials("project_id")).unwrap();
        assert_eq!(project, "p-1");
        assert_eq!(origin.to_string(), "application default credentials in /key.json");
        assert!(!format!("{gcloud:?}").contains("hunter2"));
    }
}
