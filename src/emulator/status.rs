//! Refusals in Google's shape: AIP-193 bodies, `google.rpc` codes and their HTTP statuses.
//!
//! Source: <https://google.aip.dev/193> and `google/rpc/code.proto`.

use serde::Deserialize;
use serde_json::{Value, json};

/// A `google.rpc.Code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Code {
    Cancelled,
    Unknown,
    InvalidArgument,
    NotFound,
    AlreadyExists,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    Unimplemented,
    Internal,
    Unavailable,
    DeadlineExceeded,
    Unauthenticated,
}

impl Code {
    /// HTTP status, numeric code, name.
    fn facts(self) -> (u16, i32, &'static str) {
        match self {
            Self::Cancelled => (499, 1, "CANCELLED"),
            Self::Unknown => (500, 2, "UNKNOWN"),
            Self::InvalidArgument => (400, 3, "INVALID_ARGUMENT"),
            Self::DeadlineExceeded => (504, 4, "DEADLINE_EXCEEDED"),
            Self::NotFound => (404, 5, "NOT_FOUND"),
            Self::AlreadyExists => (409, 6, "ALREADY_EXISTS"),
            Self::OutOfRange => (400, 11, "OUT_OF_RANGE"),
            Self::PermissionDenied => (403, 7, "PERMISSION_DENIED"),
            Self::ResourceExhausted => (429, 8, "RESOURCE_EXHAUSTED"),
            Self::FailedPrecondition => (400, 9, "FAILED_PRECONDITION"),
            Self::Aborted => (409, 10, "ABORTED"),
            Self::Unimplemented => (501, 12, "UNIMPLEMENTED"),
            Self::Internal => (500, 13, "INTERNAL"),
            Self::Unavailable => (503, 14, "UNAVAILABLE"),
            Self::Unauthenticated => (401, 16, "UNAUTHENTICATED"),
        }
    }

    /// The HTTP status that carries this code.
    pub(crate) fn http(self) -> u16 {
        self.facts().0
    }

    /// The number in `google/rpc/code.proto`.
    pub(crate) fn number(self) -> i32 {
        self.facts().1
    }

    /// The code that an HTTP status stands for, as Google's front end maps it.
    pub(crate) fn of_http(status: u16) -> Self {
        match status {
            400 => Self::InvalidArgument,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            409 => Self::Aborted,
            429 => Self::ResourceExhausted,
            499 => Self::Cancelled,
            500 => Self::Internal,
            501 => Self::Unimplemented,
            502 | 503 => Self::Unavailable,
            504 => Self::DeadlineExceeded,
            _ => Self::Unknown,
        }
    }
}

/// A refusal: what an HTTP answer with an error status is made of.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    /// The HTTP status.
    pub(crate) http: u16,
    /// The code that it stands for.
    pub(crate) code: Code,
    /// The JSON body; null for an answer without a body.
    pub(crate) body: Value,
    /// Headers beyond the usual ones.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Status {
    /// A refusal with Google's error body.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self::with_http(code.http(), code, message)
    }

    /// The same where the HTTP status is given by somebody else (a fault).
    pub(crate) fn with_http(http: u16, code: Code, message: impl Into<String>) -> Self {
        let error = json!({ "code": http, "message": message.into(), "status": code.facts().2 });
        Self {
            http,
            code,
            body: json!({ "error": error }),
            headers: Vec::new(),
        }
    }

    /// `INVALID_ARGUMENT`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// `NOT_FOUND`, in the words of the service. Captured answers of this kind carry no details.
    pub(crate) fn not_found(words: impl Into<String>) -> Self {
        Self::new(Code::NotFound, words)
    }

    /// `NOT_FOUND`, in the words that Google's front end has for everything.
    pub(crate) fn entity_not_found() -> Self {
        Self::not_found("Requested entity was not found.")
    }

    /// `FAILED_PRECONDITION`.
    pub(crate) fn precondition(message: impl Into<String>) -> Self {
        Self::new(Code::FailedPrecondition, message)
    }

    /// Adds one of the `google.rpc` details.
    pub(crate) fn detail(mut self, kind: &str, mut detail: Value) -> Self {
        detail["@type"] = json!(format!("type.googleapis.com/google.rpc.{kind}"));
        if let Some(error) = self.body.get_mut("error").and_then(Value::as_object_mut) {
            let details = error.entry("details").or_insert_with(|| json!([]));
            if let Some(details) = details.as_array_mut() {
                details.push(detail);
            }
        }
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_shape_of_aip_193() {
        let status = Status::entity_not_found().detail("ErrorInfo", json!({"reason": "X"}));
        assert_eq!(status.http, 404);
        assert_eq!(
            status.body,
            json!({"error": {"code": 404, "status": "NOT_FOUND",
                "message": "Requested entity was not found.",
                "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "X"}]}})
        );
    }
}
