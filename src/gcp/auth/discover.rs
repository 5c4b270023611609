//! Finding credentials, in the order of Google's own tools.
//!
//! 1. `CLOUDSDK_AUTH_ACCESS_TOKEN`, a token;
//! 2. `GOOGLE_APPLICATION_CREDENTIALS`, a file (one that cannot be used is an error, not a reason to look further);
//! 3. the application default credentials of gcloud, a file;
//! 4. the metadata server, on a machine of Google Cloud (`NO_GCE_CHECK=true` skips it);
//! 5. `gcloud auth print-access-token`.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::cached::Cached;
use super::file::CredentialsFile;
use super::origin::Origin;
use super::{AuthError, StaticToken, TokenSource};
use crate::clock::Clock;
use crate::gcp::http::Http;

/// How long a metadata server may take to be found; google-auth waits as long.
const METADATA_TIMEOUT: Duration = Duration::from_secs(3);

/// Credentials, found.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Where tokens come from.
    pub source: Rc<dyn TokenSource>,
    /// What was found, for people: a path, or words.
    pub origin: String,
    /// `GOOGLE_CLOUD_QUOTA_PROJECT`, or the `quota_project_id` of the file.
    pub quota_project: Option<String>,
    /// They are a person's application default credentials: without a quota project, requests count against a project that
    /// everyone shares.
    pub wants_quota_project: bool,
}

impl Credentials {
    /// What is weaker than it should be.
    pub fn warning(&self) -> Option<String> {
        (self.wants_quota_project && self.quota_project.is_none()).then(|| {
            format!(
                "{} names no quota project, so requests count against one that is shared with strangers: \
                 run `gcloud auth application-default set-quota-project PROJECT`",
                self.origin
            )
        })
    }
}

/// Reads a variable of the environment.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Finds credentials. Sends nothing unless it has to ask the metadata server or gcloud.
pub async fn discover(lookup: Lookup<'_>, http: &Http, clock: Clock) -> Result<Credentials, AuthError> {
    let var = |name: &str| lookup(name).filter(|text| !text.trim().is_empty());
    let mut found = find(&var, http, clock).await?;
    found.quota_project = var("GOOGLE_CLOUD_QUOTA_PROJECT").or(found.quota_project);
    Ok(found)
}

async fn find(var: Lookup<'_>, http: &Http, clock: Clock) -> Result<Credentials, AuthError> {
    if let Some(token) = var("CLOUDSDK_AUTH_ACCESS_TOKEN") {
        return Ok(plain(
            Rc::new(StaticToken::new(&token)),
            "CLOUDSDK_AUTH_ACCESS_TOKEN",
        ));
    }
    if let Some(path) = var("GOOGLE_APPLICATION_CREDENTIALS") {
        return Ok(from_file(CredentialsFile::read(path.as_ref(), http, clock)?));
    }
    let adc = adc_path(var);
    if let Some(path) = adc.as_ref().filter(|path| path.exists()) {
        return Ok(from_file(CredentialsFile::read(path, http, clock)?));
    }
    if let Some(found) = from_surroundings(var, clock).await {
        return Ok(found);
    }
    let shown = adc.map_or("gcloud's directory".to_owned(), |path| path.display().to_string());
    Err(AuthError::NoCredentials { adc: shown })
}

/// `application_default_credentials.json` in gcloud's configuration directory.
fn adc_path(var: Lookup<'_>) -> Option<PathBuf> {
    let under = |variable: &str, rest: &str| Some(PathBuf::from(var(variable)?).join(rest));
    let directory = under("CLOUDSDK_CONFIG", "")
        .or_else(|| under("APPDATA", "gcloud"))
        .or_else(|| under("HOME", ".config/gcloud"))?;
    Some(directory.join("application_default_credentials.json"))
}

fn plain(source: Rc<dyn TokenSource>, origin: &str) -> Credentials {
    Credentials {
        source,
        origin: origin.to_owned(),
        quota_project: None,
        wants_quota_project: false,
    }
}

fn from_file(file: CredentialsFile) -> Credentials {
    let origin = file.endpoint.path().to_owned();
    Credentials {
        source: Rc::new(Cached::new(Origin::File(Box::new(file.endpoint)))),
        origin,
        quota_project: file.quota_project,
        wants_quota_project: file.is_user,
    }
}

/// The sources that can only be found by asking them.
async fn from_surroundings(var: Lookup<'_>, clock: Clock) -> Option<Credentials> {
    let skip_metadata = var("NO_GCE_CHECK").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if !skip_metadata {
        let metadata = Cached::new(Origin::Metadata(clock));
        if let Ok(Ok(_)) = timeout(METADATA_TIMEOUT, metadata.token()).await {
            return Some(plain(Rc::new(metadata), "this machine's service account"));
        }
    }
    let gcloud = Cached::new(Origin::Gcloud(clock));
    gcloud.token().await.ok()?;
    Some(plain(Rc::new(gcloud), "the account of gcloud"))
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
