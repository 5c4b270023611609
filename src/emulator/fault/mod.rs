//! Faults as data: what goes wrong, with which requests, and when.
//!
//! A fault is matched against every request that passed authentication and quota. Those of a scenario count their
//! windows from that scenario's accepted `jobs.run` (the `jobs.run` request itself is at offset zero) and touch
//! only requests that can concern its execution; those of [`super::EmulatorConfig::extra_faults`] use the
//! server's clock and touch everything. To add a kind, name it in [`FaultKind`] and say in [`Strike`] what
//! it does to a request.

mod book;
mod tail;

use std::time::Duration;

pub(crate) use book::{FaultBook, Strike, Wire};
pub(crate) use tail::{Moment, Suppression, TAIL};

use serde::Deserialize;
use serde_json::json;

use crate::emulator::{
    router,
    scenario::Lapse,
    status::{Code, Status},
};

/// Something that goes wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Method id, such as `logging.entries.list`; `aiplatform.*` for a family, `*` for all.
    pub(crate) method: String,
    pub(crate) kind: FaultKind,
    /// Start of its window.
    #[serde(default)]
    pub(crate) from: Lapse,
    /// End of its window; open if absent.
    pub(crate) to: Option<Lapse>,
    /// How many requests it hits; all if absent. A scenario's fault counts per launch.
    pub(crate) count: Option<u32>,
    /// How likely it hits a request of its window.
    #[serde(default = "always")]
    pub(crate) probability: f64,
    /// `status`: the HTTP status; not needed beside `status`.
    pub(crate) code: Option<u16>,
    /// `status`: the name of a `google.rpc.Code`, such as `OUT_OF_RANGE`; what `code` stands for if absent.
    pub(crate) status: Option<Code>,
    /// `status`: what the refusal carries.
    #[serde(default)]
    pub(crate) body: ErrorBody,
    /// `status`: the error's message.
    pub(crate) message: Option<String>,
    /// `status`: reason of an `ErrorInfo` detail; `suppress`: `RATE_LIMIT` or `NOT_CONSUMED`.
    pub(crate) reason: Option<String>,
    /// `delay`, `list-lag`, `short-wait`: how long; `slow-body`: time between two bytes; `status`: what `Retry-After` asks for.
    pub(crate) by: Option<Lapse>,
}

/// What a fault does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Answers with an error status; nothing is executed.
    Status,
    /// Cuts the connection before anything is executed.
    Reset,
    /// Executes, then cuts the connection without an answer.
    LostResponse,
    /// Executes, and cuts the connection in the middle of the body.
    Truncate,
    /// Executes after a while.
    Delay,
    /// Never answers.
    Hang,
    /// Executes, and sends the body byte by byte.
    SlowBody,
    /// Answers 200 with a web page, as a captive portal does.
    Html,
    /// Lists do not show what is younger than `by`.
    ListLag,
    /// A list answers without an element and with a token to go on: legal, and rarely thought of.
    EmptyPage,
    /// Access tokens granted before the window's start are refused from then on.
    RevokeTokens,
    /// `operations.wait` answers after `by` at the latest, done or not: Google calls it best effort.
    ShortWait,
    /// A tail leaves the entries of a response out, and says how many they were and why.
    Suppress,
}

/// What an error answer carries besides its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorBody {
    /// Google's JSON body.
    #[default]
    Google,
    /// The same with a `Retry-After` header.
    RetryAfter,
    /// The same with a `google.rpc.RetryInfo` detail.
    RetryInfo,
    /// No body at all.
    Bare,
}

impl Fault {
    /// A fault that hits every request of `method` (an id, `family.*`, or `*`).
    pub fn new(method: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            method: method.into(),
            kind,
            from: Lapse::default(),
            to: None,
            count: None,
            probability: always(),
            code: None,
            status: None,
            body: ErrorBody::default(),
            message: None,
            reason: None,
            by: None,
        }
    }

    /// A fault that answers with an HTTP status and `body`.
    pub fn status(method: impl Into<String>, code: u16, body: ErrorBody) -> Self {
        Self {
            code: Some(code),
            body,
            ..Self::new(method, FaultKind::Status)
        }
    }

    /// Hits only requests from `from` to `to` after the server's start.
    #[must_use]
    pub fn during(self, from: Duration, to: Duration) -> Self {
        Self {
            from: Lapse(from),
            to: Some(Lapse(to)),
            ..self
        }
    }

    /// Hits at most `count` requests.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Hits a request with this probability.
    #[must_use]
    pub fn with_probability(self, probability: f64) -> Self {
        Self { probability, ..self }
    }

    /// How long: delay, list lag, time between bytes, or what `Retry-After` asks for.
    #[must_use]
    pub fn by(self, by: Duration) -> Self {
        Self {
            by: Some(Lapse(by)),
            ..self
        }
    }

    /// What a scenario file may not say.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.probability) {
            return Err("key `probability`: from 0 to 1".to_owned());
        }
        let code = self.code.or(self.status.map(Code::http));
        if (self.kind == FaultKind::Status) != code.is_some_and(|code| (400..600).contains(&code)) {
            return Err("key `code`: kind \"status\" needs one from 400 to 599, or `status`, the name of a google.rpc.Code; no other kind has one".to_owned());
        }
        if !router::methods().any(|method| self.names(method.id)) && !self.names(TAIL) {
            let name = &self.method;
            return Err(format!(
                "key `method`: \"{name}\" is no method here; /emulator/state lists them"
            ));
        }
        let known = matches!(self.reason.as_deref(), None | Some("RATE_LIMIT" | "NOT_CONSUMED"));
        if self.kind == FaultKind::Suppress && !known {
            return Err("key `reason`: RATE_LIMIT or NOT_CONSUMED".to_owned());
        }
        let timed = matches!(
            self.kind,
            FaultKind::Delay | FaultKind::ListLag | FaultKind::SlowBody | FaultKind::ShortWait
        );
        if timed && self.by.is_none() {
            return Err("key `by`: this kind needs a length of time".to_owned());
        }
        Ok(())
    }

    /// Whether it is about `method`.
    pub(crate) fn names(&self, method: &str) -> bool {
        match self.method.strip_suffix('*') {
            Some(prefix) => method.starts_with(prefix),
            None => self.method == method,
        }
    }

    /// Whether its window holds `offset`.
    pub(crate) fn open_at(&self, offset: Duration) -> bool {
        self.from.0 <= offset && self.to.is_none_or(|to| offset < to.0)
    }

    fn refusal(&self) -> Status {
        let http = self.code.or(self.status.map(Code::http)).unwrap_or(503);
        let wait = self.by.map_or(Duration::from_secs(1), |by| by.0);
        let message = self
            .message
            .clone()
            .unwrap_or_else(|| usual_message(http).to_owned());
        let code = self.status.unwrap_or_else(|| Code::of_http(http));
        let mut status = Status::with_http(http, code, message);
        if let Some(reason) = &self.reason {
            status = status.detail("ErrorInfo", json!({"reason": reason, "domain": "googleapis.com"}));
        }
        match self.body {
            ErrorBody::Google => status,
            ErrorBody::RetryAfter => status.header("retry-after", wait.as_secs().max(1).to_string()),
            ErrorBody::RetryInfo => status.detail(
                "RetryInfo",
                json!({ "retryDelay": format!("{}s", wait.as_secs_f64()) }),
            ),
            ErrorBody::Bare => Status {
                body: serde_json::Value::Null,
                ..status
            },
        }
    }
}

/// `method=run.*,kind=status,code=503,from=10s`: the keys of a scenario's `[[fault]]`.
impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut table = toml::Table::new();
        for part in text.split(',') {
            let (key, value) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}` is no key=value"))?;
            let value = match key {
                "count" | "code" => value
                    .parse()
                    .map(toml::Value::Integer)
                    .map_err(|_| format!("`{value}` is no number: {key}"))?,
                "probability" => value
                    .parse()
                    .map(toml::Value::Float)
                    .map_err(|_| format!("`{value}` is no number: {key}"))?,
                _ => toml::Value::String(value.to_owned()),
            };
            if table.insert(key.to_owned(), value).is_some() {
                return Err(format!("{key} is given twice"));
            }
        }
        let fault: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())?;
        fault.check()?;
        Ok(fault)
    }
}

fn always() -> f64 {
    1.0
}

fn usual_message(http: u16) -> &'static str {
    match http {
        403 => "The caller does not have permission",
        404 => "Requested entity was not found.",
        429 => "Resource has been exhausted (e.g. check quota).",
        500 => "Internal error encountered.",
        503 => "The service is currently unavailable.",
        504 => "Deadline expired before operation could complete.",
        _ => "The request failed.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_on_a_command_line_as_in_a_scenario() {
        let fault: Fault = "method=logging.*,kind=status,code=503,from=10s,to=1m,count=3,probability=0.5"
            .parse()
            .unwrap();
        assert_eq!(
            (fault.code, fault.count, fault.from.0.as_secs()),
            (Some(503), Some(3), 10)
        );
        assert!(fault.names("logging.entries.list") && !fault.names("run.jobs.get"));
        for (wrong, says) in [
            ("", "no key=value"),
            ("method=*", "missing field `kind`"),
            ("method=*,kind=explode", "explode"),
            ("method=*,kind=status", "code"),
            ("method=*,kind=status,code=x", "no number"),
            ("method=*,kind=reset,kind=reset", "twice"),
            ("method=*,kind=reset,when=1s", "when"),
            ("method=*,kind=status,status=SO_SO", "SO_SO"),
            ("method=*,kind=short-wait", "by"),
            ("method=*,kind=suppress,reason=WHY", "RATE_LIMIT or NOT_CONSUMED"),
            (
                "method=run.job.get,kind=reset",
                "\"run.job.get\" is no method here",
            ),
        ] {
            let error = wrong.parse::<Fault>().unwrap_err();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }
}
