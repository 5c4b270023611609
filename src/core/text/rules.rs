//! The shapes of secrets.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::redact::REDACTED;

/// What a match has to look like besides its pattern.
#[derive(Clone, Copy, Debug)]
enum Check {
    /// Nothing more: the pattern is telling enough.
    Telling,
    /// A digit, or sixteen characters: `hf_transfer` and `Bearer token` are words.
    Token,
    /// Capitals, small letters and digits: a line of a PEM body, not a path or a hash.
    Base64,
}

/// A pattern whose first group that takes part, or else the whole match, is a secret.
const RULES: [(Check, &str); 25] = [
    // NAME=value, 'NAME': 'value', {\"NAME\": \"value\"}, --name=value, NAME => value
    (
        Check::Telling,
        r#"(?ix) [a-z0-9_.\-]* (?: api_?-?key | (?:access|secret|private|signing|encryption|auth|account|ssh)_?-?key
           | [_\-]token | [a-z0-9_\-]*secret | passw(?:or)?d | passphrase | credentials ) (?:_id|_b64|_base64)?
           [\\]*['"]? [\ \t]* (?: :?=>? | : )
           (?: \s* [bruf]{0,2} (?: [\\]+["']([^"'\\]+) | "((?:[^"\\]|\\.)+) | '((?:[^'\\]|\\.)+) )
             | [\ \t]* ([\\]*[^\s"'\\](?:\S*[^\s,;)}\]'"])?) )"#,
    ),
    // The same for bare `token` and `secret`, which are also plain words
    (
        Check::Token,
        r#"(?i)\b(?:token|secret)['"]?\s*[:=]\s*['"]?([A-Za-z0-9_\-.~+/=]{6,})"#,
    ),
    // {"name": "NAME", "value": "…"} and its kin; ('NAME', '…')
    (
        Check::Telling,
        r#"(?ix) name [\\]*['"]? \s*[:=]\s* [\\]*['"]? [a-z0-9_]*(?:api_?key|_key|token|secret|passw(?:or)?d) [\\]*['"]?
           [\s,]* [\\]*['"]? value [\\]*['"]? \s*[:=]\s* [\\]*['"]? ([^\s'"\\](?:[^'"\\\n]*[^\s'"\\])?)"#,
    ),
    (
        Check::Token,
        r#"(?i)['"][a-z0-9_]*(?:api_?key|_key|token|secret|passw(?:or)?d)['"]\s*,\s*['"]([^'"]{8,})"#,
    ),
    (
        Check::Telling,
        r#"(?i)['"](?:value|key)[\\]*['"]\s*:\s*[\\]*['"]([0-9a-f]{40})\b"#,
    ),
    // ENV NAME value; --name value
    (
        Check::Telling,
        r#"\b[A-Z0-9_]*(?:API_KEY|_TOKEN|_SECRET|PASSWORD)[ \t]+['"]?([A-Za-z0-9_\-./+=]{20,})"#,
    ),
    (
        Check::Telling,
        r#"(?i)--[a-z0-9\-_]*(?:api[-_]?key|token|password|secret)[ \t]+['"]?([^\s'"\-][^\s'"]*)"#,
    ),
    (
        Check::Telling,
        r#"(?i)[?&](?:key|sig|signature|token|x-goog-signature)=([^\s&"'#]{8,})"#,
    ),
    // Headers
    (
        Check::Telling,
        r#"(?i)authorization[\\]*['"]?\s*[:=]\s*[\\]*['"]?(?:bearer|basic|token|negotiate|digest)\s+([^\s'"\\,]+)"#,
    ),
    (
        Check::Token,
        r#"(?i)authorization[\\]*['"]?\s*[:=]\s*[\\]*['"]?([^\s'"\\,]{6,})"#,
    ),
    (Check::Token, r"(?i)\b(?:bearer|basic)\s+([a-z0-9\-._~+/=]{6,})"),
    (
        Check::Telling,
        r#"(?i)\bcookie['"]?\s*:\s*['"]?([^\s'"](?:[^'"\n]*[^\s'"])?)"#,
    ),
    // W&B: keys are 40 hexadecimal digits, as commits are, so something near has to tell
    (
        Check::Telling,
        r"(?i)(?:wandb[. ]login|api\.wandb\.ai|\bkey\s*=|\bpassword\s)[^\n]{0,200}?\b([0-9a-f]{40})\b",
    ),
    (
        Check::Telling,
        r"(?is)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)",
    ),
    (Check::Telling, r"\bwandb_v\d_[A-Za-z0-9_]{16,}"),
    // Tokens that tell themselves: Google, Hugging Face, OpenAI, GitHub, GitLab, Slack, AWS, JWT
    (Check::Telling, r"ya29\.[A-Za-z0-9_\-.]*[A-Za-z0-9_\-]"),
    (
        Check::Telling,
        r"AIza[A-Za-z0-9_\-]{30,}|GOCSPX-[A-Za-z0-9_\-]{20,}|\b1//0[A-Za-z0-9_\-]{20,}",
    ),
    (
        Check::Token,
        r"(?:\b|%[0-9A-Fa-f]{2})((?:hf|npm)_[A-Za-z0-9]{8,})",
    ),
    (
        Check::Token,
        r"(?:\b|%[0-9A-Fa-f]{2})(sk-[A-Za-z0-9_\-]{15,}|[sr]k_live_[A-Za-z0-9]{10,})",
    ),
    (
        Check::Telling,
        r"gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_\-]{16,}|xox[abprs]-[A-Za-z0-9\-]{10,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    ),
    (
        Check::Telling,
        r"eyJ[A-Za-z0-9_\-]{4,}\.[A-Za-z0-9_\-]{4,}(?:\.[A-Za-z0-9_\-]*)?",
    ),
    // Private keys: a block, a block without its begin, one line of a body
    (
        Check::Telling,
        r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    (
        Check::Telling,
        r"([A-Za-z0-9+/=\s\\]{16,})-----END [A-Z0-9 ]*PRIVATE KEY",
    ),
    (
        Check::Base64,
        r"(?m)(?:^|[\s\x22'])((?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76}))(?:[\s\x22'\\]|$)",
    ),
    // scheme://user:password@host, https://token@host
    (
        Check::Telling,
        r#"(?i)\b(?:[a-z][a-z0-9+.\-]*://[^\s/@:'"]*:([^\s/'"]+)@|https?://([^\s/@:'"]{16,})@)"#,
    ),
];

/// The compiled table: a constant that cannot be computed at compile time.
static COMPILED: LazyLock<Vec<(Check, Regex)>> = LazyLock::new(|| {
    let compile = |(check, pattern): (Check, &str)| {
        (
            check,
            Regex::new(pattern).expect("the table is a constant, and the tests compile it"),
        )
    };
    RULES.into_iter().map(compile).collect()
});

/// What some part of every rule needs to see, whatever the case: most lines have none of it, and are not tried further.
const TRACES: &str = concat!(
    r"(?i-u)key|token|secret|passw|passphrase|credentials|sig=|signature=|authorization|bearer|basic|cookie",
    r"|wandb_v|wandb[. ]login|api\.wandb|ya29\.|aiza|gocspx-|1//0|hf_|npm_|sk-|k_live_|gh[pousr]_|github_pat_|glpat-|xox|akia|asia|eyj",
    r"|[a-z0-9+/]{64}|://",
);

/// The compiled traces.
static TRACE: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
    regex::bytes::Regex::new(TRACES).expect("the traces are a constant, and the tests compile them")
});

/// Whether any rule can find something in a text without invisible characters: cheap, and never wrong in saying no.
pub(super) fn may_hide_any(text: &str) -> bool {
    TRACE.is_match(text.as_bytes()) || text.contains('\\')
}

/// Where the secrets of a text stand, in no order.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (check, pattern) in COMPILED.iter() {
        let spans = pattern
            .captures_iter(text)
            .filter_map(|captures| secret(&captures));
        found.extend(
            spans
                .map(|span| trimmed(text, span))
                .filter(|span| check.holds(&text[span.clone()])),
        );
    }
    found
}

fn secret(captures: &Captures<'_>) -> Option<Range<usize>> {
    let groups = captures.iter().skip(1).flatten().next();
    let whole = (captures.len() == 1).then(|| captures.get(0)).flatten();
    groups.or(whole).map(|found| found.range())
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let inner = text[span.clone()].trim_start();
    let start = span.end - inner.len();
    start..start + inner.trim_end().len()
}

impl Check {
    fn holds(self, secret: &str) -> bool {
        let digit = || secret.bytes().any(|b| b.is_ascii_digit());
        let shaped = match self {
            Self::Telling => !matches!(secret, "" | "None" | "null" | "undefined"),
            Self::Token => secret.len() >= 16 || digit(),
            Self::Base64 => {
                digit()
                    && secret.bytes().any(|b| b.is_ascii_uppercase())
                    && secret.bytes().any(|b| b.is_ascii_lowercase())
            }
        };
        // The unquoted form ends before a closing bracket, also before our own.
        shaped && secret != REDACTED && secret != &REDACTED[..REDACTED.len() - 1]
    }
}
