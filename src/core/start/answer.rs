//! What comes back of a start's requests.

use std::sync::Arc;
use std::time::Duration;

use crate::core::execution::ExecutionView;

/// What came of `jobs.run`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostAnswer {
    /// It was accepted.
    Started(Arc<ExecutionView>, String),
    /// Nothing reached the server.
    NotSent {
        /// Trying again cannot help: credentials, TLS, a proxy that refuses.
        permanent: bool,
        /// What happened.
        trouble: Trouble,
    },
    /// The server answered with an error.
    Refused {
        /// HTTP status.
        status: u16,
        /// It is the permission for overrides that is missing.
        overrides_denied: bool,
        /// A quota, whatever the status.
        rate_limited: bool,
        /// How long the server wants us to wait.
        wait: Option<Duration>,
        /// What happened.
        trouble: Trouble,
    },
    /// It was sent and no good answer came back.
    Ambiguous(Trouble),
}

/// An error as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What happened, to what.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// What came of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListAnswer {
    /// Ours is there.
    Found(Arc<ExecutionView>),
    /// A complete list lacks it.
    Lacking,
    /// No complete list.
    Failed {
        /// Trying again cannot help.
        permanent: bool,
        /// What happened.
        trouble: Trouble,
    },
}
