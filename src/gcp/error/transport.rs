//! Requests that got no answer.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use thiserror::Error;

use super::ErrorKind;

/// Where a request was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransportKind {
    /// The host's name was not resolved.
    Dns,
    /// No connection: refused, unreachable, or not within the connect timeout.
    Connect,
    /// The TLS handshake failed: certificate expired, self-signed, for another host.
    Tls,
    /// The proxy refused (407, or a CONNECT that failed).
    Proxy,
    /// No complete answer within the request's deadline.
    Timeout,
    /// The connection was lost after it was made.
    Lost,
}

/// A request that got no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}: {detail}", self.what())]
pub struct TransportError {
    /// Where it was lost.
    pub kind: TransportKind,
    /// The innermost cause, in the system's words.
    pub detail: String,
}

impl TransportError {
    /// The request's own deadline passed.
    pub(in crate::gcp) fn deadline(after: Duration) -> Self {
        Self {
            kind: TransportKind::Timeout,
            detail: format!("no complete answer within {} s", after.as_secs()),
        }
    }

    /// Reads reqwest's error. URLs are left out, because a proxy's holds a password.
    pub(in crate::gcp) fn read(error: reqwest::Error) -> Self {
        let place = error.url().map(|url| url.origin().ascii_serialization());
        let error = error.without_url();
        let kind = if error.is_dns() {
            TransportKind::Dns
        } else if find::<rustls::Error>(&error).is_some() {
            TransportKind::Tls
        } else if error.is_connect() && says_proxy(&error) {
            TransportKind::Proxy
        } else if error.is_connect() {
            TransportKind::Connect
        } else if error.is_timeout() {
            TransportKind::Timeout
        } else {
            TransportKind::Lost
        };
        let detail = innermost(&error);
        // Where to is the first thing to know of a connection that fails; an origin holds no secret.
        let detail = place.map_or_else(|| detail.clone(), |place| format!("{detail} ({place})"));
        Self { kind, detail }
    }

    /// Whether the server may have seen the request.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self.kind, TransportKind::Timeout | TransportKind::Lost)
    }

    pub(super) fn kind(&self) -> ErrorKind {
        match self.kind {
            // Neither heals by itself, and going on without TLS is no choice.
            TransportKind::Tls | TransportKind::Proxy => ErrorKind::Permanent,
            _ => ErrorKind::Transient,
        }
    }

    fn what(&self) -> &'static str {
        match self.kind {
            TransportKind::Dns => "the host's name was not resolved",
            TransportKind::Connect => "no connection",
            TransportKind::Tls => "the secure connection failed",
            TransportKind::Proxy => "the proxy refused",
            TransportKind::Timeout => "no answer in time",
            TransportKind::Lost => "the connection was lost",
        }
    }
}

/// Walks the causes; an [`io::Error`] hides the error that it wraps from `source`, so it is opened.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| next_cause(*error))
}

fn next_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped
        .map(|inner| inner as &(dyn StdError + 'static))
        .or_else(|| error.source())
}

fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// hyper-util's tunnel errors are private types: their words are all there is.
fn says_proxy(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        let text = cause.to_string();
        text.contains("proxy") || text.contains("tunnel")
    })
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
    text.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_hidden_in_an_io_error_is_found() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let outer = io::Error::other(io::Error::other(tls));
        assert!(find::<rustls::Error>(&outer).is_some());
        assert!(innermost(&outer).contains("expired") || innermost(&outer).contains("Expired"));
    }

    #[test]
    fn only_a_lost_or_late_answer_may_hide_an_arrival() {
        let all = [
            (TransportKind::Dns, false),
            (TransportKind::Connect, false),
            (TransportKind::Tls, false),
            (TransportKind::Proxy, false),
            (TransportKind::Timeout, true),
            (TransportKind::Lost, true),
        ];
        for (kind, arrived) in all {
            let error = TransportError {
                kind,
                detail: String::new(),
            };
            assert_eq!(error.may_have_arrived(), arrived, "{kind:?}");
        }
    }
}
