//! Keeping a token until it has to be renewed, and renewing it once however many ask.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};
use tokio::time::{Instant, timeout};

use super::origin::{Fetched, Origin};
use super::{AuthError, Token, TokenSource};

/// How long getting a token may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// A token is renewed this long before it expires, as google-auth does (or at half its life, if that is shorter).
const MARGIN: Duration = Duration::from_secs(225);

/// A new token is used for at least this long, even if it was born expired: no hot loop.
const LEAST: Duration = Duration::from_secs(10);

/// After a failed renewal the token at hand is used for so long before the next attempt.
const RETRY: Duration = Duration::from_secs(30);

type Flight = Shared<LocalBoxFuture<'static, Result<Token, AuthError>>>;

/// A [`TokenSource`] that renews from an [`Origin`].
#[derive(Clone, Debug)]
pub(super) struct Cached(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    origin: Origin,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    /// The renewal under way, shared by all who wait for it.
    flight: Option<Flight>,
}

/// Times run on the monotonic clock: where that stood still (a laptop slept), the API's 401 tells.
#[derive(Clone, Debug)]
struct Held {
    token: Token,
    renew_at: Instant,
    expires_at: Instant,
}

impl Held {
    fn new(token: Token, life: Duration) -> Self {
        let now = Instant::now();
        let margin = MARGIN.min(life / 2);
        Self {
            token,
            renew_at: now + life.saturating_sub(margin).max(LEAST),
            expires_at: now + life.max(LEAST),
        }
    }
}

impl Cached {
    pub(super) fn new(origin: Origin) -> Self {
        Self(Rc::new(Inner {
            origin,
            state: RefCell::default(),
        }))
    }

    /// The token at hand, if it need not be renewed yet.
    fn fresh(&self) -> Option<Token> {
        let state = self.0.state.borrow();
        let held = state.held.as_ref()?;
        (Instant::now() < held.renew_at).then(|| held.token.clone())
    }

    /// The token at hand for as long as it lives, after a renewal that may succeed later.
    fn keep_going(&self, error: AuthError) -> Result<Token, AuthError> {
        let mut state = self.0.state.borrow_mut();
        let now = Instant::now();
        let alive = state
            .held
            .as_mut()
            .filter(|held| error.is_transient() && now < held.expires_at);
        let Some(held) = alive else { return Err(error) };
        held.renew_at = now + RETRY;
        Ok(held.token.clone())
    }

    /// Joins the renewal under way, or starts one.
    fn renew(&self) -> Flight {
        let mut state = self.0.state.borrow_mut();
        let start = || renewal(Rc::clone(&self.0)).boxed_local().shared();
        state.flight.get_or_insert_with(start).clone()
    }
}

async fn renewal(inner: Rc<Inner>) -> Result<Token, AuthError> {
    let fetched = match timeout(DEADLINE, inner.origin.fetch()).await {
        Ok(fetched) => fetched,
        Err(_) => Err(inner
            .origin
            .unreachable(format!("no answer within {} s", DEADLINE.as_secs()))),
    };
    let mut state = inner.state.borrow_mut();
    state.flight = None;
    let Fetched { secret, life } = fetched?;
    let token = Token::new(secret, inner.origin.name());
    state.held = Some(Held::new(token.clone(), life));
    Ok(token)
}

impl TokenSource for Cached {
    fn token(&self) -> LocalBoxFuture<'_, Result<Token, AuthError>> {
        async {
            if let Some(token) = self.fresh() {
                return Ok(token);
            }
            let renewed = self.renew().await;
            renewed.or_else(|error| self.keep_going(error))
        }
        .boxed_local()
    }

    fn refresh<'a>(&'a self, stale: &'a Token) -> LocalBoxFuture<'a, Result<Token, AuthError>> {
        async move {
            // Somebody else may have renewed it since.
            match self.fresh().filter(|token| token != stale) {
                Some(token) => Ok(token),
                None => self.renew().await,
            }
        }
        .boxed_local()
    }
}

#[cfg(test)]
#[path = "cached_tests.rs"]
mod tests;
