//! One request, one answer: the only place that builds HTTP clients.
//!
//! [`Http`] owns the connections. It bounds what any server can do to us: a deadline for the whole exchange, a cap on the
//! body, no redirects. It repeats nothing; whoever asks decides about that.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, StatusCode, redirect, retry};
use thiserror::Error;
use url::Url;

use super::body::Spares;
use super::endpoints::is_loopback;
use super::error::{AnswerError, Call, Fault, Refusal, TransportError};

/// How long a connection may take to be made: TCP, proxy and TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a silent HTTP/2 connection is trusted before it is pinged; one that a sleeping laptop lost is found so.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Why no client can be built.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("cannot set up HTTPS: {0}; install CA certificates (package ca-certificates), or set SSL_CERT_FILE")]
pub struct SetupError(String);

/// The connections of this process. Cheap to clone; clones share them.
#[derive(Clone)]
pub struct Http {
    sides: Arc<Sides>,
}

/// Whom to talk to, by where the server is.
struct Sides {
    /// Obeys `HTTPS_PROXY`, `NO_PROXY` and their kin.
    outside: Side,
    /// This machine, which no proxy reaches.
    loopback: Side,
}

impl Sides {
    fn of(&self, url: &Url) -> &Side {
        if is_loopback(url) {
            &self.loopback
        } else {
            &self.outside
        }
    }
}

/// The clients of one side.
struct Side {
    client: Client,
    /// How they are built.
    builder: Box<dyn Fn() -> ClientBuilder + Send + Sync>,
    /// Connections for requests that the server holds open, made when the first of them is sent. A connection of HTTP/2 carries
    /// as many requests at a time as the server allows, commonly a hundred (RFC 9113, 6.5.2): on one that is shared, a hundred
    /// waits of half a minute would keep every other request waiting, and time it out.
    held: OnceLock<Option<Client>>,
}

impl Side {
    fn new(builder: impl Fn() -> ClientBuilder + Send + Sync + 'static) -> Result<Self, SetupError> {
        let client = builder().build();
        Ok(Self {
            client: client.map_err(|error| SetupError(error.to_string()))?,
            builder: Box::new(builder),
            held: OnceLock::new(),
        })
    }

    fn held(&self) -> Option<&Client> {
        let build = || (self.builder)().build().ok();
        self.held.get_or_init(build).as_ref()
    }
}

/// Says nothing of the clients: reqwest would print the proxy, with its password.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

impl Http {
    /// Builds the clients. `user_agent` goes with every request, such as `liftoff/0.1.0`.
    pub fn new(user_agent: &str) -> Result<Self, SetupError> {
        Self::build(user_agent, ClientBuilder::no_proxy)
    }

    /// The same, but HTTP/2 is spoken to this machine too, without TLS: a measurement against the built-in cloud then costs
    /// what Google's servers would cost, which speak HTTP/2 with TLS.
    pub fn over_http2(user_agent: &str) -> Result<Self, SetupError> {
        Self::build(user_agent, |builder| builder.no_proxy().http2_prior_knowledge())
    }

    fn build(user_agent: &str, special: fn(ClientBuilder) -> ClientBuilder) -> Result<Self, SetupError> {
        // Fails only if one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (outside, loopback) = (user_agent.to_owned(), user_agent.to_owned());
        let sides = Sides {
            outside: Side::new(move || bounded(&outside))?,
            loopback: Side::new(move || special(bounded(&loopback)))?,
        };
        Ok(Self {
            sides: Arc::new(sides),
        })
    }

    /// The client that may send a call to a URL.
    pub(super) fn client_for(&self, call: Call, url: &Url) -> &Client {
        let side = self.sides.of(url);
        let held = if call.is_held() { side.held() } else { None };
        held.unwrap_or(&side.client)
    }

    /// The client that may talk to a URL.
    pub(super) fn client(&self, url: &Url) -> &Client {
        &self.sides.of(url).client
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that builds clients")]
fn bounded(user_agent: &str) -> ClientBuilder {
    Client::builder()
        .user_agent(user_agent)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .tcp_keepalive(KEEP_ALIVE)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .http2_keep_alive_timeout(Duration::from_secs(5))
}

/// An answer of any status but a redirect, its body whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// The body of a good answer, or what the server says instead. `now` is the local clock, for `Retry-After` dates.
    pub(super) fn into_good(self, now: Timestamp) -> Result<Self, Fault> {
        if self.is_html() {
            let status = self.status.as_u16();
            return Err(AnswerError::Html { status }.into());
        }
        if self.status.is_success() {
            return Ok(self);
        }
        Err(Refusal::read(self.status.as_u16(), &self.headers, &self.body, now).into())
    }

    /// Whether it claims to be JSON.
    pub(super) fn is_json(&self) -> bool {
        self.content_type().starts_with("application/json")
    }

    fn content_type(&self) -> &str {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        kind.unwrap_or_default().trim_start()
    }

    /// By its type, or, whatever its type claims, by its first character: no JSON begins with `<`.
    fn is_html(&self) -> bool {
        self.content_type().starts_with("text/html") || self.body.trim_ascii_start().first() == Some(&b'<')
    }
}

/// Sends a request and reads the whole answer, into one of these buffers, within `deadline`.
pub(super) async fn exchange(
    request: RequestBuilder,
    deadline: Duration,
    spares: &Spares,
) -> Result<Answer, Fault> {
    let whole = async {
        let response = request.send().await.map_err(TransportError::read)?;
        refuse_redirect(&response)?;
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: spares.read(response).await?,
        })
    };
    match tokio::time::timeout(deadline, whole).await {
        Ok(answer) => answer,
        Err(_) => Err(TransportError::deadline(deadline).into()),
    }
}

fn refuse_redirect(response: &Response) -> Result<(), AnswerError> {
    if !response.status().is_redirection() {
        return Ok(());
    }
    let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let target = location.and_then(|to| response.url().join(to).ok());
    let host = target.as_ref().and_then(Url::host_str);
    Err(AnswerError::Redirect {
        status: response.status().as_u16(),
        to: host.unwrap_or("nowhere").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::error::TransportKind;
    use super::super::testing::{Reply, answer, serve};
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_proxy_that_refuses_is_named_and_its_password_is_not() {
        let ask = async |base: String| {
            // Installs the crypto provider.
            Http::new("t").unwrap();
            let proxy = base.replace("http://", "http://me:hunter2@");
            let client = bounded("t")
                .proxy(reqwest::Proxy::https(proxy).unwrap())
                .build()
                .unwrap();
            let request = client.get("https://run.googleapis.com/");
            exchange(request, CONNECT_TIMEOUT, &Spares::default())
                .await
                .unwrap_err()
        };
        let fault = serve(|_| Reply::Bytes(answer(407, "", "")), ask).await;
        assert!(
            matches!(&fault, Fault::Transport(lost) if lost.kind == TransportKind::Proxy),
            "{fault}"
        );
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
    }

    #[test]
    fn the_clients_do_not_show_what_they_hold() {
        assert_eq!(format!("{:?}", Http::new("t").unwrap()), "Http { .. }");
    }
}
