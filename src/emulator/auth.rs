//! Access tokens: which bearers are accepted, and Google's 401.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::emulator::{
    chance::Chance,
    clock::later,
    method::Call,
    oauth::by_either_clock,
    status::{Code, Status},
    token::self_signed,
};

/// Grants from which on expired ones are forgotten.
const MOST_GRANTS: usize = 10_000;

/// The tokens that the emulator knows. The cloud owns it.
#[derive(Debug)]
pub(crate) struct Tokens {
    fixed: String,
    anonymous: bool,
    lifetime: Duration,
    granted: HashMap<String, Grant>,
    revocations: Vec<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Grant {
    at: Timestamp,
    expires: Timestamp,
}

impl Tokens {
    /// No grant yet; the fixed token is always accepted.
    pub(crate) fn new(seed: u64, lifetime: Duration, anonymous: bool) -> Self {
        Self {
            anonymous,
            fixed: fixed_token(seed),
            lifetime,
            granted: HashMap::new(),
            revocations: Vec::new(),
        }
    }

    /// Grants a token: its text and its lifetime in whole seconds.
    pub(crate) fn grant(&mut self, chance: &mut Chance, now: Timestamp) -> (String, u64) {
        let token = format!("ya29.emulated-{:016x}{:016x}", chance.next(), chance.next());
        let grant = Grant {
            at: now,
            expires: later(now, self.lifetime),
        };
        if self.granted.len() >= MOST_GRANTS {
            self.granted.retain(|_, grant| grant.expires > now);
        }
        self.granted.insert(token.clone(), grant);
        (token, self.lifetime.as_secs())
    }

    /// Refuses, from `at` on, every token granted before it.
    pub(crate) fn revoke_at(&mut self, at: Timestamp) {
        self.revocations.push(at);
    }

    /// Lets a request pass, or refuses it as Google does.
    pub(crate) fn check(&self, call: &Call) -> Result<(), Status> {
        let Some(bearer) = call.bearer.as_deref() else {
            return if self.anonymous {
                Ok(())
            } else {
                Err(missing(call))
            };
        };
        if bearer == self.fixed {
            return Ok(());
        }
        match self.granted.get(bearer) {
            None => by_either_clock(call.arrived, |now| self_signed::check(bearer, now).map(drop))
                .map_err(|_| invalid(call, "ACCESS_TOKEN_TYPE_UNSUPPORTED")),
            Some(grant) if self.ended(*grant, call.arrived) => Err(invalid(call, "ACCESS_TOKEN_EXPIRED")),
            Some(_) => Ok(()),
        }
    }

    fn ended(&self, grant: Grant, now: Timestamp) -> bool {
        grant.expires <= now || self.revocations.iter().any(|&at| grant.at < at && at <= now)
    }
}

/// The bearer that an emulator of this seed always accepts.
pub(crate) fn fixed_token(seed: u64) -> String {
    format!("ya29.emulated-{seed:016x}")
}

fn missing(call: &Call) -> Status {
    let message = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
    refusal(call, message, "CREDENTIALS_MISSING").header(
        "www-authenticate",
        "Bearer realm=\"https://accounts.google.com/\"",
    )
}

fn invalid(call: &Call, reason: &str) -> Status {
    let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
    refusal(call, message, reason).header(
        "www-authenticate",
        "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"",
    )
}

fn refusal(call: &Call, message: &str, reason: &str) -> Status {
    let metadata = json!({"service": call.method.bucket.service(), "method": call.method.rpc});
    Status::new(Code::Unauthenticated, message).detail(
        "ErrorInfo",
        json!({"reason": reason, "domain": "googleapis.com", "metadata": metadata}),
    )
}
