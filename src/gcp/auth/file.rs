//! Credentials files: what `gcloud auth application-default login` and the console leave behind.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use gcp_auth::CustomServiceAccount;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::grant::{Grant, TokenEndpoint};
use super::origin::words;
use super::{AuthError, Secret};
use crate::clock::Clock;
use crate::gcp::endpoints::is_loopback;
use crate::gcp::http::Http;
use crate::gcp::wire::{lax, spelled};

/// No credentials file is larger.
const LARGEST: u64 = 1 << 20;

/// Where Google gives tokens, unless the file says otherwise.
const GOOGLE_TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// A credentials file that can be used.
#[derive(Debug)]
pub(super) struct CredentialsFile {
    pub(super) endpoint: TokenEndpoint,
    /// `quota_project_id`.
    pub(super) quota_project: Option<String>,
    /// It is a person's, who needs a quota project.
    pub(super) is_user: bool,
}

/// No `Debug`: it holds secrets until they are wrapped.
#[derive(Deserialize)]
struct Wire {
    #[serde(default, rename = "type", deserialize_with = "spelled")]
    kind: String,
    #[serde(default, deserialize_with = "lax")]
    client_id: String,
    #[serde(default, deserialize_with = "lax")]
    client_secret: String,
    #[serde(default, deserialize_with = "lax")]
    refresh_token: String,
    #[serde(default, deserialize_with = "lax")]
    client_email: String,
    #[serde(default, deserialize_with = "lax")]
    private_key: String,
    #[serde(default, deserialize_with = "lax")]
    token_uri: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    quota_project_id: Option<String>,
}

impl CredentialsFile {
    /// Reads a file; `clock` dates the claims of a service account.
    pub(super) fn read(path: &Path, http: &Http, clock: Clock) -> Result<Self, AuthError> {
        let shown = path.display().to_string();
        let text = text_of(path).map_err(|error| AuthError::Unreadable {
            path: shown.clone(),
            why: error.to_string(),
        })?;
        Self::parse(shown, &text, http, clock)
    }

    fn parse(path: String, text: &str, http: &Http, clock: Clock) -> Result<Self, AuthError> {
        let malformed = |why: String| AuthError::Malformed {
            path: path.clone(),
            why,
        };
        let wire: Wire = serde_json::from_str(text).map_err(|error| {
            malformed(format!(
                "no JSON object (line {}, column {})",
                error.line(),
                error.column()
            ))
        })?;
        let uri = token_uri(wire.token_uri.as_deref()).map_err(&malformed)?;
        let is_user = wire.is_user();
        let quota_project = wire
            .quota_project_id
            .clone()
            .filter(|project| !project.is_empty());
        let grant = match wire.kind.as_str() {
            _ if is_user => wire.user(),
            "" | "service_account" => wire.service_account(clock),
            other => {
                let kind = other.chars().take(60).collect();
                return Err(AuthError::Unsupported { path, kind });
            }
        };
        Ok(Self {
            endpoint: TokenEndpoint {
                http: http.clone(),
                uri,
                grant: grant.map_err(malformed)?,
                path,
            },
            quota_project,
            is_user,
        })
    }
}

impl Wire {
    fn is_user(&self) -> bool {
        self.kind == "authorized_user" || (self.kind.is_empty() && !self.refresh_token.is_empty())
    }

    fn user(self) -> Result<Grant, String> {
        present(&[
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
            ("refresh_token", &self.refresh_token),
        ])?;
        Ok(Grant::Refresh {
            client_id: self.client_id,
            client_secret: Secret::new(&self.client_secret),
            refresh_token: Secret::new(&self.refresh_token),
        })
    }

    fn service_account(self, clock: Clock) -> Result<Grant, String> {
        present(&[
            ("client_email", &self.client_email),
            ("private_key", &self.private_key),
        ])?;
        // All that gcp_auth needs to sign; it is never asked for a token, so the token_uri only has to be there.
        let text = json!({
            "client_email": self.client_email, "private_key": self.private_key, "token_uri": GOOGLE_TOKEN_URI,
        });
        let key =
            CustomServiceAccount::from_json(&text.to_string()).map_err(|error| words(&error).to_owned())?;
        Ok(Grant::Key {
            email: self.client_email,
            key: Box::new(key),
            clock,
        })
    }
}

fn present(fields: &[(&str, &str)]) -> Result<(), String> {
    match fields.iter().find(|(_, value)| value.is_empty()) {
        Some((name, _)) => Err(format!("it has no `{name}`")),
        None => Ok(()),
    }
}

/// Secrets go there: over https, or to this machine.
fn token_uri(given: Option<&str>) -> Result<Url, String> {
    let given = given.filter(|text| !text.is_empty()).unwrap_or(GOOGLE_TOKEN_URI);
    let uri = Url::parse(given).map_err(|error| format!("its `token_uri` is no URL ({error})"))?;
    let safe = uri.scheme() == "https" || (uri.scheme() == "http" && is_loopback(&uri));
    if safe && uri.host_str().is_some() && uri.username().is_empty() && uri.password().is_none() {
        return Ok(uri);
    }
    Err("its `token_uri` is neither https nor plain http on this machine".to_owned())
}

fn text_of(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
