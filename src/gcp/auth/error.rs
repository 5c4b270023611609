//! Why there is no access token.

use thiserror::Error;

/// Why there is no access token. The text says what happened, to what, and what to do next; never a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AuthError {
    /// Nothing was found anywhere.
    #[error(
        "no Google credentials were found; looked at CLOUDSDK_AUTH_ACCESS_TOKEN, GOOGLE_APPLICATION_CREDENTIALS, {adc}, the metadata \
         server and gcloud; run `gcloud auth application-default login`"
    )]
    NoCredentials {
        /// Where application default credentials would be.
        adc: String,
    },
    /// A credentials file cannot be read.
    #[error(
        "cannot read the credentials file {path}: {why}; correct GOOGLE_APPLICATION_CREDENTIALS or run `gcloud auth application-default login`"
    )]
    Unreadable {
        /// The file.
        path: String,
        /// The system's reason.
        why: String,
    },
    /// A credentials file is damaged or incomplete.
    #[error(
        "the credentials file {path} is unusable: {why}; make a new one, or run `gcloud auth application-default login`"
    )]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A kind of credentials that Liftoff does not read itself.
    #[error(
        "the credentials file {path} is of type `{kind}`, which Liftoff cannot use directly yet; \
         export what `gcloud auth print-access-token` prints as CLOUDSDK_AUTH_ACCESS_TOKEN (lasts an hour)"
    )]
    Unsupported {
        /// The file.
        path: String,
        /// Its `type`.
        kind: String,
    },
    /// The token endpoint refused the credentials: they are revoked, expired or deleted.
    #[error("{who} refused the credentials of {origin}: {why}; {next}")]
    Refused {
        /// Who refused.
        who: String,
        /// Which credentials.
        origin: String,
        /// The OAuth error and its description.
        why: String,
        /// What to do.
        next: &'static str,
    },
    /// The token endpoint could not be asked, or gave no usable answer.
    #[error("cannot get an access token for {origin} from {who}: {why}; this may pass by itself")]
    Unreachable {
        /// Who was asked.
        who: String,
        /// Which credentials.
        origin: String,
        /// What happened.
        why: String,
    },
    /// A given token was refused, and nothing can renew it.
    #[error(
        "the access token in CLOUDSDK_AUTH_ACCESS_TOKEN was refused (such tokens last an hour); \
         export what `gcloud auth print-access-token` prints as CLOUDSDK_AUTH_ACCESS_TOKEN"
    )]
    StaticRefused,
    /// The text of a token cannot be sent in a header.
    #[error("the access token of {origin} holds characters that no token has; set it again")]
    NotAToken {
        /// Which credentials.
        origin: String,
    },
}

impl AuthError {
    /// Whether the same attempt may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}
