//! Access tokens: where they come from, and how they are renewed.
//!
//! A [`TokenSource`] owns its tokens; callers ask for one before every request and say when one was refused.
//!
//! To add a kind of credentials: how it gets a token in `origin.rs`, and how it is found in `discover.rs`.

mod cached;
mod discover;
mod error;
mod file;
mod fixed;
mod grant;
mod origin;

use std::fmt;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;

pub use discover::{Credentials, Lookup, discover};
pub use error::AuthError;
pub use fixed::StaticToken;

use super::secret::Secret;

/// An access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    secret: Secret,
    origin: Rc<str>,
}

impl Token {
    /// Takes a token; `origin` names the credentials that it was made from, for errors.
    pub fn new(secret: Secret, origin: &str) -> Self {
        Self {
            secret,
            origin: origin.into(),
        }
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }
}

/// Gives access tokens for the scope `cloud-platform`.
pub trait TokenSource: fmt::Debug {
    /// A token that should be good now.
    fn token(&self) -> LocalBoxFuture<'_, Result<Token, AuthError>>;

    /// Another token than `stale`, which an API refused. Many callers may report the same token: it is renewed once.
    fn refresh<'a>(&'a self, stale: &'a Token) -> LocalBoxFuture<'a, Result<Token, AuthError>>;
}
