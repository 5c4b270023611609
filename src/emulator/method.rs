//! What a method of a Google API is here, and how a request finds its method.
//!
//! A method is a row of a table, as in Google's discovery documents: an id, a verb, a path template, the query
//! parameters that it takes, the quota that it draws on, and the function that answers it. To emulate one more
//! API, write a file with a `METHODS` table and name it in [`super::router`].

use axum::body::Bytes;
use http::Method as Verb;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::time::Duration;

use crate::emulator::{
    cloud::Cloud,
    quota::Bucket,
    status::Status,
    wire::shape::{self, Message},
};

/// One method of one API.
#[derive(Debug)]
pub(crate) struct Method {
    /// Short discovery id, such as `run.jobs.run`: the name in statistics and faults.
    pub(crate) id: &'static str,
    /// Full RPC name, as error details carry it.
    pub(crate) rpc: &'static str,
    /// HTTP verb.
    pub(crate) verb: Verb,
    /// Path template; `{name}` takes one segment, `{name}:verb` one segment with a custom verb.
    pub(crate) path: &'static str,
    /// Query parameters beyond those that every Google method takes.
    pub(crate) query: &'static [&'static str],
    /// The quota that a request draws on.
    pub(crate) bucket: Bucket,
    /// Answers a request.
    pub(crate) answer: fn(&mut Cloud, &Call) -> Result<Reply, Status>,
}

impl Method {
    /// Whether a request must carry a bearer token: all but those that no quota counts.
    pub(crate) fn needs_bearer(&self) -> bool {
        self.bucket != Bucket::Free
    }
}

/// What a method says to a request that it does not refuse.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The answer's body.
    Json(Value),
    /// Ask again at this time, or as soon as something in the cloud was changed by a request (long poll).
    AskAgainAt(Timestamp),
}

/// A request that found its method.
#[derive(Debug)]
pub(crate) struct Call {
    /// The method.
    pub(crate) method: &'static Method,
    /// Values of the path template's names.
    pub(crate) params: Vec<(&'static str, String)>,
    /// Decoded query parameters.
    pub(crate) query: Vec<(String, String)>,
    /// The body as sent.
    pub(crate) body: Bytes,
    /// The bearer token, if there was one.
    pub(crate) bearer: Option<String>,
    /// The body's media type, if it was named.
    pub(crate) content_type: Option<String>,
    /// When the request arrived.
    pub(crate) arrived: Timestamp,
    /// The time of the answer: later than `arrived` when a long poll is asked again.
    pub(crate) now: Timestamp,
    /// Fault: lists do not show what is younger than this.
    pub(crate) list_lag: Duration,
    /// Fault: a list answers with no element and a token to go on.
    pub(crate) empty_page: bool,
    /// Fault: a long poll is held no longer than this.
    pub(crate) longest_hold: Option<Duration>,
}

impl Call {
    /// A path parameter. Empty if the template has no such name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }

    /// The project that the request is about, from its path or from `resourceNames` of its body. Empty if none.
    pub(crate) fn project(&self) -> Cow<'_, str> {
        let of_path = self.param("project");
        if !of_path.is_empty() || !matches!(self.method.bucket, Bucket::LoggingRead | Bucket::LoggingTail) {
            return of_path.into();
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let names = body.get("resourceNames").or_else(|| body.get("resource_names"));
        let first = names.and_then(|names| names[0].as_str()).unwrap_or_default();
        let project = first
            .strip_prefix("projects/")
            .and_then(|rest| rest.split('/').next());
        project.unwrap_or_default().to_owned().into()
    }

    /// A query parameter, by its camelCase name; `snake_case` is accepted as Google's servers accept it.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(given, _)| camel(given) == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as an answer would show it. What is not of its shape is refused in Google's words; no body is an empty message.
    /// `root` is the field of the request that the body is; empty if it is the whole request.
    pub(crate) fn message(&self, shape: &'static Message, root: &str) -> Result<Value, Status> {
        let body: &[u8] = if self.body.trim_ascii().is_empty() {
            b"{}"
        } else {
            &self.body
        };
        let sent = serde_json::from_slice(body)
            .map_err(|error| Status::invalid(format!("Invalid JSON payload received. {error}")))?;
        shape::tidy(sent, shape, root)
    }

    /// The body as a request that it is the whole of.
    pub(crate) fn request<T: DeserializeOwned>(&self, shape: &'static Message) -> Result<T, Status> {
        let tidied = self.message(shape, "")?;
        serde_json::from_value(tidied)
            .map_err(|error| Status::invalid(format!("Invalid JSON payload received. {error}")))
    }

    /// Whether the client asked for enums as integers.
    pub(crate) fn wants_enum_numbers(&self) -> bool {
        self.query("$alt")
            .or_else(|| self.query("alt"))
            .is_some_and(|alt| alt.contains("enum-encoding=int"))
    }

    /// Refuses query parameters that neither this method nor every method knows, as Google's front end does.
    pub(crate) fn check_query(&self) -> Result<(), Status> {
        for (name, _) in &self.query {
            let camel = camel(name);
            if !STANDARD.contains(&camel.as_str()) && !self.method.query.contains(&camel.as_str()) {
                return Err(Status::invalid(format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message."
                )));
            }
        }
        Ok(())
    }
}

/// The parameters of every Google REST method.
const STANDARD: &[&str] = &[
    "$.xgafv",
    "$alt",
    "$prettyPrint",
    "access_token",
    "alt",
    "callback",
    "fields",
    "key",
    "oauth_token",
    "prettyPrint",
    "quotaUser",
    "uploadType",
    "upload_protocol",
];

/// `page_size` as `pageSize`. Standard parameters keep their names.
pub(crate) fn camel(name: &str) -> String {
    if STANDARD.contains(&name) {
        return name.to_owned();
    }
    let mut upper = false;
    name.chars()
        .filter_map(|letter| match letter {
            '_' => {
                upper = true;
                None
            }
            _ if std::mem::take(&mut upper) => Some(letter.to_ascii_uppercase()),
            _ => Some(letter),
        })
        .collect()
}

/// The values of `template`'s names in `path`, or none if the path is another's.
pub(crate) fn match_path(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    let mut segments = path.split('/');
    for part in template.split('/') {
        let segment = segments.next()?;
        match part.strip_prefix('{').and_then(|part| part.split_once('}')) {
            None if part == segment => {}
            None => return None,
            Some((name, verb)) => {
                let value = segment.strip_suffix(verb)?;
                if value.is_empty() || value.contains(':') {
                    return None;
                }
                params.push((name, decode(value)));
            }
        }
    }
    segments.next().is_none().then_some(params)
}

/// Undoes percent encoding. `+` stays: this is a path.
fn decode(segment: &str) -> String {
    let escaped = segment
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes())
        .next()
        .map_or_else(String::new, |(text, _)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_verb_is_told_from_a_plain_resource() {
        let run = "/v2/projects/{project}/jobs/{job}:run";
        let get = "/v2/projects/{project}/jobs/{job}";
        let path = "/v2/projects/p/jobs/train:run";
        assert_eq!(
            match_path(run, path),
            Some(vec![("project", "p".to_owned()), ("job", "train".to_owned())])
        );
        assert_eq!(match_path(get, path), None);
        assert_eq!(match_path(run, "/v2/projects/p/jobs/train"), None);
        assert_eq!(
            match_path(get, "/v2/projects/p/jobs/a%20b+c"),
            Some(vec![("project", "p".into()), ("job", "a b+c".into())])
        );
        assert_eq!(match_path(get, "/v2/projects/p/jobs/train/executions"), None);
        assert_eq!(match_path(get, "/v2/projects/p/jobs/"), None);
    }

    #[test]
    fn snake_case_parameters_are_camel_case_ones() {
        assert_eq!(
            (camel("page_size").as_str(), camel("upload_protocol").as_str()),
            ("pageSize", "upload_protocol")
        );
    }
}
