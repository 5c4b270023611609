//! `TailLogEntries`: a stream of what Logging receives from now on.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream;
use googleapis_tonic_google_logging_v2::google::logging::v2::{
    TailLogEntriesRequest, TailLogEntriesResponse,
};
use http::Method as Verb;
use serde_json::json;
use tokio::sync::mpsc::{self, error::TrySendError};
use tonic::metadata::MetadataMap;
use tonic::server::StreamingService;
use tonic::{Request, Response, Status, Streaming};

use super::{
    call,
    refusal::grpc,
    session::{Session, Step},
};
use crate::emulator::{
    connection::Cut,
    fault::{Moment, Strike, TAIL},
    logging::list,
    method::Method,
    quota::Bucket,
    server::{Shared, admit, stopped},
    status,
};

/// Its row in statistics and faults. No REST client was seen to use `entries:tail`, so no path leads here.
static METHOD: Method = Method {
    id: TAIL,
    rpc: "google.logging.v2.LoggingServiceV2.TailLogEntries",
    verb: Verb::POST,
    path: "/v2/entries:tail",
    query: &[],
    bucket: Bucket::LoggingTail,
    answer: |_, _| {
        Err(status::Status::new(
            status::Code::Unimplemented,
            "entries:tail is served over gRPC only",
        ))
    },
};

/// Responses that wait for a client before entries are suppressed as not consumed.
const PENDING: usize = 16;
/// `bufferWindow` where the request has none, and at most.
const USUAL_WINDOW: Duration = Duration::from_secs(2);
const LONGEST_WINDOW: Duration = Duration::from_mins(1);

type Answer = Result<TailLogEntriesResponse, Status>;

/// The service.
pub(super) struct Tail {
    pub(super) shared: Arc<Shared>,
    /// The connection that it comes over.
    pub(super) cut: Cut,
}

impl StreamingService<TailLogEntriesRequest> for Tail {
    type Response = TailLogEntriesResponse;
    type ResponseStream = Pin<Box<dyn Stream<Item = Answer> + Send>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Streaming<TailLogEntriesRequest>>) -> Self::Future {
        let (shared, cut) = (Arc::clone(&self.shared), self.cut.clone());
        Box::pin(async move {
            let (metadata, _, mut requests) = request.into_parts();
            let session = match requests.message().await? {
                Some(first) => open(&shared, &cut, &metadata, &first),
                None => Err(status::Status::invalid(
                    "The stream ended before its first request.",
                )),
            };
            let outcome = session.map_err(|refusal| (refusal.http, grpc(&refusal)));
            let http = outcome.as_ref().map_or_else(|(http, _)| *http, |_| 200);
            *shared
                .cloud()
                .stats
                .of(METHOD.id)
                .by_status
                .entry(http)
                .or_default() += 1;
            let session = outcome.map_err(|(_, status)| status)?;
            let (sender, receiver) = mpsc::channel(PENDING);
            tokio::spawn(pump(shared, cut, session, sender));
            let responses = stream::unfold(receiver, |mut receiver| async move {
                Some((receiver.recv().await?, receiver))
            });
            Ok(Response::new(Box::pin(responses) as Self::ResponseStream))
        })
    }
}

/// Opens a session, or refuses it as the REST methods refuse requests.
fn open(
    shared: &Shared,
    cut: &Cut,
    metadata: &MetadataMap,
    asked: &TailLogEntriesRequest,
) -> Result<Session, status::Status> {
    let call = call(
        shared,
        &METHOD,
        metadata,
        &json!({"resourceNames": asked.resource_names}),
    );
    admit(shared, &call)?;
    let projects = list::projects(&asked.resource_names, &[])?;
    let filter = list::filter(&asked.filter)?;
    let window = match asked.buffer_window {
        None => USUAL_WINDOW,
        Some(window) => Duration::try_from(window)
            .ok()
            .filter(|window| *window <= LONGEST_WINDOW)
            .ok_or_else(|| status::Status::invalid("buffer_window must be between 0 and 60000 ms"))?,
    };
    let mut cloud = shared.cloud();
    let now = cloud.clock.now();
    let strike = cloud.strike_tail(&projects, Moment::Opening, now);
    if let Some(refusal) = ended_by(&strike, cut) {
        return Err(refusal);
    }
    Session::open(&mut cloud, projects, filter, window, now)
}

/// How a fault ends a tail: with a status, or by cutting its connection, which the attempt to say so brings about.
fn ended_by(strike: &Strike, cut: &Cut) -> Option<status::Status> {
    if strike.wire.is_some() {
        cut.cut();
        return Some(status::Status::new(
            status::Code::Unavailable,
            "The connection is cut.",
        ));
    }
    strike.refusal.clone()
}

/// Sends what arrives until the client goes, the session is over, or the server stops.
async fn pump(shared: Arc<Shared>, cut: Cut, mut session: Session, sender: mpsc::Sender<Answer>) {
    loop {
        let changed = shared.changed.notified();
        let (step, clock) = {
            let mut cloud = shared.cloud();
            let now = cloud.clock.now();
            (session.step(&mut cloud, now), cloud.clock)
        };
        match step {
            Step::Send(responses) => {
                for response in responses {
                    match sender.try_send(Ok(response)) {
                        Ok(()) => {}
                        Err(TrySendError::Full(lost)) => session.not_consumed(lost.ok().as_ref()),
                        Err(TrySendError::Closed(_)) => return session.close(&mut shared.cloud()),
                    }
                }
            }
            Step::Over(refusal) => return end(&shared, &session, &sender, &refusal).await,
            Step::Struck(strike) => {
                if let Some(refusal) = ended_by(&strike, &cut) {
                    return end(&shared, &session, &sender, &refusal).await;
                }
            }
            Step::WaitUntil(at) => tokio::select! {
                () = tokio::time::sleep_until(clock.instant(at)) => {}
                () = changed => {}
                () = sender.closed() => return session.close(&mut shared.cloud()),
                () = stopped(shared.stopping()) => return,
            },
        }
    }
}

/// Ends a session with the last that its client hears of it.
async fn end(shared: &Shared, session: &Session, sender: &mpsc::Sender<Answer>, refusal: &status::Status) {
    session.close(&mut shared.cloud());
    let _ = sender.send(Err(grpc(refusal))).await;
}
