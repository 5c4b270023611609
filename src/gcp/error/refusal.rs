//! Error answers of Google's APIs: `{"error":{"code","message","status","details"}}` (AIP-193), older shapes, and none at all.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde::Deserialize;
use serde_json::Value;

use super::ErrorKind;
use crate::gcp::wire::{lax, spelled};

/// A day: no answer makes anybody wait longer, and no sum of it overflows.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// `google.rpc.ErrorInfo`: the cause, for machines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ErrorInfo {
    /// Such as `IAM_PERMISSION_DENIED`.
    #[serde(default, deserialize_with = "spelled")]
    pub reason: String,
    /// Such as `googleapis.com`.
    #[serde(default, deserialize_with = "spelled")]
    pub domain: String,
    /// Such as `permission`, `service`, `quota_limit_value`.
    #[serde(default, deserialize_with = "lax")]
    pub metadata: BTreeMap<String, String>,
}

/// Why an API denies a call, where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The caller lacks this permission (the call's own, where the answer names none).
    Permission(Option<String>),
    /// The API is not enabled in the project.
    ServiceDisabled,
    /// The project has no billing account.
    BillingDisabled,
    /// The caller may not charge its quota to the quota project.
    QuotaProject,
    /// The token lacks the scope `cloud-platform`.
    Scope,
}

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Name of the `google.rpc.Code`, such as `PERMISSION_DENIED`.
    pub name: Option<String>,
    /// What the API says: at most 1000 characters on one line.
    pub message: String,
    /// The cause, for machines.
    pub info: Option<Box<ErrorInfo>>,
    /// The body was Google's error object, so a 404 is about the resource and not about a proxy.
    pub genuine: bool,
    wait: Option<Duration>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        if self.message.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.message.trim_end_matches('.'))
    }
}

#[derive(Debug, Default, Deserialize)]
struct ErrorObject {
    #[serde(default, deserialize_with = "lax")]
    message: String,
    #[serde(default, deserialize_with = "lax")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    details: Vec<Value>,
    /// The shape before AIP-193: `[{"reason": "rateLimitExceeded", "domain": "usageLimits"}]`.
    #[serde(default, deserialize_with = "lax")]
    errors: Vec<ErrorInfo>,
}

impl Refusal {
    /// Reads an error answer. `now` is the local clock, for a `Retry-After` date in an answer without a `Date`.
    pub(in crate::gcp) fn read(status: u16, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Self {
        let found = error_object(body);
        let genuine = found.is_some();
        let object = found.unwrap_or_default();
        let asked = [retry_info(&object.details), retry_after(headers, now)];
        Self {
            status,
            genuine,
            message: one_line(&object.message),
            name: object.status.map(|name| one_line(&name)),
            info: error_info(&object.details)
                .or_else(|| object.errors.into_iter().next())
                .map(Box::new),
            wait: asked.into_iter().flatten().max(),
        }
    }

    /// How long the API asks to wait, at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.wait
    }

    /// `ErrorInfo.reason`, or empty.
    pub fn reason(&self) -> &str {
        self.info.as_ref().map_or("", |info| &info.reason)
    }

    /// An entry of `ErrorInfo.metadata`.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.info.as_ref()?.metadata.get(key).map(String::as_str)
    }

    pub(super) fn kind(&self) -> ErrorKind {
        if self.is_rate_limit() {
            return ErrorKind::RateLimited;
        }
        match self.status {
            401 => ErrorKind::Auth,
            404 if self.genuine => ErrorKind::NotFound,
            409 if self.name.as_deref() == Some("ABORTED") => ErrorKind::Transient,
            404 | 408 | 425 | 499 | 500 | 502..=504 | 520.. => ErrorKind::Transient,
            _ => ErrorKind::Permanent,
        }
    }

    /// 429, and the 403 that means the same: `rateLimitExceeded`, or a quota "per minute".
    fn is_rate_limit(&self) -> bool {
        let reasons = [
            "rateLimitExceeded",
            "userRateLimitExceeded",
            "RATE_LIMIT_EXCEEDED",
        ];
        let quota_text = || {
            let text = self.message.to_ascii_lowercase();
            text.contains("quota") && text.contains("per minute")
        };
        self.status == 429
            || self.name.as_deref() == Some("RESOURCE_EXHAUSTED")
            || (self.status == 403 && (reasons.contains(&self.reason()) || quota_text()))
    }

    /// Why the call is denied, if it is.
    pub fn denial(&self) -> Option<Denial> {
        if self.is_rate_limit() || !matches!(self.status, 400 | 403) {
            return None;
        }
        let says = |text: &str| self.message.contains(text);
        match self.reason() {
            "SERVICE_DISABLED" | "accessNotConfigured" => Some(Denial::ServiceDisabled),
            "BILLING_DISABLED" => Some(Denial::BillingDisabled),
            "USER_PROJECT_DENIED" => Some(Denial::QuotaProject),
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => Some(Denial::Scope),
            _ if says("it is disabled") => Some(Denial::ServiceDisabled),
            _ if says("requires billing to be enabled") => Some(Denial::BillingDisabled),
            _ if says("insufficient authentication scopes") => Some(Denial::Scope),
            _ if self.status == 403 => Some(Denial::Permission(self.permission())),
            _ => None,
        }
    }

    /// The permission that is missing: from the metadata, or out of `Permission 'run.jobs.run' denied on …`.
    fn permission(&self) -> Option<String> {
        let quoted = || {
            let rest = self.message.split_once("ermission '")?.1;
            let name = rest.split_once('\'')?.0;
            name.contains('.').then_some(name)
        };
        self.metadata("permission").or_else(quoted).map(str::to_owned)
    }
}

/// The error object of the body; streaming methods wrap it in a list, OAuth endpoints give its text alone.
fn error_object(body: &[u8]) -> Option<ErrorObject> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = match body {
        Value::Array(list) => list.into_iter().next()?.get_mut("error")?.take(),
        mut other => other.get_mut("error")?.take(),
    };
    match error {
        Value::Object(_) => serde_json::from_value(error).ok(),
        Value::String(message) => Some(ErrorObject {
            message,
            ..ErrorObject::default()
        }),
        _ => None,
    }
}

fn detail<'a>(details: &'a [Value], name: &str) -> Option<&'a Value> {
    details.iter().find(|detail| {
        let kind = detail.get("@type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.ends_with(name))
    })
}

fn error_info(details: &[Value]) -> Option<ErrorInfo> {
    ErrorInfo::deserialize(detail(details, "google.rpc.ErrorInfo")?).ok()
}

fn retry_info(details: &[Value]) -> Option<Duration> {
    let delay = detail(details, "google.rpc.RetryInfo")?.get("retryDelay")?;
    let seconds: f64 = delay.as_str()?.strip_suffix('s')?.parse().ok()?;
    bounded(seconds)
}

/// `Retry-After` in seconds, or as a date: then relative to the answer's own `Date`.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return bounded(seconds);
    }
    let wait = http_date(text)?.duration_since(date(headers).unwrap_or(now));
    bounded(wait.as_secs_f64().max(0.0))
}

fn bounded(seconds: f64) -> Option<Duration> {
    let seconds = (seconds >= 0.0).then(|| seconds.min(LONGEST_WAIT.as_secs_f64()))?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The `Date` of an answer: the server's clock, in whole seconds.
pub(in crate::gcp) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(header(headers, &DATE)?)
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn http_date(text: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(text.trim()).ok()?.timestamp())
}

fn one_line(text: &str) -> String {
    let plain = text.chars().take(1000);
    plain.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
