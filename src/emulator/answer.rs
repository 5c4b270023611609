//! Answers on the wire: whole ones, and what faults leave of them.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::Value;

use crate::emulator::{clock::http_date, connection::Cut, fault::Wire, status::Status};

/// What a captive portal says to everybody.
const PORTAL: &str = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body>Please sign in.</body></html>";

/// An answer before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) http: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// 200 with a JSON body.
    pub(crate) fn ok(body: &Value) -> Self {
        Self {
            http: 200,
            headers: Vec::new(),
            body: bytes(body),
        }
    }
}

impl From<Status> for Answer {
    fn from(status: Status) -> Self {
        let body = if status.body.is_null() {
            Vec::new()
        } else {
            bytes(&status.body)
        };
        Self {
            http: status.http,
            headers: status.headers,
            body,
        }
    }
}

fn bytes(body: &Value) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default() // a `Value` has string keys only, so it always serialises
}

/// Makes the response, as far as the fault lets it be one.
pub(crate) fn send(answer: Answer, wire: Option<Wire>, now: Timestamp, cut: &Cut) -> Response {
    let length = answer.body.len();
    let body = Bytes::from(answer.body);
    let content_type = if wire == Some(Wire::Html) {
        "text/html; charset=utf-8"
    } else {
        "application/json; charset=UTF-8"
    };
    let (status, body, length) = match wire {
        None | Some(Wire::Hang) => (answer.http, Body::from(body), length),
        Some(Wire::Reset | Wire::LostResponse) => return nothing(cut),
        Some(Wire::Html) => (200, Body::from(PORTAL), PORTAL.len()),
        Some(Wire::Truncate) => (answer.http, truncated(&body, cut.clone()), length),
        Some(Wire::SlowBody(every)) => (answer.http, slow(body, every), length),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
        headers.insert(header::DATE, date);
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Cuts the connection; the response that axum wants is never written.
pub(crate) fn nothing(cut: &Cut) -> Response {
    cut.cut();
    Response::new(Body::empty())
}

/// The first half, then a reset. The pause lets the half leave before the connection is cut.
fn truncated(body: &Bytes, cut: Cut) -> Body {
    let half = body.slice(..body.len() / 2);
    let rest = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        cut.cut();
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(stream::iter([Ok(half)]).chain(rest))
}

/// A byte at a time.
fn slow(body: Bytes, every: Duration) -> Body {
    Body::from_stream(stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        Some((Ok::<_, std::io::Error>(rest.split_to(1)), rest))
    }))
}
