//! Where a renewable token comes from.

use std::time::Duration;

use futures_util::FutureExt;
use gcp_auth::{GCloudAuthorizedUser, MetadataServiceAccount, TokenProvider};

use super::grant::TokenEndpoint;
use super::{AuthError, Secret};
use crate::clock::Clock;

/// What every request of Liftoff may do; IAM narrows it down.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// A token as it was given out.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) secret: Secret,
    pub(super) life: Duration,
}

/// One kind of credentials.
#[derive(Debug)]
pub(super) enum Origin {
    /// A credentials file, whose token endpoint is asked.
    File(Box<TokenEndpoint>),
    /// The metadata server of the Google Cloud machine that this runs on.
    Metadata(Clock),
    /// `gcloud auth print-access-token`.
    Gcloud(Clock),
}

impl Origin {
    /// In errors.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::File(endpoint) => endpoint.path(),
            Self::Metadata(_) => "this machine's service account",
            Self::Gcloud(_) => "the account of gcloud",
        }
    }

    fn who(&self) -> String {
        match self {
            Self::File(endpoint) => endpoint.host(),
            Self::Metadata(_) => "the metadata server".to_owned(),
            Self::Gcloud(_) => "gcloud".to_owned(),
        }
    }

    pub(super) fn unreachable(&self, why: String) -> AuthError {
        AuthError::Unreachable {
            who: self.who(),
            origin: self.name().to_owned(),
            why,
        }
    }

    /// Gets a new token. The caller bounds the time that it takes.
    pub(super) async fn fetch(&self) -> Result<Fetched, AuthError> {
        let fetched = match self {
            Self::File(endpoint) => return endpoint.fetch().await,
            Self::Metadata(clock) => from_metadata(*clock).await,
            Self::Gcloud(clock) => from_gcloud(*clock).await,
        };
        fetched.map_err(|error| self.unreachable(words(&error).to_owned()))
    }
}

/// A provider of `gcp_auth` keeps its token until it expires and cannot be told that it was refused, so that a new provider
/// is made for every token.
async fn from_metadata(clock: Clock) -> Result<Fetched, gcp_auth::Error> {
    let provider = MetadataServiceAccount::new().await?;
    Ok(fetched(&*provider.token(&[SCOPE]).await?, clock))
}

/// `gcp_auth` waits for the gcloud process without yielding: on a thread of its own, so that nothing else stands still.
async fn from_gcloud(clock: Clock) -> Result<Fetched, gcp_auth::Error> {
    let run = || {
        let made = async {
            let provider = GCloudAuthorizedUser::new().await?;
            provider.token(&[SCOPE]).await
        };
        made.now_or_never()
    };
    let token = tokio::task::spawn_blocking(run).await.ok().flatten();
    let token = token.unwrap_or(Err(gcp_auth::Error::Str("gcloud was not waited for")))?;
    Ok(fetched(&token, clock))
}

fn fetched(token: &gcp_auth::Token, clock: Clock) -> Fetched {
    let left = token.expires_at().timestamp() - clock.machine().as_second();
    Fetched {
        secret: Secret::new(token.as_str()),
        life: Duration::from_secs(u64::try_from(left).unwrap_or(0)),
    }
}

/// What `gcp_auth` says, without what servers and files said to it.
pub(super) fn words(error: &gcp_auth::Error) -> &'static str {
    use gcp_auth::Error;
    match error {
        Error::NoAuthMethod(..) => "no authentication method found",
        Error::Http(text, _)
        | Error::Io(text, _)
        | Error::Json(text, _)
        | Error::Other(text, _)
        | Error::Str(text) => text,
    }
}
