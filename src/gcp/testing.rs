//! A server for tests: plain HTTP/1.1 on this thread, in the test's own (virtual) time, able to misbehave at byte level.

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::auth::{AuthError, StaticToken, Token, TokenSource};
use super::{Endpoints, Gcp, GcpConfig, Http};
use crate::clock::Clock;

/// One request, as it arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// `POST /v2/…:run`
    pub(super) line: String,
    /// The headers, in lowercase names.
    pub(super) head: String,
    pub(super) body: String,
}

/// What the server does with a request.
pub(super) enum Reply {
    /// Writes this and closes.
    Bytes(Vec<u8>),
    /// Writes this after a time, and closes.
    Late(Duration, Vec<u8>),
    /// Writes this a byte a second.
    Drip(Vec<u8>),
    /// Never answers.
    Hang,
}

/// A whole answer. `head` holds more headers, each ended by `\r\n`.
pub(super) fn answer(status: u16, head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// A JSON answer.
pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::Bytes(answer(
        status,
        "content-type: application/json; charset=UTF-8\r\n",
        body,
    ))
}

/// Runs `client` against a server that answers with `handler`; the client gets the server's base URL.
pub(super) async fn serve<T>(
    handler: impl FnMut(&Seen) -> Reply,
    client: impl AsyncFnOnce(String) -> T,
) -> T {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let handler = RefCell::new(handler);
    tokio::select! {
        value = client(base) => value,
        () = accept(&listener, &handler) => unreachable!("the server never ends"),
    }
}

async fn accept(listener: &TcpListener, handler: &RefCell<impl FnMut(&Seen) -> Reply>) {
    let mut connections = FuturesUnordered::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => connections.push(converse(stream, handler)),
            Some(_) = connections.next() => {}
        }
    }
}

async fn converse(mut stream: TcpStream, handler: &RefCell<impl FnMut(&Seen) -> Reply>) -> io::Result<()> {
    let seen = read_request(&mut stream).await?;
    let reply = (handler.borrow_mut())(&seen);
    match reply {
        Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
        Reply::Late(after, bytes) => {
            tokio::time::sleep(after).await;
            stream.write_all(&bytes).await?;
        }
        Reply::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Reply::Hang => pending::<()>().await,
    }
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Seen> {
    let mut text = Vec::new();
    loop {
        if stream.read_buf(&mut text).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let all = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = all.split_once("\r\n\r\n") else {
            continue;
        };
        let (line, head) = head.split_once("\r\n").unwrap_or((head, ""));
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return Ok(Seen {
                line: line.trim_end_matches(" HTTP/1.1").to_owned(),
                head: head.to_owned(),
                body: body.to_owned(),
            });
        }
    }
}

/// A client of that server, with its token source.
pub(super) fn client_with(base: &str, token: Rc<dyn TokenSource>) -> Gcp {
    Gcp::new(GcpConfig {
        http: Http::new("liftoff/test").unwrap(),
        endpoints: Endpoints::all_at(base).unwrap(),
        token,
        quota_project: Some("quota-p".to_owned()),
        clock: Clock::at("2026-11-23T10:00:00Z".parse().unwrap()),
    })
}

/// A client of that server, with the token `t0`.
pub(super) fn client(base: &str) -> Gcp {
    client_with(base, Rc::new(StaticToken::new("t0")))
}

/// Gives `t0`, and after each refresh the next.
#[derive(Debug, Default)]
pub(super) struct Counting {
    pub(super) refreshes: RefCell<u32>,
}

impl Counting {
    fn current(&self) -> Token {
        Token::new(
            super::Secret::new(&format!("t{}", self.refreshes.borrow())),
            "a test",
        )
    }
}

impl TokenSource for Counting {
    fn token(&self) -> LocalBoxFuture<'_, Result<Token, AuthError>> {
        Box::pin(async { Ok(self.current()) })
    }

    fn refresh<'a>(&'a self, stale: &'a Token) -> LocalBoxFuture<'a, Result<Token, AuthError>> {
        Box::pin(async move {
            if *stale == self.current() {
                *self.refreshes.borrow_mut() += 1;
            }
            Ok(self.current())
        })
    }
}
