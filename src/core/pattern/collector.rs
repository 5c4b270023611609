//! The marks of whoever collects the output of several processes: before each line they say whose it is.
//!
//! To read one more collector, add its mark to [`collected`] and to the table of the test.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::line::Level;
use super::prefix::after_time;

/// Marks that stand before one line: a pod's, then its time.
const MARKS: usize = 3;
/// Bytes within which a mark ends.
const WITHIN: usize = 120;

static WANDB: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("wandb:"));
static STREAM: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" std"));

/// What follows the mark of a collector: `BuildKit`'s step and time (`#10 18.23 `), Cloud Build's step (`Step #0 - "build": `),
/// torch's rank (`[rank0]: `), Ray's worker (`(train pid=12) `), a script's name (`[launcher] `), and those of kubectl, Docker
/// Compose, containerd and syslog.
pub(super) fn collected(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..MARKS {
        let Some(after) = after_mark(rest) else { break };
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    rest
}

fn after_mark(text: &str) -> Option<&str> {
    match text.as_bytes().first()? {
        b'#' => after_step_time(&text[1..]),
        b'[' => after_bracket(text),
        b'(' => text
            .split_once(')')
            .and_then(|(head, rest)| head.contains(" pid=").then_some(rest)),
        b' ' => after_gutter(text),
        b'@' => after_tai64n(&text[1..]),
        0xE2 => text.strip_prefix('│').filter(|rest| rest.starts_with(' ')),
        first if first.is_ascii_alphanumeric() || *first == b'|' => after_names(text),
        _ => None,
    }
}

fn after_bracket(text: &str) -> Option<&str> {
    let (mark, rest) = text.split_once(']')?;
    if mark.starts_with("[pod/") {
        return Some(rest);
    }
    let rank = rest.strip_prefix(':').filter(|_| is_rank(&mark[1..]));
    rank.or_else(|| after_tag(&text[1..]))
        .or_else(|| before_wandb(text))
}

/// The time of s6 and daemontools: `@4000000068a6ef0e2d1b3c04 …`.
fn after_tai64n(text: &str) -> Option<&str> {
    const DIGITS: usize = 24;
    let (time, rest) = text.split_at_checked(DIGITS)?;
    (time.starts_with('4') && time.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(rest)
}

/// The bar with which Python draws the members of an exception group, two columns a level (`traceback.py`, `format`).
fn after_gutter(text: &str) -> Option<&str> {
    let drawn = text.trim_start_matches(' ');
    let rest = drawn.strip_prefix('|').filter(|rest| rest.starts_with(' '))?;
    let depth = text.len() - drawn.len();
    depth.is_multiple_of(2).then_some(rest)
}

/// Marks that begin with a name or a time.
fn after_names(text: &str) -> Option<&str> {
    let build_step = || text.strip_prefix("Step #").and_then(after_build_step);
    build_step()
        .or_else(|| before_wandb(text))
        .or_else(|| after_compose(text))
        .or_else(|| after_stream(text))
        .or_else(|| after_syslog(text))
        .or_else(|| after_nanoseconds(text))
        .or_else(|| after_section(text))
        .or_else(|| after_tab(text))
}

/// The name of a job before a tab, as `parallel --tag` prints it: `shard-03`.
fn after_tab(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('\t')?;
    let number = name.rsplit(['-', '_', '.']).next()?;
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (number.len() < name.len() && is_number(number) && name.bytes().all(named)).then_some(rest)
}

/// GitLab CI's time and stream: `2026-09-14T09:31:09.192722Z 00E …`; a plus joins a line to the one before.
fn after_section(text: &str) -> Option<&str> {
    let (time, rest) = text.split_once(' ')?;
    let (mark, rest) = rest.split_at_checked(3)?;
    let known = matches!(mark.as_bytes(), [b'0'..=b'9', b'0'..=b'9', b'E' | b'O']);
    let rest = rest.strip_prefix(['+', ' '])?;
    (known && time.ends_with('Z') && after_time(time).is_some()).then_some(rest)
}

/// A time in nanoseconds, as kubectl prints it before each line with `--timestamps`; loggers stop at microseconds.
fn after_nanoseconds(text: &str) -> Option<&str> {
    const SECONDS: usize = "2026-08-21T10:02:12.".len();
    const MORE_THAN_MICROSECONDS: usize = 7;
    let (time, rest) = text.split_at_checked(text.find(' ')?)?;
    let fraction = time.strip_suffix('Z')?.get(SECONDS..)?;
    let is_time = after_time(time).is_some();
    (is_time && fraction.len() >= MORE_THAN_MICROSECONDS && is_number(fraction)).then_some(rest)
}

/// `2026-09-03 07:15:01+02:00 runner-0 wandb: …`: W&B's own prefix after nothing but names and times.
fn before_wandb(text: &str) -> Option<&str> {
    let at = WANDB.find(head(text).as_bytes())?;
    let marks = &text[..at];
    (marks.ends_with([' ', '\t']) && are_marks(marks)).then(|| &text[at..])
}

/// Docker Compose's service and number: `agent-1  | …`.
fn after_compose(text: &str) -> Option<&str> {
    let bar = memchr::memchr(b'|', head(text).as_bytes())?;
    let (name, rest) = (text[..bar].trim_end(), &text[bar + 1..]);
    let number = name.rsplit(['-', '_']).next()?;
    let numbered = number.len() < name.len() && is_number(number);
    (numbered && !name.contains(' ') && rest.starts_with(' ')).then_some(rest)
}

/// containerd's stream and tag: `2026-09-03T07:38:02Z stderr F …`.
fn after_stream(text: &str) -> Option<&str> {
    const MARK: usize = " stderr F".len();
    let at = STREAM.find(head(text).as_bytes())?;
    let (mark, rest) = text[at..].split_at_checked(MARK)?;
    let known = matches!(mark, " stderr F" | " stdout F" | " stderr |" | " stdout |");
    (known && rest.starts_with(' ') && are_marks(&text[..at + MARK])).then_some(rest)
}

/// syslog's time, host and program: `Sep 03 08:03:11 runner-vm agent[4]: …`, also with journalctl's ISO time, and the time
/// alone, as `ts` prints it.
fn after_syslog(text: &str) -> Option<&str> {
    after_journal(text).or_else(|| after_classic_syslog(text))
}

fn after_journal(text: &str) -> Option<&str> {
    let (time, rest) = text.split_once(' ')?;
    let timed = time.contains('T') && after_time(time).is_some();
    let (host, rest) = timed.then(|| rest.split_once(' '))??;
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

fn after_classic_syslog(text: &str) -> Option<&str> {
    const FORM: &[u8] = b"Aaa 00 00:00:00 ";
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        b'0' => byte.is_ascii_digit() || *byte == b' ',
        form => byte == form,
    };
    let time = text.as_bytes().get(..FORM.len())?;
    if !time.iter().zip(FORM).all(fits) {
        return None;
    }
    let said = &text[FORM.len()..];
    let program = || {
        let (host, rest) = said.split_once(' ')?;
        let (program, rest) = rest.split_once(':')?;
        (!host.ends_with(':') && !program.contains(' ')).then_some(rest)
    };
    program().or(Some(said))
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

fn after_step_time(text: &str) -> Option<&str> {
    let (step, rest) = text.split_once(' ')?;
    let (time, rest) = rest.split_once(' ')?;
    let (seconds, part) = time.split_once('.')?;
    let numbers = [step, seconds, part];
    numbers.iter().all(|part| is_number(part)).then_some(rest)
}

fn after_build_step(text: &str) -> Option<&str> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (step, rest) = text.split_at(digits);
    let rest = match rest.strip_prefix(" - \"") {
        Some(named) => named.split_once('"')?.1,
        None => rest,
    };
    if step.is_empty() {
        None
    } else {
        rest.strip_prefix(':')
    }
}

/// What follows `launcher] `; a level in brackets is a logger's.
fn after_tag(text: &str) -> Option<&str> {
    let (tag, rest) = text.split_once(']')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let named = tag.starts_with(|c: char| c.is_ascii_lowercase()) && tag.chars().all(plain);
    (named && rest.starts_with(' ') && Level::parse(tag).is_none()).then_some(rest)
}

fn is_rank(text: &str) -> bool {
    let number = text.strip_prefix("rank").or_else(|| text.strip_prefix("default"));
    number.is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_collected_a_line_says_nothing_about_it() {
        for (line, said) in [
            ("#10 18.23 no", "no"),
            ("Step #0 - \"build\": no", "no"),
            ("[rank0]: no", "no"),
            ("(train pid=12) no", "no"),
            ("[launcher] no", "no"),
            ("[pod/launch-agent-7c9d5b8f6-x2kqp/agent] no", "no"),
            ("agent-1  | no", "no"),
            ("2026-09-03T07:38:02Z stderr F no", "no"),
            ("worker-0 stderr F   no", "  no"),
            ("Sep 03 08:03:11 runner-vm agent[4]:   no", "  no"),
            ("2026-09-14T09:11:06+02:00 ml-gce-7 agent[911]: no", "no"),
            ("2026/11/14 07:40:02 agent| wandb: no", "wandb: no"),
            ("2026-09-14T09:38:00.188684Z  ERROR     wandb: no", "wandb: no"),
            ("2026-09-14T09:31:09.192722Z 00E no", "no"),
            ("Aug 21 10:02:12 wandb: ERROR   no", "wandb: ERROR   no"),
            ("Sep 03 08:03:11 the host said: no", "the host said: no"),
            ("@4000000068a6ef0e2d1b3c04   no", "  no"),
            (
                "2026-08-21T10:02:12.880000+00:00 runner/agent/4c1f2e7a9b044d18 no",
                "no",
            ),
            ("shard-03\tno", "no"),
            ("│ Error: no", "Error: no"),
            (
                "2026-09-14T09:31:09.192Z\tERROR\twandb: ERROR no",
                "wandb: ERROR no",
            ),
            (
                "2026-09-03 07:15:01+02:00 runner-eu-0 wandb: ERROR no",
                "wandb: ERROR no",
            ),
            ("2026-09-03T07:38:02Z agent stderr | wandb: no", "wandb: no"),
            ("[runner][2026-09-03T07:43][stderr] wandb: no", "wandb: no"),
            ("| wandb: no", "wandb: no"),
            ("    |   File \"a.py\"", "  File \"a.py\""),
            ("2026-08-21T10:02:12.881012345Z   no", "  no"),
            (
                "[pod/agent-0/agent] 2026-08-21T10:02:12.8Z wandb: ERROR   no",
                "wandb: ERROR   no",
            ),
        ] {
            assert_eq!(collected(line), said);
        }
    }

    #[test]
    fn a_sentence_is_no_mark() {
        for line in [
            "grep finds wandb: ERROR no",
            "loss | 0.3",
            "2026-08-21T10:02:12.881012Z a logger's own time",
            "epoch 3 | loss 0.3",
            "[ERROR] no",
            "Error: the stderr F of it",
            "| 09:11 | wandb: ERROR launch: no",
        ] {
            assert_eq!(collected(line), line);
        }
    }
}
