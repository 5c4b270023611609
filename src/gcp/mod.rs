//! Typed calls of the three Google Cloud APIs that Liftoff uses.
//!
//! [`Gcp`] answers in core's types; Google's JSON stays inside (`wire.rs` and the private structs of each API's file). It
//! owns connections, tokens, the request counts and the estimate of the servers' clock, and nothing else: schedules,
//! budgets and repeats belong to the hubs that call it. The one repeat made here is the one after a 401.
//!
//! ```text
//!  hubs ─▶ Gcp ─▶ run/ logging vertex   a Request and the JSON that answers it
//!                  └▶ call              token, headers, 401, count, clock
//!                      └▶ http          deadline, body cap, no redirects
//!          error/ ◀── what failed, of what kind, and what to do next
//! ```
//!
//! To add a call: a variant of [`Call`] (`error/call.rs`) with its verb and permission, and a method in its API's file.

pub mod auth;
mod body;
mod call;
mod endpoints;
mod env;
mod error;
mod http;
pub(crate) mod json;
mod listed;
mod logging;
mod offset;
mod run;
mod secret;
#[cfg(test)]
mod testing;
mod vertex;
mod wire;

use std::cell::Cell;
use std::rc::Rc;

use jiff::SignedDuration;
use reqwest::header::HeaderValue;
use tokio::time::Instant;

pub use endpoints::{Api, EndpointError, Endpoints};
pub use error::{
    AnswerError, ApiError, Call, Denial, ErrorInfo, ErrorKind, Fault, Refusal, StartError, TransportError,
    TransportKind,
};
pub use http::{Http, SetupError};
pub use listed::{Fingerprint, Listed, ListedPage};
pub use logging::{EntriesPage, ListEntries};
pub use run::{
    CompletionStatus, Executions, ExecutionsPage, JobInfo, LatestExecution, MOST_PAGES, OperationView,
    Overrides, StartedRun, endless,
};
pub use secret::Secret;
pub use vertex::JobsPage;

use crate::clock::Clock;
use crate::core::Moment;
use auth::TokenSource;
use body::Spares;
use offset::ServerOffset;

/// What a [`Gcp`] is made of.
#[derive(Clone, Debug)]
pub struct GcpConfig {
    /// The connections.
    pub http: Http,
    /// Where the APIs are.
    pub endpoints: Endpoints,
    /// Where tokens come from.
    pub token: Rc<dyn TokenSource>,
    /// The project that is charged for quota where the credentials are a person's (`x-goog-user-project`).
    pub quota_project: Option<String>,
    /// The local clock that the servers' is compared to.
    pub clock: Clock,
}

/// The client. Cheap to clone; clones share connections, tokens, counts and clock.
#[derive(Clone, Debug)]
pub struct Gcp {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: Http,
    endpoints: Endpoints,
    token: Rc<dyn TokenSource>,
    quota_project: Option<HeaderValue>,
    clock: Clock,
    offset: Cell<ServerOffset>,
    requests: Cell<Requests>,
    answered: Cell<Option<Instant>>,
    spares: Spares,
}

/// How many requests were sent, repeats after a 401 included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// To Cloud Run.
    pub run: u64,
    /// To Cloud Logging.
    pub logging: u64,
    /// To Vertex AI.
    pub vertex: u64,
}

impl Gcp {
    /// Makes the client. Sends nothing. A quota project that cannot stand in a header is left out.
    pub fn new(config: GcpConfig) -> Self {
        let project = config.quota_project.filter(|project| !project.is_empty());
        Self {
            inner: Rc::new(Inner {
                http: config.http,
                endpoints: config.endpoints,
                token: config.token,
                quota_project: project.and_then(|project| HeaderValue::from_str(&project).ok()),
                clock: config.clock,
                offset: Cell::default(),
                requests: Cell::default(),
                answered: Cell::default(),
                spares: Spares::default(),
            }),
        }
    }

    /// The servers' clock minus the local one, as far as the answers so far tell; `None` before the first.
    pub fn server_offset(&self) -> Option<SignedDuration> {
        self.inner.offset.get().estimate()
    }

    /// Now, on the monotonic clock and on the servers' (the local one until the first answer).
    pub fn moment(&self) -> Moment {
        let offset = self.server_offset().unwrap_or_default();
        let local = self.inner.clock.now();
        Moment {
            mono: Instant::now(),
            wall: local.saturating_add(offset).unwrap_or(local),
        }
    }

    /// How many requests were sent.
    pub fn requests(&self) -> Requests {
        self.inner.requests.get()
    }

    /// When the last byte of the last answer had come: what is done about it afterwards is our own time.
    pub fn last_answer(&self) -> Option<Instant> {
        self.inner.answered.get()
    }

    fn count(&self, api: Api) {
        let mut requests = self.inner.requests.get();
        match api {
            Api::Run => requests.run += 1,
            Api::Logging => requests.logging += 1,
            Api::Vertex => requests.vertex += 1,
        }
        self.inner.requests.set(requests);
    }
}
