//! Marks of builds, pipelines, workers and frames: `BuildKit`, Cloud Build, GitLab, torch, `parallel`, s6, Python's exception groups.

use crate::core::pattern::form::is_number;
use crate::core::pattern::line::Level;

pub(super) fn after_step_time(text: &str) -> Option<&str> {
    let (step, rest) = text.split_once(' ')?;
    let (time, rest) = rest.split_once(' ')?;
    let (seconds, part) = time.split_once('.')?;
    let numbers = [step, seconds, part];
    numbers.iter().all(|part| is_number(part)).then_some(rest)
}

/// What `BuildKit` quotes of a step that failed, below its last line: `12.71 ERROR: …`, in seconds since the step began.
pub(super) fn after_seconds(text: &str) -> Option<&str> {
    let (time, rest) = text.split_once(' ')?;
    let (seconds, part) = time.split_once('.')?;
    let places = (2..=3).contains(&part.len());
    let timed = places && is_number(seconds) && is_number(part);
    (timed && !rest.starts_with(|c: char| c.is_ascii_digit())).then(|| &text[time.len()..])
}

pub(super) fn after_build_step(text: &str) -> Option<&str> {
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

/// What follows `launcher] `; a level in brackets is a logger's, and what dumb-init says is about the command that it names.
pub(super) fn after_tag(text: &str) -> Option<&str> {
    let (tag, rest) = text.split_once(']').filter(|(tag, _)| *tag != "dumb-init")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let named = tag.starts_with(|c: char| c.is_ascii_lowercase()) && tag.chars().all(plain);
    (named && rest.starts_with(' ') && Level::parse(tag).is_none()).then_some(rest)
}

pub(super) fn is_rank(text: &str) -> bool {
    let number = text.strip_prefix("rank").or_else(|| text.strip_prefix("default"));
    number.is_some_and(is_number)
}

/// The name of a job before a tab, as `parallel --tag` prints it: `shard-03`.
pub(super) fn after_tab(text: &str) -> Option<&str> {
    let tab = memchr::memchr(b'\t', text.as_bytes())?;
    let (name, rest) = (&text[..tab], &text[tab + 1..]);
    let number = name.rsplit(['-', '_', '.']).next()?;
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (number.len() < name.len() && is_number(number) && name.bytes().all(named)).then_some(rest)
}

/// What GitLab CI has after its time: its stream, `00E …`; a plus joins a line to the one before.
pub(super) fn after_section(text: &str) -> Option<&str> {
    let (mark, rest) = text.split_at_checked(3)?;
    let known = matches!(mark.as_bytes(), [b'0'..=b'9', b'0'..=b'9', b'E' | b'O']);
    let said = rest
        .strip_prefix('+')
        .or_else(|| rest.starts_with(' ').then_some(rest));
    said.filter(|_| known)
}

/// The time of s6 and daemontools: `@4000000068a6ef0e2d1b3c04 …`.
pub(super) fn after_tai64n(text: &str) -> Option<&str> {
    const DIGITS: usize = 24;
    let (time, rest) = text.split_at_checked(DIGITS)?;
    (time.starts_with('4') && time.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(rest)
}

/// The bar in which Terraform and rich frame what they say.
pub(super) fn after_frame(text: &str) -> Option<&str> {
    text.strip_prefix('│').filter(|rest| rest.starts_with(' '))
}

/// The bar with which Python draws the members of an exception group, two columns a level (`traceback.py`, `format`).
pub(super) fn after_gutter(text: &str) -> Option<&str> {
    let drawn = text.trim_start_matches(' ');
    let rest = drawn.strip_prefix('|').filter(|rest| rest.starts_with(' '))?;
    let depth = text.len() - drawn.len();
    depth.is_multiple_of(2).then_some(rest)
}
