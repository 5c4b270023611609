//! Answers that are not Google's, or not whole.

use thiserror::Error;

/// Why an answer cannot be used. All of these are transient: a captive portal, a proxy or a cut connection gives them.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AnswerError {
    /// The connection ended, or the compression broke, inside the body.
    #[error("the answer was cut off")]
    Truncated,
    /// A web page instead of JSON.
    #[error(
        "a web page came instead of the API's JSON (HTTP {status}): a proxy or login portal may be in between"
    )]
    Html {
        /// HTTP status of the page.
        status: u16,
    },
    /// A redirect, which is never followed: it would carry the token elsewhere.
    #[error("the answer redirects to {to} (HTTP {status}), which is not followed")]
    Redirect {
        /// HTTP status.
        status: u16,
        /// Host of the `Location` header.
        to: String,
    },
    /// A body beyond the limit.
    #[error("the answer is larger than {limit_mib} MiB")]
    TooLarge {
        /// The limit in MiB.
        limit_mib: u64,
    },
    /// JSON that does not read as the answer it should be. The body itself is never shown.
    #[error("the answer is not the JSON that was expected ({class} at line {line}, column {column})")]
    Malformed {
        /// `syntax`, `data` or `eof`.
        class: &'static str,
        /// Line of the body.
        line: usize,
        /// Column of the line.
        column: usize,
    },
    /// JSON, but no message of an API.
    #[error("the answer is no JSON object")]
    NoObject,
    /// A field that no answer can do without.
    #[error("the answer has no usable `{0}`")]
    Missing(&'static str),
    /// Pages without end.
    #[error("the answer goes on after {pages} pages")]
    Endless {
        /// Pages read.
        pages: u32,
    },
}

impl From<&serde_json::Error> for AnswerError {
    fn from(error: &serde_json::Error) -> Self {
        use serde_json::error::Category;
        let class = match error.classify() {
            Category::Eof => return Self::Truncated,
            Category::Data => "data",
            Category::Syntax | Category::Io => "syntax",
        };
        Self::Malformed {
            class,
            line: error.line(),
            column: error.column(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_error_shows_where_and_never_what() {
        let error = serde_json::from_str::<u32>(r#""hunter2""#).unwrap_err();
        let text = AnswerError::from(&error).to_string();
        assert!(
            text.contains("line 1, column 9") && !text.contains("hunter2"),
            "{text}"
        );
        let cut = serde_json::from_str::<Vec<u32>>("[1,").unwrap_err();
        assert_eq!(AnswerError::from(&cut), AnswerError::Truncated);
    }
}
