//! How `jobs.run` fails. It has no request id, so what matters is whether a runner may have been started.

use thiserror::Error;

use super::{ApiError, Fault};

/// Why `jobs.run` gave no execution.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StartError {
    /// Nothing reached the server: no token, no connection. Nothing was started.
    #[error("{0}")]
    NotSent(#[source] ApiError),
    /// Cloud Run answered with an error status. Nothing was started, as far as the answer can be trusted: after a 5xx,
    /// look before sending again.
    #[error("{0}")]
    Refused(#[source] ApiError),
    /// The request was sent, and no answer or a broken one came back: a runner may have been started.
    #[error("{0}; the runner may have been started all the same")]
    Ambiguous(#[source] ApiError),
}

impl StartError {
    /// The failed call itself.
    pub fn api_error(&self) -> &ApiError {
        match self {
            Self::NotSent(error) | Self::Refused(error) | Self::Ambiguous(error) => error,
        }
    }
}

impl From<ApiError> for StartError {
    fn from(error: ApiError) -> Self {
        match &*error.fault {
            Fault::Auth(_) | Fault::Endpoint(_) => Self::NotSent(error),
            Fault::Transport(transport) if !transport.may_have_arrived() => Self::NotSent(error),
            Fault::Refused(_) => Self::Refused(error),
            Fault::Transport(_) | Fault::Answer(_) => Self::Ambiguous(error),
        }
    }
}
