//! Which method answers a request. The list of emulated APIs is here: one line each.

use axum::body::Bytes;
use http::{HeaderMap, header, request::Parts};
use jiff::Timestamp;
use std::borrow::Cow;
use std::time::Duration;

use crate::emulator::{
    logging,
    method::{Call, Method, match_path},
    oauth, run, state_page,
    status::{Code, Status},
    vertex,
};

/// Every API that is emulated.
const APIS: &[&[Method]] = &[
    run::jobs::METHODS,
    run::changes::METHODS,
    run::executions::METHODS,
    run::tasks::METHODS,
    run::operations::METHODS,
    logging::list::METHODS,
    logging::write::METHODS,
    vertex::jobs::METHODS,
    vertex::operations::METHODS,
    oauth::METHODS,
    state_page::METHODS,
];

/// Every method, in the order of the APIs.
pub(crate) fn methods() -> impl Iterator<Item = &'static Method> {
    APIS.iter().flat_map(|api| api.iter())
}

/// The request as a call of its method, or Google's 404.
pub(crate) fn route(parts: &Parts, body: Bytes, now: Timestamp) -> Result<Call, Status> {
    let path = parts.uri.path();
    let asked = of_first_version(path);
    let found = methods()
        .filter(|method| method.verb == parts.method)
        .find_map(|method| Some((method, match_path(method.path, &asked)?)));
    let Some((method, params)) = found else {
        return Err(Status::new(
            Code::NotFound,
            format!("Method not found: {} {path}", parts.method),
        ));
    };
    let query = parts.uri.query().unwrap_or_default();
    Ok(Call {
        method,
        params,
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        body,
        bearer: bearer(&parts.headers),
        content_type: text(&parts.headers, header::CONTENT_TYPE),
        arrived: now,
        now,
        list_lag: Duration::ZERO,
        empty_page: false,
        longest_hold: None,
    })
}

/// Operations of Vertex AI are also found under `/ui/`: the first of the paths that its service configuration binds them to,
/// and so the one that Google's Python client polls.
fn of_first_version(path: &str) -> Cow<'_, str> {
    match path.strip_prefix("/ui/") {
        Some(rest) if rest.contains("/operations/") => format!("/v1/{rest}").into(),
        _ => path.into(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = text(headers, header::AUTHORIZATION)?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn operations_of_vertex_have_a_second_path() {
        let operation = "projects/p/locations/l/operations/1";
        assert_eq!(
            of_first_version(&format!("/ui/{operation}")),
            format!("/v1/{operation}")
        );
        let job = "/ui/projects/p/locations/l/customJobs/1";
        assert_eq!(of_first_version(job), job);
    }

    #[test]
    fn every_method_has_its_own_id_and_its_path_names_a_version() {
        let mut ids = HashSet::new();
        for method in methods() {
            assert!(ids.insert(method.id), "{} twice", method.id);
            assert!(method.path.starts_with('/'), "{}", method.path);
        }
    }
}
