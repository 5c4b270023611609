//! The OAuth 2 token endpoint: what a client must prove before the emulator hands it an access token.
//!
//! Two grants, as Google's endpoint takes them: a JWT signed by a service account (RFC 7523, "Using OAuth 2.0 for
//! Server to Server Applications") and a refresh token of a user. [`service_account_json`] and
//! [`authorized_user_json`] are the credential files that pass. This module holds no state: issuing, counting and
//! revoking access tokens is the server's. A third way in, [`self_signed`], needs no grant. To add a grant: a case in [`grant`] and a function that checks it.
//!
//! The keys and secrets here protect nothing. They are published with the source, nobody but the emulator accepts
//! them, and all that they prove is that a client signs and sends its requests as Google wants them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::form_urlencoded;

pub(crate) mod self_signed;

/// The private key of every service account of the emulator (RSA 2048, PKCS#8), made once with `openssl genpkey`.
const PRIVATE_KEY: &str = include_str!("test_key.pem");

/// Its public half (PKCS#1 DER), made with `openssl rsa -RSAPublicKey_out`.
const PUBLIC_KEY: &[u8] = include_bytes!("test_key.public.der");

const ACCOUNT: &str = "liftoff-emulator";
const CLIENT_ID: &str = "liftoff-emulator.apps.googleusercontent.com";
const CLIENT_SECRET: &str = "emulator-client-secret";
const REFRESH_TOKEN: &str = "1//emulator-refresh-token";
const USER: &str = "person@example.com";

/// The audience that Google's Python client writes whatever the `token_uri` of its key file is.
const GOOGLE_TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// The longest life that Google allows a JWT, in seconds.
const MAX_LIFE: i64 = 3600;

/// How far the clock of a client may be off, in seconds.
const LEEWAY: i64 = 300;

/// Base64url with or without `=`: RFC 7515 leaves the padding out, `gcp_auth` 0.12 writes it.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request for a token that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The e-mail address of the account that the access token stands for.
    pub subject: String,
}

/// A request for a token that was refused (RFC 6749, section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {description}")]
pub struct OAuthError {
    /// HTTP status of the answer.
    pub status: u16,
    /// Error code, such as `invalid_grant`.
    pub error: &'static str,
    /// What was wrong, for people.
    pub description: String,
}

impl OAuthError {
    /// The JSON body of the answer.
    pub fn body(&self) -> Value {
        json!({"error": self.error, "error_description": self.description})
    }

    fn new(error: &'static str, description: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self {
            status,
            error,
            description: description.into(),
        }
    }

    fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }
}

/// Checks the request for a token in `body`: a form, or JSON when `content_type` says so.
///
/// `now` is the time that a JWT is judged by. Its client stamps it with the time of the real world, so a server
/// whose own clock is elsewhere has to pass wall time here. `token_uri` is the address of this endpoint, the
/// audience that a JWT must name.
pub fn grant(
    content_type: Option<&str>,
    body: &[u8],
    now: Timestamp,
    token_uri: &str,
) -> Result<Grant, OAuthError> {
    let parameters = Parameters::parse(content_type, body)?;
    match parameters.required("grant_type")? {
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => {
            check_jwt(parameters.required("assertion")?, now, token_uri)
        }
        "refresh_token" => check_refresh(&parameters),
        other => Err(OAuthError::new(
            "unsupported_grant_type",
            format!("Invalid grant_type: {other}"),
        )),
    }
}

/// A service-account key file for `project`; the client that reads it asks for its tokens at `token_uri`.
pub fn service_account_json(project: &str, token_uri: &str) -> String {
    let key = json!({
        "type": "service_account",
        "project_id": project,
        "private_key_id": ACCOUNT,
        "private_key": PRIVATE_KEY,
        "client_email": format!("{ACCOUNT}@{project}.iam.gserviceaccount.com"),
        "client_id": "100000000000000000000",
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    });
    format!("{key:#}\n")
}

/// The credentials of a user, as `gcloud auth application-default login` leaves them.
pub fn authorized_user_json() -> String {
    let credentials = json!({
        "type": "authorized_user",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "universe_domain": "googleapis.com",
    });
    format!("{credentials:#}\n")
}

/// The parameters of a request, from a form or from a JSON object.
struct Parameters(HashMap<String, String>);

impl Parameters {
    fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Self, OAuthError> {
        let is_json = content_type.is_some_and(|kind| {
            kind.trim_start()
                .to_ascii_lowercase()
                .starts_with("application/json")
        });
        if !is_json {
            return Ok(Self(form_urlencoded::parse(body).into_owned().collect()));
        }
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|error| OAuthError::new("invalid_request", format!("Invalid JSON body: {error}")))
    }

    fn required(&self, name: &str) -> Result<&str, OAuthError> {
        let value = self.0.get(name).filter(|value| !value.is_empty());
        value.map(String::as_str).ok_or_else(|| {
            OAuthError::new(
                "invalid_request",
                format!("Required parameter is missing: {name}"),
            )
        })
    }
}

fn check_refresh(parameters: &Parameters) -> Result<Grant, OAuthError> {
    if parameters.required("client_id")? != CLIENT_ID {
        return Err(OAuthError::new(
            "invalid_client",
            "The OAuth client was not found.",
        ));
    }
    if parameters.required("client_secret")? != CLIENT_SECRET {
        return Err(OAuthError::new("invalid_client", "Unauthorized"));
    }
    if parameters.required("refresh_token")? != REFRESH_TOKEN {
        return Err(OAuthError::invalid_grant("Token has been expired or revoked."));
    }
    Ok(Grant {
        subject: USER.to_owned(),
    })
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// The claims that Google reads. `sub` is there, and not null, when the account acts for somebody else.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    iat: i64,
    sub: Option<String>,
    #[serde(default)]
    scope: String,
}

fn check_jwt(jwt: &str, now: Timestamp, token_uri: &str) -> Result<Grant, OAuthError> {
    let claims: Claims = signed_claims(jwt)?;
    check_issuer(&claims.iss)?;
    claims.check_audience(token_uri)?;
    check_times(claims.iat, claims.exp, MAX_LIFE, now.as_second())?;
    if claims.scope.trim().is_empty() {
        return Err(OAuthError::new(
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        ));
    }
    Ok(Grant {
        subject: claims.sub.unwrap_or(claims.iss),
    })
}

/// The claims of `jwt`, once its signature has been verified over exactly what was sent, padding included.
fn signed_claims<T: DeserializeOwned>(jwt: &str) -> Result<T, OAuthError> {
    let segments = jwt.rsplit_once('.').and_then(|(signed, signature)| {
        let (header, claims) = signed.split_once('.')?;
        Some((signed, header, claims, signature))
    });
    let Some((signed, header, claims, signature)) = segments else {
        return Err(OAuthError::invalid_grant(
            "Invalid JWT: it must have three parts separated by dots.",
        ));
    };
    let header: Header = json_segment("header", header)?;
    if header.alg != "RS256" {
        return Err(OAuthError::invalid_grant(
            "Invalid JWT: its algorithm must be RS256.",
        ));
    }
    let verified = BASE64URL.decode(signature).ok().and_then(|signature| {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, PUBLIC_KEY);
        key.verify(signed.as_bytes(), &signature).ok()
    });
    verified.ok_or_else(|| OAuthError::invalid_grant("Invalid JWT Signature."))?;
    json_segment("claims", claims)
}

fn json_segment<T: DeserializeOwned>(what: &str, segment: &str) -> Result<T, OAuthError> {
    let invalid = |reason: String| {
        OAuthError::invalid_grant(format!("Invalid JWT: its {what} cannot be read: {reason}"))
    };
    let json = BASE64URL
        .decode(segment)
        .map_err(|error| invalid(error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| invalid(error.to_string()))
}

impl Claims {
    fn check_audience(&self, token_uri: &str) -> Result<(), OAuthError> {
        if [token_uri, GOOGLE_TOKEN_URI].contains(&self.aud.as_str()) {
            return Ok(());
        }
        Err(OAuthError::invalid_grant("Invalid JWT: Failed audience check."))
    }
}

fn check_issuer(issuer: &str) -> Result<(), OAuthError> {
    match issuer.split_once('@') {
        Some((ACCOUNT, domain)) if domain.ends_with(".iam.gserviceaccount.com") => Ok(()),
        _ => Err(OAuthError::invalid_grant("Invalid grant: account not found")),
    }
}

fn check_times(issued: i64, expires: i64, max_life: i64, now: i64) -> Result<(), OAuthError> {
    let life = expires.saturating_sub(issued);
    let is_current = issued <= now.saturating_add(LEEWAY) && expires > now.saturating_sub(LEEWAY);
    if is_current && (1..=max_life).contains(&life) {
        return Ok(());
    }
    Err(OAuthError::invalid_grant(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. \
         Check your iat and exp values in the JWT claim.",
    ))
}

#[cfg(test)]
mod tests;
