//! The OAuth 2 token endpoint: `POST /token`.

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::json;

use crate::emulator::{
    cloud::Cloud,
    method::{Call, Method, Reply},
    quota::Bucket,
    status::{Code, Status},
    token::{self, Grant, OAuthError},
};

/// The endpoint.
pub(crate) const METHODS: &[Method] = &[Method {
    id: "oauth2.token",
    rpc: "oauth2.Token",
    verb: Verb::POST,
    path: "/token",
    query: &[],
    bucket: Bucket::Free,
    answer,
}];

fn answer(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let Grant { subject: _ } = check(cloud, call).map_err(|error| Status {
        http: error.status,
        code: Code::InvalidArgument,
        body: error.body(),
        headers: Vec::new(),
    })?;
    let (token, expires_in) = cloud.tokens.grant(&mut cloud.chance, call.now);
    Ok(Reply::Json(
        json!({"access_token": token, "expires_in": expires_in, "token_type": "Bearer"}),
    ))
}

fn check(cloud: &Cloud, call: &Call) -> Result<Grant, OAuthError> {
    let uri = format!("{}/token", cloud.endpoint);
    by_either_clock(call.now, |now| {
        token::grant(call.content_type.as_deref(), &call.body, now, &uri)
    })
}

/// A JWT may be stamped by the machine's clock (client libraries know no other) or by a clock that follows this
/// server's, which the machine's need not be near. `now` is what this server's shows.
#[expect(
    clippy::disallowed_methods,
    reason = "client libraries stamp their JWTs by the machine's clock"
)]
pub(crate) fn by_either_clock<T, E>(
    now: Timestamp,
    judge: impl Fn(Timestamp) -> Result<T, E>,
) -> Result<T, E> {
    judge(Timestamp::now()).or_else(|error| judge(now).map_err(|_| error))
}
