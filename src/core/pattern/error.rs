//! Why a pattern file is refused.

use thiserror::Error;

/// A pattern file cannot be used: which one, where in it, and why.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}: {kind}")]
pub struct PatternError {
    /// The file, as it was named to the compiler.
    pub file: String,
    /// Line in that file, from 1.
    pub line: usize,
    /// What is wrong.
    pub kind: PatternErrorKind,
}

/// What is wrong with a pattern file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PatternErrorKind {
    /// Not TOML, a key that does not exist, or a value of the wrong kind.
    #[error("cannot be read as a pattern file: {0}")]
    Syntax(String),
    /// Neither the pattern nor the file's `[family]` says it.
    #[error("pattern `{id}` has no `{key}`; set it there or in [family]")]
    Missing {
        /// The pattern.
        id: String,
        /// The key.
        key: &'static str,
    },
    /// Two patterns of one file have the same id.
    #[error("pattern `{id}` is there twice; an override belongs in a later file")]
    Twice {
        /// The pattern.
        id: String,
    },
    /// `off` names a pattern that no earlier file has.
    #[error("`off` names `{id}`, which no earlier file has")]
    UnknownOff {
        /// The name given.
        id: String,
    },
    /// Nothing to look for: without a literal every line would run the regex.
    #[error(
        "pattern `{id}` needs `http_status`, or a literal of at least 3 bytes in `literals`, that every line it speaks for contains (only benign ones may do with a regex)"
    )]
    NoLiteral {
        /// The pattern.
        id: String,
    },
    /// The regex does not compile, or compiles to more than the size limit.
    #[error("pattern `{id}`: {key}: {reason}")]
    Regex {
        /// The pattern.
        id: String,
        /// `regex`, `next` or `unless`.
        key: &'static str,
        /// What the regex crate says.
        reason: String,
    },
    /// A summary or hint names a capture that the regex does not have, or its braces do not close.
    #[error("pattern `{id}`: {key}: {reason}")]
    Template {
        /// The pattern.
        id: String,
        /// `summary` or `hint`.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The patterns together are too large for one automaton.
    #[error("the literals cannot be compiled: {0}")]
    Literals(String),
    /// An example in `matches` is not judged by its pattern, or one in `ignores` is.
    #[error("pattern `{id}`: the example {example:?} {found}")]
    Example {
        /// The pattern.
        id: String,
        /// The example.
        example: String,
        /// What happened to it.
        found: String,
    },
}
