//! Where the APIs live, and which other places may stand in for them.
//!
//! Every request carries an access token, so an endpoint is a question of trust: https on googleapis.com, or plain http to
//! this machine. Anything else has to be declared trusted by the one who configures it.

#[cfg(test)]
mod tests;

use std::fmt;

use thiserror::Error;
use url::{Host, Url};

/// One of the three APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Api {
    /// Cloud Run Admin API v2.
    Run,
    /// Cloud Logging API v2.
    Logging,
    /// Vertex AI API v1.
    Vertex,
}

impl Api {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Run, Self::Logging, Self::Vertex];

    /// Google's name for it, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Run => "Cloud Run",
            Self::Logging => "Cloud Logging",
            Self::Vertex => "Vertex AI",
        }
    }

    /// The service's name, as `gcloud services enable` takes it.
    pub fn service(self) -> &'static str {
        match self {
            Self::Run => "run.googleapis.com",
            Self::Logging => "logging.googleapis.com",
            Self::Vertex => "aiplatform.googleapis.com",
        }
    }

    /// gcloud's variable that moves the API elsewhere.
    pub fn override_variable(self) -> &'static str {
        match self {
            Self::Run => "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN",
            Self::Logging => "CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING",
            Self::Vertex => "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// Why a text is no endpoint that a token may be sent to.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EndpointError {
    /// Not a URL, or a URL with more than scheme, host, port and path.
    #[error("`{given}` is no base URL for {api}: {why}; write one such as https://{service}/", service = .api.service())]
    Malformed {
        /// The API.
        api: Api,
        /// What was given, cut to 200 characters.
        given: String,
        /// What is wrong with it.
        why: String,
    },
    /// A place that was not declared trusted.
    #[error(
        "{api} was pointed at {origin}, which would receive your access token: only https on googleapis.com and plain http \
         on this machine are allowed; declare the endpoint trusted in your own configuration if you mean it"
    )]
    Untrusted {
        /// The API.
        api: Api,
        /// Scheme, host and port.
        origin: String,
    },
    /// A region becomes part of a host name, so it has to look like one.
    #[error("`{0}` is not a region: write one such as us-central1")]
    Region(String),
}

/// The base URLs of the three APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    run: Url,
    logging: Url,
    /// `None`: a host for each region.
    vertex: Option<Url>,
}

impl Endpoints {
    /// Google's own: the global hosts of Cloud Run and Cloud Logging, and Vertex AI's host of each region.
    pub fn google() -> Self {
        Self {
            run: google_url(Api::Run.service()),
            logging: google_url(Api::Logging.service()),
            vertex: None,
        }
    }

    /// All three APIs at one base URL, as an emulator serves them.
    pub fn all_at(base: &str) -> Result<Self, EndpointError> {
        let everywhere = |_: &str| Some(base.to_owned());
        Self::from_env(&everywhere, false)
    }

    /// Google's own, unless gcloud's override variables (`CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN` and its kin) say otherwise.
    ///
    /// `lookup` reads a variable. `trusted` lifts the restriction to googleapis.com and this machine.
    pub fn from_env(lookup: &dyn Fn(&str) -> Option<String>, trusted: bool) -> Result<Self, EndpointError> {
        let mut endpoints = Self::google();
        for api in Api::ALL {
            let given = lookup(api.override_variable()).filter(|text| !text.trim().is_empty());
            if let Some(given) = given {
                endpoints.set(api, &given, trusted)?;
            }
        }
        Ok(endpoints)
    }

    /// Moves one API elsewhere.
    pub fn set(&mut self, api: Api, given: &str, trusted: bool) -> Result<(), EndpointError> {
        let url = check(api, given, trusted)?;
        match api {
            Api::Run => self.run = url,
            Api::Logging => self.logging = url,
            Api::Vertex => self.vertex = Some(url),
        }
        Ok(())
    }

    pub(super) fn run(&self) -> &Url {
        &self.run
    }

    pub(super) fn logging(&self) -> &Url {
        &self.logging
    }

    /// Vertex AI answers per region (`us-central1-aiplatform.googleapis.com`); its multi-regions have names of their own.
    pub(super) fn vertex(&self, region: &str) -> Result<Url, EndpointError> {
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if region.is_empty() || region.len() > 40 || !region.bytes().all(good) || region.starts_with('-') {
            return Err(EndpointError::Region(cut(region)));
        }
        if let Some(fixed) = &self.vertex {
            return Ok(fixed.clone());
        }
        Ok(match region {
            "global" => google_url("aiplatform.googleapis.com"),
            "us" | "eu" => google_url(&format!("aiplatform.{region}.rep.googleapis.com")),
            _ => google_url(&format!("{region}-aiplatform.googleapis.com")),
        })
    }
}

/// The host is a constant, or a checked region in one.
fn google_url(host: &str) -> Url {
    Url::parse(&format!("https://{host}/")).expect("a valid host makes a valid URL")
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn is_google(url: &Url) -> bool {
    url.scheme() == "https" && url.domain().is_some_and(|name| name.ends_with(".googleapis.com"))
}

fn check(api: Api, given: &str, trusted: bool) -> Result<Url, EndpointError> {
    let malformed = |why: &str| EndpointError::Malformed {
        api,
        given: cut(given),
        why: why.to_owned(),
    };
    let url = Url::parse(given.trim()).map_err(|error| malformed(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(malformed("the scheme is neither https nor http"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::Malformed {
            api,
            given: url.origin().ascii_serialization(),
            why: "it holds a user name or password".to_owned(),
        });
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(malformed("it has a query or fragment"));
    }
    if trusted || is_google(&url) || (url.scheme() == "http" && is_loopback(&url)) {
        return Ok(url);
    }
    Err(EndpointError::Untrusted {
        api,
        origin: url.origin().ascii_serialization(),
    })
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
