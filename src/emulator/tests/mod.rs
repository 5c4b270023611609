//! The emulator from outside: real HTTP on loopback, in virtual time.

mod changes;
mod exec;
mod faults;
mod logging;
mod run;
mod scenarios;
mod serving;
mod sighting;
mod tail;
mod tail_faults;
mod vertex;

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Emulator, EmulatorConfig, Fault, Quotas, Scenario};

/// A client and the emulator that it talks to.
pub(super) struct World {
    pub(super) emulator: Emulator,
    pub(super) http: reqwest::Client,
}

/// `projects/p/locations/r`, under which every test works.
pub(super) const PARENT: &str = "projects/my-project/locations/us-central1";

impl World {
    pub(super) async fn start(config: EmulatorConfig) -> Self {
        Self {
            emulator: Emulator::start(config).await.unwrap(),
            http: client(),
        }
    }

    /// An emulator without quotas and with these faults.
    pub(super) async fn with(extra_faults: Vec<Fault>) -> Self {
        Self::start(EmulatorConfig {
            quotas: Quotas::unlimited(),
            extra_faults,
            ..EmulatorConfig::default()
        })
        .await
    }

    pub(super) fn request(&self, verb: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(verb, format!("{}{path}", self.emulator.endpoint()))
            .bearer_auth(self.emulator.static_token())
    }

    pub(super) async fn send(&self, verb: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = self.request(verb, path);
        let request = if let Some(body) = body {
            request.json(&body)
        } else {
            request
        };
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// A GET that must succeed.
    pub(super) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, None).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// A POST that must succeed.
    pub(super) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.send(Method::POST, path, Some(body)).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Starts a run of a built-in job; the execution's full name.
    pub(super) async fn run(&self, job: &str) -> String {
        let operation = self
            .post(&format!("/v2/{PARENT}/jobs/{job}:run"), json!({}))
            .await;
        operation["metadata"]["name"].as_str().unwrap().to_owned()
    }

    /// The entries that a filter finds.
    pub(super) async fn entries(&self, filter: &str) -> Vec<Value> {
        let body = json!({"resourceNames": ["projects/my-project"], "filter": filter, "pageSize": 1000});
        self.post("/v2/entries:list", body).await["entries"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// The custom jobs of the region.
    pub(super) async fn jobs(&self) -> Vec<Value> {
        self.get(&format!("/v1/{PARENT}/customJobs")).await["customJobs"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the emulator's tests must not lean on Liftoff's own client"
)]
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_hours(1))
        .build()
        .unwrap()
}

/// Lets virtual time pass, to a point of the scenario's line.
pub(super) async fn pass(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

pub(super) async fn json_of(response: Response) -> Value {
    response.json().await.unwrap()
}

pub(super) fn builtin(name: &str) -> Scenario {
    Scenario::builtin(name).unwrap()
}
