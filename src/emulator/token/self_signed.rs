//! Self-signed JWTs: access tokens that a service account makes itself, with no visit to the token endpoint.
//!
//! Source: <https://google.aip.dev/auth/4111>. Google's generated clients do this with every key file, so that a cloud
//! which takes granted tokens only would refuse them all.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Grant, OAuthError, check_issuer, check_times, signed_claims};

/// The longest life of one, in seconds: an hour, and what google-cloud-auth 1.18 for Rust adds against clocks that differ (it
/// stamps ten seconds back and ten ahead), which Google lets pass.
const MAX_LIFE: i64 = 3600 + 20;

/// What such a JWT says: who, for how long, and either for which service (`aud`) or for which scopes.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    iat: i64,
    aud: Option<String>,
    scope: Option<String>,
}

/// Checks a bearer that may be such a JWT. `now` is the time that it is judged by.
///
/// # Errors
/// It is none, or Google would not accept it.
pub(crate) fn check(jwt: &str, now: Timestamp) -> Result<Grant, OAuthError> {
    let claims: Claims = signed_claims(jwt)?;
    check_issuer(&claims.iss)?;
    check_times(claims.iat, claims.exp, MAX_LIFE, now.as_second())?;
    if claims.sub != claims.iss {
        return Err(OAuthError::invalid_grant(
            "Invalid JWT: its subject must be its issuer.",
        ));
    }
    let scope = claims.scope.unwrap_or_default();
    if scope.trim().is_empty() && !is_google_service(&claims.aud.unwrap_or_default()) {
        return Err(OAuthError::invalid_grant(
            "Invalid JWT: it names neither a service of Google as its audience nor a scope.",
        ));
    }
    Ok(Grant { subject: claims.sub })
}

/// `https://SERVICE.googleapis.com/`: the endpoint's default name, wherever the client was really pointed.
fn is_google_service(audience: &str) -> bool {
    let host = audience
        .strip_prefix("https://")
        .map(|rest| rest.trim_end_matches('/'));
    host.is_some_and(|host| host.ends_with(".googleapis.com") && !host.contains('/'))
}
