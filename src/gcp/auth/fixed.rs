//! A token that somebody else made.

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use super::{AuthError, Secret, Token, TokenSource};

/// A token given as text, such as `CLOUDSDK_AUTH_ACCESS_TOKEN`: nothing can renew it.
#[derive(Clone, Debug)]
pub struct StaticToken(Token);

impl StaticToken {
    /// Takes the token.
    pub fn new(text: &str) -> Self {
        Self(Token::new(Secret::new(text), "CLOUDSDK_AUTH_ACCESS_TOKEN"))
    }
}

impl TokenSource for StaticToken {
    fn token(&self) -> LocalBoxFuture<'_, Result<Token, AuthError>> {
        ready(Ok(self.0.clone())).boxed_local()
    }

    fn refresh<'a>(&'a self, _stale: &'a Token) -> LocalBoxFuture<'a, Result<Token, AuthError>> {
        ready(Err(AuthError::StaticRefused)).boxed_local()
    }
}
