//! Marks that name a machine, a container or a time: syslog, journald, `ts`, Docker Compose, containerd, kubectl, stern, Loki,
//! `gcloud logging read`, `CloudWatch`.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::core::pattern::form::{self, is_number};
use crate::core::pattern::line::Level;
use crate::core::pattern::prefix::after_time;

/// Bytes within which a mark ends.
const WITHIN: usize = 120;

static WANDB: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("wandb:"));
static STREAM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" std"));

/// Whether a word is an ISO time: `2026-09-14T09:11:06+02:00`.
pub(super) fn is_time(word: &str) -> bool {
    word.contains('T') && after_time(word).is_some()
}

/// What journald has after its ISO time, host and program: `runner-vm agent[4]: …`. `CloudWatch` has the name of a stream.
pub(super) fn after_journal(text: &str) -> Option<&str> {
    let (host, rest) = text.split_once(' ')?;
    if is_stream_name(host) {
        return Some(rest);
    }
    let (program, rest) = rest.split_once("]:")?;
    let (name, number) = program.split_once('[')?;
    (!name.contains(' ') && is_number(number)).then_some(rest)
}

/// `CloudWatch`'s name of a container's stream: `runner/agent/4c1f2e7a9b044d18`.
fn is_stream_name(text: &str) -> bool {
    const SHORTEST: usize = 12;
    let id = text.rsplit('/').next().unwrap_or_default();
    let hex = id.len() >= SHORTEST && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex && text.matches('/').count() == 2
}

/// The labels that Loki's `logcli` has after its time: `{app="agent", stream="stderr"} …`.
pub(super) fn after_labels(text: &str) -> Option<&str> {
    let (labels, rest) = text.strip_prefix('{')?.split_once("\"}")?;
    labels.contains("=\"").then_some(rest)
}

/// stern's pod and container: `launch-agent-6c9f7b5d4-x2k8q agent …`. The pod is known by the ends that Kubernetes gives to
/// the names of a deployment's, a hash and five letters, and writes without vowels (`apimachinery/pkg/util/rand`).
pub(super) fn after_pod(text: &str) -> Option<&str> {
    const SAFE: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let (pod, rest) = text.split_once(' ')?;
    let mut parts = pod.rsplitn(3, '-');
    let (end, hash, _name) = (parts.next()?, parts.next()?, parts.next()?);
    let container = rest.split(' ').next()?;
    let safe = |text: &str| text.bytes().all(|byte| SAFE.contains(&byte));
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let known = end.len() == 5 && (8..=10).contains(&hash.len()) && safe(end) && safe(hash);
    (known && !container.is_empty() && container.bytes().all(named)).then(|| &rest[container.len()..])
}

/// What `gcloud logging read` prints of an entry before its text: `textPayload: 'no'`, or `textPayload: |-` and the lines.
pub(super) fn after_text_payload(text: &str) -> Option<&str> {
    let said = text.strip_prefix("textPayload: ")?;
    Some(said.strip_prefix(['\'', '"']).unwrap_or(said))
}

/// What `gcloud ai custom-jobs stream-logs` prints of an entry before its message: severity, time and task, by tabs
/// (`command_lib/ai/log_util.py`). A severity decides nothing.
pub(super) fn after_streamed(text: &str) -> Option<&str> {
    let mut columns = text.splitn(4, '\t');
    let (severity, time, task) = (columns.next()?, columns.next()?, columns.next()?);
    let known = Level::parse(severity).is_some() || severity == "DEFAULT";
    (known && after_time(time).is_some() && !task.contains(' ')).then(|| columns.next())?
}

/// syslog's time, host and program: `Sep 03 08:03:11 runner-vm agent[4]: …`, or the time alone, as `ts` prints it.
pub(super) fn after_syslog(text: &str) -> Option<&str> {
    let said = form::after(text, "Aaa 99 99:99:99 ")?;
    let program = || {
        let (host, rest) = said.split_once(' ')?;
        let (program, rest) = rest.split_once(':')?;
        (!host.ends_with(':') && !program.contains(' ')).then_some(rest)
    };
    program().or(Some(said))
}

/// Docker Compose's service and number: `agent-1  | …`.
pub(super) fn after_compose(text: &str) -> Option<&str> {
    let bar = memchr::memchr(b'|', head(text).as_bytes())?;
    let (name, rest) = (text[..bar].trim_end(), &text[bar + 1..]);
    let number = name.rsplit(['-', '_']).next()?;
    let numbered = number.len() < name.len() && is_number(number);
    (numbered && !name.contains(' ') && rest.starts_with(' ')).then_some(rest)
}

/// containerd's stream and tag: `2026-09-03T07:38:02Z stderr F …`.
pub(super) fn after_stream(text: &str) -> Option<&str> {
    const MARK: usize = " stderr F".len();
    let at = STREAM.find(head(text).as_bytes())?;
    let (mark, rest) = text[at..].split_at_checked(MARK)?;
    let known = matches!(mark, " stderr F" | " stdout F" | " stderr |" | " stdout |");
    (known && rest.starts_with(' ') && are_marks(&text[..at + MARK])).then_some(rest)
}

/// Whether a time is in nanoseconds, as kubectl prints it before each line with `--timestamps`; loggers stop at microseconds.
pub(super) fn in_nanoseconds(time: &str) -> bool {
    const SECONDS: usize = "2026-08-21T10:02:12.".len();
    const MORE_THAN_MICROSECONDS: usize = 7;
    let fraction = time.strip_suffix('Z').and_then(|time| time.get(SECONDS..));
    fraction.is_some_and(|fraction| fraction.len() >= MORE_THAN_MICROSECONDS && is_number(fraction))
}

/// `2026-09-03 07:15:01+02:00 runner-0 wandb: …`: W&B's own prefix after nothing but names and times.
pub(super) fn before_wandb(text: &str) -> Option<&str> {
    let at = WANDB.find(head(text).as_bytes())?;
    let marks = &text[..at];
    (marks.ends_with([' ', '\t']) && are_marks(marks)).then(|| &text[at..])
}

/// Whether a text is nothing but times, names of hosts and streams, severities and bars: `2026-09-03T07:38:02Z agent stderr |`.
fn are_marks(text: &str) -> bool {
    let rest = after_time(text).unwrap_or(text);
    let tokens: Vec<&str> = rest.split_ascii_whitespace().collect();
    let stream = |token: &str| matches!(token, "|" | "F" | "stdout" | "stderr");
    let bars = tokens.iter().filter(|token| **token == "|").count();
    bars <= 1
        && tokens.len() <= 4
        && tokens.iter().enumerate().all(|(at, token)| {
            let named = token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte));
            let bracketed = token.starts_with('[') && token.ends_with(']');
            let host = named && token.bytes().any(|byte| byte.is_ascii_digit());
            let owner = named && tokens.get(at + 1).is_some_and(|next| stream(next));
            let barred = token.strip_suffix('|').is_some_and(|name| !name.is_empty());
            let severity = Level::parse(token).is_some();
            stream(token) || bracketed || host || owner || barred || severity
        })
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(WITHIN)]
}
