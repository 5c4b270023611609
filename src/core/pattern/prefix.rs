//! The prefixes of the programs that run in a runner.
//!
//! W&B's `term*` functions put `wandb: ` (and `ERROR ` or `WARNING `) before *every* line of a message, the agent adds
//! `launch: `, Python's logging has some usual formats, kaniko and docker use logrus's. What stands before all that is in
//! `collector`.

use super::form::{self, is_number};
use super::line::Level;

/// rich's time: `[09:06:55] ERROR    no`.
const CLOCK: &str = "00:00:00";

/// What follows the place that `grep -n` puts before a line which a wrapper shows again: `  ► 41:`.
pub(super) fn shown_again(text: &str) -> &str {
    let shown = text.trim_start().strip_prefix('►').map(str::trim_start);
    let message = shown.and_then(|shown| {
        let digits = shown.find(|c: char| !c.is_ascii_digit())?;
        shown[digits..].strip_prefix(':')
    });
    message.unwrap_or(text)
}

/// What follows W&B's prefix, if a line has it.
pub(super) fn wandb_prefix(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix("wandb:")?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// The level that W&B puts after its prefix, and what follows.
pub(super) fn wandb_level(rest: &str) -> (Option<Level>, &str) {
    for (word, level) in [("ERROR", Level::Error), ("WARNING", Level::Warning)] {
        match rest.strip_prefix(word) {
            Some("") => return (Some(level), ""),
            Some(after) if after.starts_with(' ') => return (Some(level), &after[1..]),
            _ => {}
        }
    }
    (None, rest)
}

/// A logger's prefix: `2026-11-16 05:02:35,871 INFO    MainThread:7 [file.py:fn():1] `, `INFO:name:`, `[INFO] `,
/// `INFO[0001] `, or a bare time.
pub(super) fn logger_prefix(text: &str) -> Option<(Option<Level>, &str)> {
    if let Some(rest) = after_time(text) {
        return Some(level_and_place(rest));
    }
    if let Some(bracketed) = bracket_prefix(text) {
        return Some(bracketed);
    }
    if let Some(native) = glog_prefix(text) {
        return Some(native);
    }
    let end = text.find(|c: char| !c.is_ascii_uppercase())?;
    let (level, rest) = (Level::parse(&text[..end])?, &text[end..]);
    let inner = match rest.as_bytes().first()? {
        b'[' => rest.split_once(']').map(|(_, rest)| rest.trim_start()),
        b':' => rest[1..]
            .split_once(':')
            .and_then(|(name, rest)| is_logger_name(name).then_some(rest)),
        _ => None,
    };
    inner.map(|rest| (Some(level), rest))
}

/// `I0502 10:00:00.000000 7 status.cc:12] `: what glog and absl print. Their `E` says no more than `wandb: ERROR`, and is
/// printed for much that is tried again.
fn glog_prefix(text: &str) -> Option<(Option<Level>, &str)> {
    let bytes = text.as_bytes();
    let level = match bytes.first()? {
        b'I' => Some(Level::Info),
        b'W' => Some(Level::Warning),
        b'E' | b'F' => None,
        _ => return None,
    };
    let dated = bytes.get(1..5)?.iter().all(u8::is_ascii_digit) && bytes.get(5) == Some(&b' ');
    let (place, rest) = dated.then(|| text.split_once("] "))??;
    place.contains(':').then_some((level, rest))
}

/// `[ERROR] `, `[2026-11-16 05:02 ERROR run.py] `, Azure's `##[error]`: brackets with a level in them.
fn bracket_prefix(text: &str) -> Option<(Option<Level>, &str)> {
    let bracket = text.strip_prefix("##").unwrap_or(text);
    let (inside, rest) = bracket.strip_prefix('[')?.split_once(']')?;
    if form::after(inside, CLOCK) == Some("") {
        return leading_level(rest.trim_start()).map(|(level, rest)| (Some(level), rest));
    }
    let named = || inside.split([' ', '|', ',']).find_map(Level::parse);
    let level = letter_level(inside).or_else(named)?;
    Some((Some(level), rest.trim_start_matches([':', ' '])))
}

/// Where a line of rich's ends, if the place that it comes from stands in a column behind it: `[09:06:55] ERROR no   a.py:1`.
pub(super) fn before_place(text: &str) -> Option<usize> {
    form::after(text.strip_prefix('[')?, CLOCK)?;
    let (message, place) = text.trim_end().rsplit_once("  ")?;
    let (file, line) = place.rsplit_once(':')?;
    let python = file.rsplit_once('.').is_some_and(|(_, kind)| kind == "py");
    (python && is_number(line)).then(|| message.trim_end().len())
}

/// Tornado's and Optuna's: `W 2025-08-30 03:12:44,019`.
fn letter_level(inside: &str) -> Option<Level> {
    let (letter, time) = inside.split_once(' ')?;
    let timed = time.starts_with(|c: char| c.is_ascii_digit());
    match letter {
        "D" | "I" if timed => Some(Level::Info),
        "W" if timed => Some(Level::Warning),
        "E" | "C" if timed => Some(Level::Error),
        _ => None,
    }
}

fn is_logger_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !name.is_empty() && name.chars().all(good)
}

/// What follows `2026-11-16 05:02:35,871`, `2026-11-16T05:02:35.8Z` or Go's `2026/11/16 05:02:35`.
pub(super) fn after_time(text: &str) -> Option<&str> {
    let time = text.strip_prefix('[').unwrap_or(text);
    let rest = form::after(time, "0000~00~00_00:00:00")?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || ".,Z+]".contains(c));
    Some(rest.trim_start_matches([' ', '\t', ':', '-', '|']))
}

/// The level after a time, and what stands before the message: the logger's name, on either side of the level, or Python's
/// `%(threadName)s:%(process)d [%(filename)s…]`.
fn level_and_place(rest: &str) -> (Option<Level>, &str) {
    let found = leading_level(rest).or_else(|| leading_level(after_logger_name(rest).or(after_host(rest))?));
    let Some((level, rest)) = found else {
        return (None, rest);
    };
    if let Some(message) = after_logger_name(rest) {
        return (Some(level), message);
    }
    let place = rest.split_once(" [").and_then(|(thread, rest)| {
        let thread_like = !thread.trim().contains(' ') && thread.contains(':');
        thread_like.then(|| rest.split_once("] ")).flatten()
    });
    (Some(level), place.map_or(rest, |(_, message)| message))
}

/// The level that a text begins with, and what follows.
fn leading_level(text: &str) -> Option<(Level, &str)> {
    let bare = text.trim_start_matches('[');
    let end = bare
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(bare.len());
    let level = Level::parse(&bare[..end])?;
    let rest = bare[end..].trim_start_matches([' ', ':', '-', '|', ']']);
    Some((level, rest.strip_prefix('\t').map_or(rest, after_caller)))
}

/// What follows zap's caller, where it prints one: `launcher/main.go:42`, and a tab.
fn after_caller(rest: &str) -> &str {
    let caller = rest
        .split_once('\t')
        .filter(|(caller, _)| caller.contains(".go:"));
    caller.map_or(rest, |(_, message)| message)
}

/// What follows a host's name and a logger's with its process: `runner-0 runner.submit[7] ERROR no`, as coloredlogs prints.
fn after_host(rest: &str) -> Option<&str> {
    let mut parts = rest.splitn(3, ' ');
    let (_host, logger, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (name, process) = logger.strip_suffix(']')?.split_once('[')?;
    (is_logger_name(name) && is_number(process)).then_some(rest)
}

/// What follows a logger's name: a module's path in small letters (`google.cloud.aiplatform.jobs`), `__main__`, `root`, or
/// loguru's `module:function:12`. An exception's class has capitals, and a file's name ends in its kind.
fn after_logger_name(text: &str) -> Option<&str> {
    let (token, rest) = text.split_once(' ')?;
    let name = token.trim_start_matches('[').trim_end_matches([':', ']']);
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | ':');
    let kind = name.rsplit(['.', ':']).next().unwrap_or_default();
    let path = kind.len() < name.len() && !matches!(kind, "py" | "sh");
    let known = path || matches!(name, "__main__" | "root");
    let message = rest.trim_start_matches([' ', ':', '-', '|']);
    (known && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && name.chars().all(small))
        .then_some(message)
}
