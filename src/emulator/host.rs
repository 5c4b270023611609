//! Which names of itself the server answers to. It listens on loopback; a web page that points a name of its own there (DNS
//! rebinding) must not reach an emulator that runs commands.

use std::net::IpAddr;

use axum::extract::Request;
use http::header;

/// Whether a request names this machine: a loopback address, `localhost`, or a name that begins like a regional endpoint and ends in a
/// loopback address (`us-central1-127.0.0.1`, as gcloud makes them).
pub(crate) fn is_local(request: &Request) -> bool {
    let header = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = request
        .uri()
        .authority()
        .map(http::uri::Authority::as_str)
        .or(header);
    host.is_none_or(names_loopback)
}

fn names_loopback(host: &str) -> bool {
    let name = host
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map_or_else(
            || host.rsplit_once(':').map_or(host, |(name, _)| name),
            |(name, _)| name,
        );
    let address = name.rsplit('-').next().unwrap_or(name);
    let is_loopback = |text: &str| text.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    name == "localhost" || name.ends_with(".localhost") || is_loopback(name) || is_loopback(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in [
            "127.0.0.1:8080",
            "127.0.0.1",
            "localhost:1",
            "run.localhost",
            "[::1]:80",
            "us-central1-127.0.0.1:80",
        ] {
            assert!(names_loopback(host), "{host}");
        }
        for host in [
            "evil.example:8080",
            "169.254.169.254",
            "127.0.0.1.evil.example",
            "localhost.evil.example:80",
            "",
        ] {
            assert!(!names_loopback(host), "{host}");
        }
    }
}
