//! gRPC on the same port: `TailLogEntries`, which no client reaches in another way, and `ListLogEntries`.
//!
//! Messages are the published ones of `google/logging/v2/logging.proto`; entries, filters, tokens, quotas and faults are those of the
//! REST methods. To serve one more method: its path in [`respond`], and a service beside [`list`].

mod entry;
mod list;
mod refusal;
mod session;
mod tail;

use std::sync::Arc;

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::Response;
use http::header;
use serde_json::{Value, json};
use tonic::metadata::MetadataMap;
use tonic::server::Grpc;
use tonic_prost::ProstCodec;

pub(crate) use session::Tails;

use crate::emulator::{
    connection::Cut,
    method::{Call, Method},
    server::Shared,
};

const SERVICE: &str = "/google.logging.v2.LoggingServiceV2/";

/// Whether a request speaks gRPC.
pub(crate) fn is_grpc(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// Answers a gRPC request.
pub(crate) async fn respond(shared: &Arc<Shared>, cut: Cut, request: Request) -> Response {
    let shared = Arc::clone(shared);
    match request.uri().path().strip_prefix(SERVICE) {
        Some("TailLogEntries") => {
            let mut grpc = Grpc::new(ProstCodec::default());
            grpc.streaming(tail::Tail { shared, cut }, request)
                .await
                .map(Body::new)
        }
        Some("ListLogEntries") => {
            let mut grpc = Grpc::new(ProstCodec::default());
            grpc.unary(list::List { shared }, request).await.map(Body::new)
        }
        _ => {
            shared.cloud().stats.of("unknown").received += 1;
            let words = format!("The emulator does not serve {} over gRPC.", request.uri().path());
            tonic::Status::unimplemented(words).into_http::<Body>()
        }
    }
}

/// The call that a REST request of the same content would be.
fn call(shared: &Shared, method: &'static Method, metadata: &MetadataMap, body: &Value) -> Call {
    let bearer = metadata
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let bearer = bearer
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let now = shared.cloud().clock.now();
    Call {
        method,
        params: Vec::new(),
        query: Vec::new(),
        body: Bytes::from(json!(body).to_string()),
        bearer: bearer.map(|(_, token)| token.trim().to_owned()),
        content_type: None,
        arrived: now,
        now,
        list_lag: std::time::Duration::ZERO,
        empty_page: false,
        longest_hold: None,
    }
}
