//! What can go wrong with a call, as types: [`ApiError`] for every call, [`StartError`] for `jobs.run`.
//!
//! An error says what was asked of which API ([`Call`] and target), what happened ([`Fault`]), and what to do next
//! ([`ApiError::hint`]). Its [`kind`](ApiError::kind) is what policies look at. Bodies of answers never appear in it, and
//! neither do tokens.
//!
//! To add a kind of fault: a variant of [`Fault`], its line in [`Fault::kind`], and its hint in `hint.rs`.

mod answer;
mod call;
mod hint;
mod refusal;
mod start;
mod transport;

use std::time::Duration;

use thiserror::Error;

pub use answer::AnswerError;
pub use call::Call;
pub(super) use refusal::date;
pub use refusal::{Denial, ErrorInfo, Refusal};
pub use start::StartError;
pub use transport::{TransportError, TransportKind};

use super::auth::AuthError;
use super::endpoints::EndpointError;

/// What a policy needs to know of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The same request fails again until someone changes something (permissions, arguments, TLS, endpoints).
    Permanent,
    /// The same request may succeed later.
    Transient,
    /// A quota is used up: the same request succeeds later, and fewer of them are wanted.
    RateLimited,
    /// There are no credentials, or they are refused.
    Auth,
    /// Google says that the resource does not exist.
    NotFound,
}

/// What happened to one request.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// There was no token to send.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// There was no place to send it to.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The API answered with an error status.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The answer is not one of Google's.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}

impl Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Auth(error) if error.is_transient() => ErrorKind::Transient,
            Self::Auth(_) => ErrorKind::Auth,
            Self::Endpoint(_) => ErrorKind::Permanent,
            Self::Transport(error) => error.kind(),
            Self::Refused(refusal) => refusal.kind(),
            Self::Answer(_) => ErrorKind::Transient,
        }
    }
}

/// A call that failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}{}", self.summary(), self.next())]
pub struct ApiError {
    /// What was asked.
    pub call: Call,
    /// Of what: a resource name.
    pub target: String,
    /// What happened.
    #[source]
    pub fault: Box<Fault>,
}

impl ApiError {
    pub(super) fn new(call: Call, target: impl Into<String>, fault: impl Into<Fault>) -> Self {
        Self {
            call,
            target: target.into(),
            fault: Box::new(fault.into()),
        }
    }

    /// What a policy needs to know.
    pub fn kind(&self) -> ErrorKind {
        self.fault.kind()
    }

    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind(), ErrorKind::Transient | ErrorKind::RateLimited)
    }

    /// How long the API asks to wait (`Retry-After`, or `RetryInfo`, whichever is longer), at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal().and_then(Refusal::retry_after)
    }

    /// The API's own answer, if it was one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &*self.fault {
            Fault::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Why the API denies the call, if it does.
    pub fn denial(&self) -> Option<Denial> {
        self.refusal().and_then(Refusal::denial)
    }

    /// The HTTP status, if the API answered with an error.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// What happened, to what: one line without advice.
    pub fn summary(&self) -> String {
        format!(
            "cannot {} {} ({}): {}",
            self.call.verb(),
            self.target,
            self.call.api(),
            self.fault
        )
    }

    /// What to do next, where it can be told.
    pub fn hint(&self) -> Option<String> {
        hint::of(self)
    }

    fn next(&self) -> String {
        self.hint().map_or_else(String::new, |hint| format!("; {hint}"))
    }
}
