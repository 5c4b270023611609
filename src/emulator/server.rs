//! The HTTP server: one loopback port, every request through the same steps.
//!
//! ```text
//! route ─▶ half the RTT ─▶ bearer ─▶ query ─▶ quota ─▶ faults ─▶ method (again while a long poll waits)
//!       ─▶ half the RTT ─▶ answer, with the server's own Date, or what a fault left of it
//! ```
//!
//! The cloud is in a mutex only because axum asks its handlers for `Send + Sync`: on the single thread that serves
//! it nobody ever waits for the lock, and it is never held across an await.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use crate::emulator::{
    EmulatorError,
    answer::{self, Answer},
    cloud::Cloud,
    config::EmulatorConfig,
    connection::{Cut, Door},
    exec::{self, KeyFile},
    fault::{Strike, Wire},
    fields, grpc, host,
    method::{Call, Reply},
    quota::Bucket,
    router, state_page,
    status::{Code, Status},
    token,
    wire::enums,
};

/// Largest request body that is read.
const MAX_BODY: usize = 1024 * 1024;

/// The project that keys name; any other is accepted.
const PROJECT: &str = "emulated";

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    cloud: Mutex<Cloud>,
    /// Wakes long polls when a request has changed an execution.
    pub(crate) changed: Notify,
    stopping: watch::Receiver<bool>,
    rtt: Duration,
}

impl Shared {
    /// Turns true when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.clone()
    }

    /// The cloud. A panic elsewhere leaves it usable: every change is a single step.
    pub(crate) fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) port: u16,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// Holds the processes of executions.
    workshop: Option<JoinHandle<()>>,
}

impl Server {
    /// Binds the port and serves on the current runtime.
    pub(crate) async fn start(config: EmulatorConfig) -> Result<Self, EmulatorError> {
        let wanted = config.port;
        let bind = |source| EmulatorError::Bind { port: wanted, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted))
            .await
            .map_err(bind)?;
        let port = listener.local_addr().map_err(bind)?.port();
        let (stop, stopping) = watch::channel(false);
        let rtt = config.rtt;
        let endpoint = format!("http://127.0.0.1:{port}");
        let exec = config.exec.clone();
        let key = token::service_account_json(PROJECT, &format!("{endpoint}/token"));
        let key_file = exec.as_ref().map(|_| KeyFile::write(&key, port)).transpose();
        let key_file = key_file.map_err(|source| EmulatorError::KeyFile { source })?;
        let (orders, ordered) = mpsc::unbounded_channel();
        let cloud = Mutex::new(Cloud::new(config, endpoint, orders));
        let shared = Arc::new(Shared {
            cloud,
            changed: Notify::new(),
            stopping: stopping.clone(),
            rtt,
        });
        let app = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let serve = axum::serve(Door(listener), app.into_make_service_with_connect_info::<Cut>())
            .with_graceful_shutdown(stopped(stopping));
        // `axum::serve` spawns its connections with `tokio::spawn`: on a current-thread runtime that is this thread.
        let task = tokio::spawn(async move { drop(serve.await) });
        let workshop = exec
            .zip(key_file)
            .map(|(exec, key_file)| tokio::spawn(exec::work(Arc::clone(&shared), exec, key_file, ordered)));
        Ok(Self {
            shared,
            port,
            stop,
            task,
            workshop,
        })
    }

    /// Stops: requests that still wait are cut, connections are closed, the port is free again.
    pub(crate) async fn stop(mut self) {
        let _ = self.stop.send(true);
        if let Some(workshop) = self.workshop.take() {
            let _ = workshop.await;
        }
        // A client that keeps a half-read answer must not hold up the end.
        if tokio::time::timeout(Duration::from_secs(1), &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.task.abort();
        if let Some(workshop) = &self.workshop {
            workshop.abort();
        }
    }
}

/// Returns when the server stops.
pub(crate) async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    if !host::is_local(&request) {
        let words = "The emulator answers only to names of this machine: 127.0.0.1, localhost.";
        let refusal = Answer::from(Status::new(Code::PermissionDenied, words));
        let now = shared.cloud().clock.now();
        return answer::send(refusal, None, now, &cut);
    }
    if let Some(page) = state_page::page(request.uri().path()) {
        return page;
    }
    if grpc::is_grpc(&request) {
        return grpc::respond(&shared, cut, request).await;
    }
    tokio::select! {
        response = respond(&shared, &cut, request) => response,
        () = stopped(shared.stopping.clone()) => answer::nothing(&cut),
    }
}

async fn respond(shared: &Shared, cut: &Cut, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await;
    let (id, answer, wire) = match body {
        Ok(body) => {
            let now = shared.cloud().clock.now();
            match router::route(&parts, body, now) {
                Ok(call) => serve(shared, call).await,
                Err(refusal) => ("unknown", Answer::from(refusal), None),
            }
        }
        Err(_) => (
            "unknown",
            Answer::from(Status::invalid("Request payload size exceeds the limit.")),
            None,
        ),
    };
    let now = {
        let mut cloud = shared.cloud();
        let now = cloud.clock.now();
        count(&mut cloud, id, &answer, wire);
        let whole = !matches!(
            wire,
            Some(Wire::Reset | Wire::LostResponse | Wire::Truncate | Wire::Hang)
        );
        cloud
            .recent
            .note(now, id, parts.uri.path(), whole.then_some(answer.http));
        now
    };
    if wire == Some(Wire::Hang) {
        return std::future::pending().await; // until the client gives up or the server stops
    }
    answer::send(answer, wire, now, cut)
}

/// Answers a call that did not come over HTTP/JSON: no fault touches its connection, and its answer is whole.
pub(crate) async fn perform(shared: &Shared, mut call: Call) -> Result<Value, Status> {
    tokio::time::sleep(shared.rtt / 2).await;
    call.arrived = shared.cloud().clock.now();
    let outcome = match admit(shared, &call).map(|()| shared.cloud().strike(&call)) {
        Ok(mut strike) => {
            strike.wire = None;
            execute(shared, &mut call, &strike).await
        }
        Err(refusal) => Err(refusal),
    };
    let http = outcome.as_ref().map_or_else(|refusal| refusal.http, |_| 200);
    *shared
        .cloud()
        .stats
        .of(call.method.id)
        .by_status
        .entry(http)
        .or_default() += 1;
    tokio::time::sleep(shared.rtt / 2).await;
    outcome
}

/// Answers a routed call, with the network's time before and after.
async fn serve(shared: &Shared, mut call: Call) -> (&'static str, Answer, Option<Wire>) {
    tokio::time::sleep(shared.rtt / 2).await;
    call.arrived = shared.cloud().clock.now();
    let id = call.method.id;
    let strike = admit(shared, &call).map(|()| shared.cloud().strike(&call));
    let (outcome, wire) = match strike {
        Ok(strike) => (execute(shared, &mut call, &strike).await, strike.wire),
        Err(refusal) => (Err(refusal), None),
    };
    let answer = match outcome.and_then(|body| present(&call, body)) {
        Ok(answer) => answer,
        Err(refusal) => refusal.into(),
    };
    tokio::time::sleep(shared.rtt / 2).await;
    (id, answer, wire)
}

/// An answer in the form that the standard parameters ask for.
fn present(call: &Call, mut body: Value) -> Result<Answer, Status> {
    if let Some(fields) = call.query("fields") {
        body = fields::select(fields, body)?;
    }
    if call.wants_enum_numbers() {
        enums::as_numbers(&mut body);
    }
    Ok(Answer::ok(&body))
}

/// Bearer, query and quota, in Google's order.
pub(crate) fn admit(shared: &Shared, call: &Call) -> Result<(), Status> {
    let mut cloud = shared.cloud();
    cloud.stats.of(call.method.id).received += 1;
    if call.method.needs_bearer() {
        cloud.tokens.check(call)?;
    }
    call.check_query()?;
    cloud.meter.take(
        call.method.bucket,
        &call.project(),
        call.param("location"),
        call.arrived,
    )
}

/// Lets the method answer, unless a fault does.
async fn execute(shared: &Shared, call: &mut Call, strike: &Strike) -> Result<Value, Status> {
    tokio::time::sleep(strike.delay).await;
    if let Some(refusal) = &strike.refusal {
        return Err(refusal.clone());
    }
    if matches!(strike.wire, Some(Wire::Reset | Wire::Hang | Wire::Html)) {
        return Ok(Value::Null);
    }
    call.list_lag = strike.list_lag;
    call.empty_page = strike.empty_page;
    call.longest_hold = strike.longest_hold;
    loop {
        let changed = shared.changed.notified();
        let (reply, clock) = {
            let mut cloud = shared.cloud();
            call.now = cloud.clock.now();
            ((call.method.answer)(&mut cloud, call)?, cloud.clock)
        };
        match reply {
            Reply::Json(body) => {
                if matches!(call.method.bucket, Bucket::RunWrite | Bucket::LoggingWrite) {
                    shared.changed.notify_waiters();
                }
                return Ok(body);
            }
            Reply::AskAgainAt(at) => tokio::select! {
                () = tokio::time::sleep_until(clock.instant(at)) => {}
                () = changed => {}
            },
        }
    }
}

fn count(cloud: &mut Cloud, id: &str, answer: &Answer, wire: Option<Wire>) {
    let method = cloud.stats.of(id);
    if id == "unknown" {
        method.received += 1;
    }
    match wire {
        Some(Wire::Reset | Wire::LostResponse | Wire::Truncate | Wire::Hang) => method.cut += 1,
        _ => *method.by_status.entry(answer.http).or_default() += 1,
    }
}
