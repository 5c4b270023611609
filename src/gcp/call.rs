//! One authorised call: token, headers, the repeat after a 401, the count, and the server's clock.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::Gcp;
use super::auth::{AuthError, Token};
use super::endpoints::EndpointError;
use super::error::{AnswerError, ApiError, Call, Fault, date};
use super::http::{Answer, exchange};
use super::json;

/// The deadline of an ordinary call: beyond it the connection is taken for dead.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// Google's header for the project whose quota and billing a user's credentials are charged to.
const QUOTA_PROJECT: &str = "x-goog-user-project";

/// A call, ready to be sent.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) call: Call,
    /// What an error names: a resource.
    pub(super) target: String,
    /// Without query.
    pub(super) url: Result<Url, EndpointError>,
    pub(super) query: Vec<(&'static str, String)>,
    /// A POST if there is one, else a GET.
    pub(super) body: Option<Value>,
    pub(super) deadline: Duration,
}

impl Request {
    /// A GET (or, with [`Request::post`], a POST) of `base/version/resource`, such as `…/v2/projects/p/…/jobs/train:run`.
    pub(super) fn new(
        call: Call,
        target: impl Into<String>,
        base: Result<Url, EndpointError>,
        path: &str,
    ) -> Self {
        Self {
            call,
            target: target.into(),
            url: base.map(|base| join(base, path)),
            query: Vec::new(),
            body: None,
            deadline: DEADLINE,
        }
    }

    pub(super) fn post(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// Adds a parameter if there is a value.
    pub(super) fn maybe(self, key: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }
}

/// Appends the segments, escaped, to what the base has of a path.
fn join(mut base: Url, path: &str) -> Url {
    if let Ok(mut segments) = base.path_segments_mut() {
        segments.pop_if_empty().extend(path.split('/'));
    }
    base
}

impl Gcp {
    /// Sends a call and reads its JSON.
    pub(super) fn call<T: DeserializeOwned>(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<T, ApiError>> {
        self.call_with(request, json::parse)
    }

    /// Sends a call and reads its body.
    pub(super) async fn call_with<T>(
        &self,
        request: Request,
        parse: impl FnOnce(&[u8]) -> Result<T, AnswerError>,
    ) -> Result<T, ApiError> {
        let read = async {
            let answer = self.authorised(&request).await?;
            parse(&answer.body).map_err(Fault::from)
        };
        read.await
            .map_err(|fault| ApiError::new(request.call, &*request.target, fault))
    }

    /// Sends a call; after a 401, once more with a renewed token. A 401 means that nothing was executed, so that this is
    /// safe for every call.
    async fn authorised(&self, request: &Request) -> Result<Answer, Fault> {
        let url = request.url.clone()?;
        let token = self.inner.token.token().await?;
        let answer = self.send(request, &url, &token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return self.judge(answer, &token);
        }
        let renewed = self.inner.token.refresh(&token).await?;
        let answer = self.send(request, &url, &renewed).await?;
        self.judge(answer, &renewed)
    }

    async fn send(&self, request: &Request, url: &Url, token: &Token) -> Result<Answer, Fault> {
        let method = if request.body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut http = self
            .inner
            .http
            .client_for(request.call, url)
            .request(method, url.clone());
        http = http.header(AUTHORIZATION, bearer(token)?).query(&request.query);
        if let Some(project) = &self.inner.quota_project {
            http = http.header(QUOTA_PROJECT, project.clone());
        }
        if let Some(body) = &request.body {
            http = http.json(body);
        }
        self.count(request.call.api());
        let sent = self.inner.clock.now();
        let answer = exchange(http, request.deadline, &self.inner.spares).await?;
        self.inner.answered.set(Some(Instant::now()));
        self.learn(&answer, sent);
        Ok(answer)
    }

    fn judge(&self, mut answer: Answer, token: &Token) -> Result<Answer, Fault> {
        if !answer.status.is_success() {
            // A server that repeats what it was sent does not get our token onto a screen.
            let text = token.secret().redact(&String::from_utf8_lossy(&answer.body));
            answer.body = text.into();
        }
        answer.into_good(self.inner.clock.now())
    }

    /// Learns the server's clock, from JSON only: a portal's page may have any date.
    fn learn(&self, answer: &Answer, sent: jiff::Timestamp) {
        if let Some(date) = date(&answer.headers).filter(|_| answer.is_json()) {
            let mut offset = self.inner.offset.get();
            offset.learn(date, sent, self.inner.clock.now());
            self.inner.offset.set(offset);
        }
    }
}

fn bearer(token: &Token) -> Result<HeaderValue, AuthError> {
    let refused = |_| AuthError::NotAToken {
        origin: token.origin().to_owned(),
    };
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.secret().expose())).map_err(refused)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
