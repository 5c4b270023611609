//! Asking a token endpoint (RFC 6749): with a person's refresh token, or with a service account's signed claim (RFC 7523).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gcp_auth::CustomServiceAccount;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use super::origin::{Fetched, SCOPE, words};
use super::{AuthError, Secret};
use crate::clock::Clock;
use crate::gcp::body::Spares;
use crate::gcp::http::{Answer, Http, exchange};
use crate::gcp::wire::{integer, lax};

/// Google's limit for a signed claim.
const CLAIM_LIFE: i64 = 3600;

/// Beyond it a lifetime is not believed.
const LONGEST_LIFE: i64 = 24 * 3600;

/// The whole exchange; the caller has a deadline of its own that is not longer.
const DEADLINE: Duration = Duration::from_secs(10);

/// What is given for a token.
#[derive(Debug)]
pub(super) enum Grant {
    /// `authorized_user`: what `gcloud auth application-default login` leaves behind.
    Refresh {
        client_id: String,
        client_secret: Secret,
        refresh_token: Secret,
    },
    /// `service_account`: a key.
    Key {
        email: String,
        key: Box<CustomServiceAccount>,
        clock: Clock,
    },
}

impl Grant {
    fn form(&self, audience: &Url) -> Result<String, &'static str> {
        let mut form = Serializer::new(String::new());
        match self {
            Self::Refresh {
                client_id,
                client_secret,
                refresh_token,
            } => form
                .append_pair("grant_type", "refresh_token")
                .append_pair("client_id", client_id)
                .append_pair("client_secret", client_secret.expose())
                .append_pair("refresh_token", refresh_token.expose()),
            Self::Key { email, key, clock } => form
                .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                .append_pair("assertion", &claim(email, key, *clock, audience)?),
        };
        Ok(form.finish())
    }

    /// What of it a server could repeat.
    fn redact(&self, text: &str) -> String {
        match self {
            Self::Refresh {
                client_secret,
                refresh_token,
                ..
            } => client_secret.redact(&refresh_token.redact(text)),
            Self::Key { .. } => text.to_owned(),
        }
    }

    /// What to do when it is refused.
    fn remedy(&self) -> &'static str {
        match self {
            Self::Refresh { .. } => "run `gcloud auth application-default login`",
            Self::Key { .. } => {
                "check that the key and its service account still exist and that this machine's clock is right, or make a new key"
            }
        }
    }
}

/// The signed claim. The machine's clock is read anew: after a sleep, the process's own is hours behind.
fn claim(
    email: &str,
    key: &CustomServiceAccount,
    clock: Clock,
    audience: &Url,
) -> Result<String, &'static str> {
    let now = clock.machine().as_second();
    let claims = json!({
        "iss": email, "scope": SCOPE, "aud": audience.as_str(), "iat": now, "exp": now.saturating_add(CLAIM_LIFE),
    });
    let encoded = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!(
        "{}.{}",
        encoded(&json!({ "alg": "RS256", "typ": "JWT" })),
        encoded(&claims)
    );
    let signature = key
        .signer()
        .sign(signed.as_bytes())
        .map_err(|error| words(&error))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// A credentials file's token endpoint, and what is given to it.
#[derive(Debug)]
pub(super) struct TokenEndpoint {
    pub(super) http: Http,
    pub(super) uri: Url,
    pub(super) path: String,
    pub(super) grant: Grant,
}

/// A good answer, or an OAuth error; both as one, because some servers give errors with status 200.
#[derive(Deserialize)]
struct Reply {
    #[serde(default, deserialize_with = "lax")]
    access_token: String,
    #[serde(default, deserialize_with = "integer")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "lax")]
    error: String,
    #[serde(default, deserialize_with = "lax")]
    error_description: String,
}

impl TokenEndpoint {
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn host(&self) -> String {
        self.uri.host_str().unwrap_or_default().to_owned()
    }

    pub(super) async fn fetch(&self) -> Result<Fetched, AuthError> {
        let form = self.grant.form(&self.uri).map_err(|why| self.unusable(why))?;
        let request = self.http.client(&self.uri).post(self.uri.clone());
        let request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        // A buffer of its own: tokens do not stay in one that is kept.
        match exchange(request, DEADLINE, &Spares::default()).await {
            Ok(answer) => self.read(&answer),
            Err(fault) => Err(self.unreachable(fault.to_string())),
        }
    }

    fn read(&self, answer: &Answer) -> Result<Fetched, AuthError> {
        let status = answer.status.as_u16();
        let reply: Reply = serde_json::from_slice(&answer.body)
            .map_err(|_| self.unreachable(format!("HTTP {status} without the JSON that was expected")))?;
        // google-auth's list, and every other server error.
        if matches!(status, 408 | 429 | 500..) {
            return Err(self.unreachable(format!("HTTP {status} {}", self.clean(&reply.error))));
        }
        if !answer.status.is_success() || !reply.error.is_empty() {
            return Err(self.refused(&reply));
        }
        if reply.access_token.is_empty() {
            return Err(self.unreachable("the answer holds no access_token".to_owned()));
        }
        let life = reply.expires_in.unwrap_or(CLAIM_LIFE).clamp(0, LONGEST_LIFE);
        Ok(Fetched {
            secret: Secret::new(&reply.access_token),
            life: Duration::from_secs(life.unsigned_abs()),
        })
    }

    fn clean(&self, text: &str) -> String {
        let plain = self.grant.redact(text);
        plain.chars().filter(|c| !c.is_control()).take(300).collect()
    }

    fn refused(&self, reply: &Reply) -> AuthError {
        let described = format!("{} {}", reply.error, reply.error_description);
        AuthError::Refused {
            who: self.host(),
            origin: self.path.clone(),
            why: self.clean(described.trim()),
            next: self.grant.remedy(),
        }
    }

    fn unusable(&self, why: &str) -> AuthError {
        AuthError::Malformed {
            path: self.path.clone(),
            why: why.to_owned(),
        }
    }

    fn unreachable(&self, why: String) -> AuthError {
        AuthError::Unreachable {
            who: self.host(),
            origin: self.path.clone(),
            why,
        }
    }
}
