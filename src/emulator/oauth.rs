//! The OAuth 2 token endpoint: `POST /token`.

use http::Method as Verb;
use serde_json::json;

use crate::emulator::{
    cloud::Cloud,
    method::{Call, Method, Reply},
    quota::Bucket,
    status::Status,
};

/// The endpoint.
pub(crate) const METHODS: &[Method] = &[Method {
    id: "oauth2.token",
    rpc: "oauth2.Token",
    verb: Verb::POST,
    path: "/token",
    query: &[],
    bucket: Bucket::Free,
    answer: token,
}];

fn token(cloud: &mut Cloud, call: &Call) -> Result<Reply, Status> {
    let (token, expires_in) = cloud.tokens.grant(&mut cloud.chance, call.now);
    Ok(Reply::Json(
        json!({"access_token": token, "expires_in": expires_in, "token_type": "Bearer"}),
    ))
}
