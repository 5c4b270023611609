//! The shapes of secrets.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::redact::REDACTED;

mod traces;

/// What a match has to look like besides its pattern.
#[derive(Clone, Copy, Debug)]
enum Check {
    /// Nothing more: the pattern is telling enough.
    Telling,
    /// A digit, or sixteen characters: `hf_transfer` and `Bearer token` are words.
    Token,
    /// Capitals, small letters and digits: a line of a PEM body, not a path or a hash.
    Base64,
    /// No name of a file: who has to mend a launch has to know which file was read.
    Contents,
    /// The same, and a token; no link to a page of documentation.
    Prose,
}

/// A pattern whose first group that takes part, or else the whole match, is a secret.
#[derive(Clone, Copy, Debug)]
struct Rule {
    check: Check,
    /// Texts, in small letters, of which one occurs wherever the pattern matches. Only a line of base64 has none.
    traces: &'static [&'static str],
    pattern: &'static str,
}

/// What may stand between a name and what assigns its value.
macro_rules! named {
    () => {
        r#" (?:_id|_b64|_base64)? [\\]*['"]? [\ \t]* "#
    };
}

/// A value in quotes.
macro_rules! quoted {
    () => {
        r#" \s* [bruf]{0,2} (?: [\\]+["']([^"'\\]+) | "((?:[^"\\]|\\.)+) | '((?:[^'\\]|\\.)+) ) "#
    };
}

/// A value without quotes.
macro_rules! bare {
    () => {
        r#" [\ \t]* ([\\]*[^\s"'\\](?:\S*[^\s,;)}\]'"])?) "#
    };
}

const RULES: [Rule; 27] = [
    // NAME=value, 'NAME': 'value', {\"NAME\": \"value\"}, --name=value, NAME => value
    Rule {
        check: Check::Telling,
        traces: &["key", "_token", "-token", "secret", "passw", "passphrase"],
        pattern: concat!(
            r"(?ix) [a-z0-9_.\-]* (?: api_?-?key | (?:access|secret|private|signing|encryption|auth|account|ssh)_?-?key
              | [_\-]token | [a-z0-9_\-]*secret | passw(?:or)?d | passphrase )",
            named!(),
            "(?: :?=>? | : ) (?:",
            quoted!(),
            "|",
            bare!(),
            ")"
        ),
    },
    // The same for `credentials`, which are often a file; after a colon they are also the end of a sentence
    Rule {
        check: Check::Contents,
        traces: &["credentials"],
        pattern: concat!(
            r"(?ix) [a-z0-9_.\-]* (?: credentials",
            named!(),
            "(?: :?=>? (?:",
            quoted!(),
            "|",
            bare!(),
            ") | :",
            quoted!(),
            r") | [_\-]credentials",
            named!(),
            ":",
            bare!(),
            ")"
        ),
    },
    Rule {
        check: Check::Prose,
        traces: &["credentials"],
        pattern: concat!("(?ix) credentials", named!(), ":", bare!()),
    },
    // The same for bare `token` and `secret`, which are also plain words
    Rule {
        check: Check::Token,
        traces: &["token", "secret"],
        pattern: r#"(?i)\b(?:token|secret)['"]?\s*[:=]\s*['"]?([A-Za-z0-9_\-.~+/=]{6,})"#,
    },
    // {"name": "NAME", "value": "…"} and its kin; ('NAME', '…')
    Rule {
        check: Check::Telling,
        traces: &["value"],
        pattern: r#"(?ix) name [\\]*['"]? \s*[:=]\s* [\\]*['"]? [a-z0-9_]*(?:api_?key|_key|token|secret|passw(?:or)?d) [\\]*['"]?
           [\s,]* [\\]*['"]? value [\\]*['"]? \s*[:=]\s* [\\]*['"]? ([^\s'"\\](?:[^'"\\\n]*[^\s'"\\])?)"#,
    },
    Rule {
        check: Check::Token,
        traces: &["key", "token", "secret", "passw"],
        pattern: r#"(?i)['"][a-z0-9_]*(?:api_?key|_key|token|secret|passw(?:or)?d)['"]\s*,\s*['"]([^'"]{8,})"#,
    },
    Rule {
        check: Check::Telling,
        traces: &["value", "key"],
        pattern: r#"(?i)['"](?:value|key)[\\]*['"]\s*:\s*[\\]*['"]([0-9a-f]{40})\b"#,
    },
    // ENV NAME value; --name value
    Rule {
        check: Check::Telling,
        traces: &["api_key", "_token", "_secret", "password"],
        pattern: r#"\b[A-Z0-9_]*(?:API_KEY|_TOKEN|_SECRET|PASSWORD)[ \t]+['"]?([A-Za-z0-9_\-./+=]{20,})"#,
    },
    Rule {
        check: Check::Telling,
        traces: &["--"],
        pattern: r#"(?i)--[a-z0-9\-_]*(?:api[-_]?key|token|password|secret)[ \t]+['"]?([^\s'"\-][^\s'"]*)"#,
    },
    Rule {
        check: Check::Telling,
        traces: &["key=", "sig=", "signature=", "token="],
        pattern: r#"(?i)[?&](?:key|sig|signature|token|x-goog-signature)=([^\s&"'#]{8,})"#,
    },
    // Headers
    Rule {
        check: Check::Telling,
        traces: &["authorization"],
        pattern: r#"(?i)authorization[\\]*['"]?\s*[:=]\s*[\\]*['"]?(?:bearer|basic|token|negotiate|digest)\s+([^\s'"\\,]+)"#,
    },
    Rule {
        check: Check::Token,
        traces: &["authorization"],
        pattern: r#"(?i)authorization[\\]*['"]?\s*[:=]\s*[\\]*['"]?([^\s'"\\,]{6,})"#,
    },
    Rule {
        check: Check::Token,
        traces: &["bearer", "basic"],
        pattern: r"(?i)\b(?:bearer|basic)\s+([a-z0-9\-._~+/=]{6,})",
    },
    Rule {
        check: Check::Telling,
        traces: &["cookie"],
        pattern: r#"(?i)\bcookie['"]?\s*:\s*['"]?([^\s'"](?:[^'"\n]*[^\s'"])?)"#,
    },
    // W&B: keys are 40 hexadecimal digits, as commits are, so something near has to tell
    Rule {
        check: Check::Telling,
        traces: &["wandb login", "wandb.login", "api.wandb.ai", "key", "password"],
        pattern: r"(?i)(?:wandb[. ]login|api\.wandb\.ai|\bkey\s*=|\bpassword\s)[^\n]{0,200}?\b([0-9a-f]{40})\b",
    },
    Rule {
        check: Check::Telling,
        traces: &["machine"],
        pattern: r"(?is)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)",
    },
    Rule {
        check: Check::Telling,
        traces: &["wandb_v"],
        pattern: r"\bwandb_v\d_[A-Za-z0-9_]{16,}",
    },
    // Tokens that tell themselves: Google, Hugging Face, OpenAI, GitHub, GitLab, Slack, AWS, JWT
    Rule {
        check: Check::Telling,
        traces: &["ya29."],
        pattern: r"ya29\.[A-Za-z0-9_\-.]*[A-Za-z0-9_\-]",
    },
    Rule {
        check: Check::Telling,
        traces: &["aiza", "gocspx-", "1//0"],
        pattern: r"AIza[A-Za-z0-9_\-]{30,}|GOCSPX-[A-Za-z0-9_\-]{20,}|\b1//0[A-Za-z0-9_\-]{20,}",
    },
    Rule {
        check: Check::Token,
        traces: &["hf_", "npm_"],
        pattern: r"(?:\b|%[0-9A-Fa-f]{2})((?:hf|npm)_[A-Za-z0-9]{8,})",
    },
    Rule {
        check: Check::Token,
        traces: &["sk-", "k_live_"],
        pattern: r"(?:\b|%[0-9A-Fa-f]{2})(sk-[A-Za-z0-9_\-]{15,}|[sr]k_live_[A-Za-z0-9]{10,})",
    },
    Rule {
        check: Check::Telling,
        traces: &[
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "xox",
            "akia",
            "asia",
        ],
        pattern: r"gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_\-]{16,}|xox[abprs]-[A-Za-z0-9\-]{10,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    },
    Rule {
        check: Check::Telling,
        traces: &["eyj"],
        pattern: r"eyJ[A-Za-z0-9_\-]{4,}\.[A-Za-z0-9_\-]{4,}(?:\.[A-Za-z0-9_\-]*)?",
    },
    // Private keys: a block, a block without its begin, one line of a body
    Rule {
        check: Check::Telling,
        traces: &["-----begin "],
        pattern: r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
    },
    Rule {
        check: Check::Telling,
        traces: &["-----end "],
        pattern: r"([A-Za-z0-9+/=\s\\]{16,})-----END [A-Z0-9 ]*PRIVATE KEY",
    },
    Rule {
        check: Check::Base64,
        traces: &[],
        pattern: r"(?m)(?:^|[\s\x22'])((?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76}))(?:[\s\x22'\\]|$)",
    },
    // scheme://user:password@host, https://token@host
    Rule {
        check: Check::Telling,
        traces: &["@"],
        pattern: r#"(?i)\b(?:[a-z][a-z0-9+.\-]*://[^\s/@:'"]*:([^\s/'"]+)@|https?://([^\s/@:'"]{16,})@)"#,
    },
];

/// The compiled table: a constant that cannot be computed at compile time.
static COMPILED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let compile =
        |rule: Rule| Regex::new(rule.pattern).expect("the table is a constant, and the tests compile it");
    RULES.into_iter().map(compile).collect()
});

/// Where the secrets of a text stand, in no order.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut tried = traces::rules_of(text);
    while tried != 0 {
        let number = tried.trailing_zeros() as usize;
        tried &= tried - 1;
        let spans = COMPILED[number].captures_iter(text);
        let spans = spans.filter_map(|captures| secret(&captures));
        found.extend(
            spans
                .map(|span| trimmed(text, span))
                .filter(|span| RULES[number].check.holds(&text[span.clone()])),
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
            Self::Contents => Self::Telling.holds(secret) && !names_file(secret),
            Self::Prose => {
                Self::Token.holds(secret) && !names_file(secret) && !secret.starts_with("https://")
            }
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

/// Whether a value is where a file is, by its beginning and its end: `/var/secrets/key.json`.
fn names_file(value: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["/", "~/", "./", "../", "gs://"];
    const ENDS: [&str; 8] = [".json", ".yaml", ".yml", ".toml", ".ini", ".pem", ".p12", ".txt"];
    let value = value.trim_end_matches(['.', ':']);
    let of_paths = |c: char| c.is_ascii_alphanumeric() || "/~._-:@ ".contains(c);
    BEGINNINGS.iter().any(|beginning| value.starts_with(beginning))
        && ENDS.iter().any(|end| value.ends_with(end))
        && value.chars().all(of_paths)
}
