//! One printed line, taken apart: colour, prefix, level, message.
//!
//! The prefixes are those of the programs that run in a runner: W&B's `term*` functions put `wandb: ` (and `ERROR ` or
//! `WARNING `) before *every* line of a message, the agent adds `launch: `, Python's logging has two usual formats, kaniko
//! and docker use logrus's.

use std::borrow::Cow;

use super::json;

/// How bad the printing program says a line is. Says nothing about the launch by itself: `wandb: ERROR` is only a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Debug, info, notice.
    Info,
    /// Warning.
    Warning,
    /// Error, critical, fatal.
    Error,
}

/// What may cut a literal in two: colour, and escaped quotes. A text with any of them has to be taken apart first.
pub(super) const CUTTERS: [&str; 4] = ["\u{1b}", "[0m", "\\'", "\\\""];

/// One line of an entry.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// As it was printed.
    pub raw: &'a str,
    text: Cow<'a, str>,
    start: usize,
    /// What its prefix says.
    pub level: Option<Level>,
    /// Printed by W&B's `term*` functions: every line of a message has the prefix.
    pub by_wandb: bool,
    /// Printed by the launch agent (`launch: `).
    pub by_agent: bool,
    /// Begins with a logger's prefix: the start of a new message.
    pub by_logger: bool,
}

/// The lines of an entry's text. Progress bars overprint with carriage returns, and docker's output comes glued by them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
}

impl<'a> Line<'a> {
    /// Takes one line apart and hands over the result; a JSON line whose message has several lines becomes several.
    pub fn unfold(raw: &'a str, take: &mut dyn FnMut(Line<'_>)) {
        let Some((message, level)) = json::message(raw) else {
            return take(Self::parse(raw));
        };
        for text in lines(&message) {
            let mut line = Line::parse(text);
            line.raw = raw;
            line.level = level.or(line.level);
            take(line);
        }
    }

    /// Takes one line apart.
    pub fn parse(raw: &'a str) -> Self {
        let mut line = Self {
            raw,
            text: without_escapes(without_colour(raw)),
            start: 0,
            level: None,
            by_wandb: false,
            by_agent: false,
            by_logger: false,
        };
        line.strip_prefixes();
        line
    }

    /// The whole line without colour.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says: no colour, no prefix; indentation is kept.
    pub fn message(&self) -> &str {
        &self.text[self.start..]
    }

    /// Whether nothing is left without the prefix.
    pub fn is_blank(&self) -> bool {
        self.message().trim().is_empty()
    }

    /// Whether the message is indented: a traceback's frame, or more of the message before it.
    pub fn is_indented(&self) -> bool {
        self.message().starts_with([' ', '\t'])
    }

    /// Whether it is part of W&B's dump of a job (`pprint`): keys and values that users chose, so any text may be in them.
    pub fn is_dumped_data(&self) -> bool {
        let inner = self.message().trim_start().trim_start_matches(['{', '[', '(']);
        self.by_wandb && !self.by_agent && self.level.is_none() && inner.starts_with(['\'', '"'])
    }

    fn strip_prefixes(&mut self) {
        let message = self.text.as_ref();
        let rest = if let Some(rest) = wandb_prefix(message) {
            self.by_wandb = true;
            let (level, rest) = wandb_level(rest);
            self.level = level;
            rest
        } else if let Some((level, rest)) = logger_prefix(message) {
            self.by_logger = true;
            self.level = level.or_else(|| Level::first_word(rest));
            rest
        } else {
            self.level = Level::first_word(message);
            message
        };
        let after = rest
            .strip_prefix("launch: ")
            .or_else(|| rest.strip_prefix("launch:"));
        self.by_agent = after.is_some();
        self.start = message.len() - after.unwrap_or(rest).len();
    }
}

impl Level {
    /// Reads a level's name in any usual spelling (`WARN`, `error`, `ERRO`).
    pub(super) fn parse(word: &str) -> Option<Self> {
        const NAMES: [(&str, Level); 16] = [
            ("DEBUG", Level::Info),
            ("DEBU", Level::Info),
            ("TRACE", Level::Info),
            ("INFO", Level::Info),
            ("NOTICE", Level::Info),
            ("WARNING", Level::Warning),
            ("WARN", Level::Warning),
            ("ERROR", Level::Error),
            ("ERRO", Level::Error),
            ("CRITICAL", Level::Error),
            ("FATAL", Level::Error),
            ("FATA", Level::Error),
            ("PANIC", Level::Error),
            ("SEVERE", Level::Error),
            ("ALERT", Level::Error),
            ("EMERGENCY", Level::Error),
        ];
        let named = NAMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
        named.map(|(_, level)| *level)
    }

    /// The level that a message begins with, in capitals: `INFO: …`, `ERROR …`, `WARNING: …`.
    fn first_word(message: &str) -> Option<Self> {
        let end = message.find(|c: char| !c.is_ascii_uppercase())?;
        let (word, rest) = message.split_at(end);
        if rest.starts_with([':', ' ']) {
            Self::parse(word)
        } else {
            None
        }
    }
}

fn wandb_prefix(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix("wandb:")?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn wandb_level(rest: &str) -> (Option<Level>, &str) {
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
/// `INFO[0001] `, `time="…" level=info msg=`, or a bare time.
fn logger_prefix(text: &str) -> Option<(Option<Level>, &str)> {
    if let Some(rest) = after_time(text) {
        return Some(level_and_place(rest));
    }
    if let Some(rest) = text.strip_prefix('[')
        && let Some((word, rest)) = rest.split_once(']')
        && let Some(level) = Level::parse(word.trim())
    {
        return Some((Some(level), rest.trim_start_matches([':', ' '])));
    }
    if text.starts_with("time=") || text.starts_with("level=") {
        return logfmt(text);
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

fn is_logger_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !name.is_empty() && name.chars().all(good)
}

/// What follows `2026-11-16 05:02:35,871` or `2026-11-16T05:02:35.8Z`.
fn after_time(text: &str) -> Option<&str> {
    const FORM: &[u8] = b"0000-00-00 00:00:00";
    let text = text.strip_prefix('[').unwrap_or(text);
    let head = text.as_bytes().get(..FORM.len())?;
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        b' ' => matches!(byte, b' ' | b'T'),
        form => byte == form,
    };
    if !head.iter().zip(FORM).all(fits) {
        return None;
    }
    let rest = text[FORM.len()..].trim_start_matches(|c: char| c.is_ascii_digit() || ".,Z+]".contains(c));
    Some(rest.trim_start_matches([' ', ':', '-', '|']))
}

/// The level after a time, and what Python's `%(threadName)s:%(process)d [%(filename)s…]` puts before the message.
fn level_and_place(rest: &str) -> (Option<Level>, &str) {
    let bare = rest.trim_start_matches('[');
    let end = bare
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(bare.len());
    let Some(level) = Level::parse(&bare[..end]) else {
        return (None, rest);
    };
    let rest = bare[end..].trim_start_matches([' ', ':', '-', '|', ']']);
    let place = rest.split_once(" [").and_then(|(thread, rest)| {
        let thread_like = !thread.trim().contains(' ') && thread.contains(':');
        thread_like.then(|| rest.split_once("] ")).flatten()
    });
    (Some(level), place.map_or(rest, |(_, message)| message))
}

fn logfmt(text: &str) -> Option<(Option<Level>, &str)> {
    let word = text.split_once("level=")?.1.split(' ').next()?;
    let message = text.split_once("msg=")?.1;
    Some((
        Level::parse(word.trim_matches('"')),
        message.trim_start_matches('"'),
    ))
}

/// Strips colour and other escape sequences; a line without any is borrowed. Consoles drop the escape character and keep the
/// rest, so `[0m` alone counts too.
fn without_colour(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if !has_colour(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1b}', '[']) {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let length = escape_length(escape);
        if length == 0 {
            out.push('[');
        }
        rest = &escape[length.max(1)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn has_colour(text: &str) -> bool {
    text.contains('\u{1b}') || text.contains("[0m")
}

/// Quotes as they were before a proto's text form or a fragment of JSON escaped them.
fn without_escapes(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains("\\'") || text.contains("\\\"") {
        return Cow::Owned(text.replace("\\'", "'").replace("\\\"", "\""));
    }
    text
}

/// Length of the escape sequence that a text begins with; 0 if it is a bracket like any other.
fn escape_length(text: &str) -> usize {
    let (escaped, body) = match text.strip_prefix('\u{1b}') {
        Some(body) => (1, body),
        None => (0, text),
    };
    if let Some(inner) = body.strip_prefix('[') {
        let end = inner.find(|c: char| !matches!(c, '0'..='?'));
        return match end.map(|end| (end, inner[end..].chars().next())) {
            Some((end, Some('m'))) if end > 0 || escaped == 1 => escaped + end + 2,
            Some((end, Some(c))) if escaped == 1 && c.is_ascii() => end + 3,
            _ => escaped,
        };
    }
    if let Some(inner) = body.strip_prefix(']') {
        let end = inner.find(['\u{7}', '\u{1b}']).unwrap_or(inner.len());
        return escaped + 1 + end;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(raw: &str) -> (String, Option<Level>, bool, bool) {
        let line = Line::parse(raw);
        (
            line.message().to_owned(),
            line.level,
            line.by_wandb,
            line.by_agent,
        )
    }

    #[test]
    fn prefixes_are_taken_off_and_remembered() {
        let error = Some(Level::Error);
        let info = Some(Level::Info);
        for (raw, message, level, wandb, agent) in [
            (
                "wandb: ERROR launch: Error running job: x",
                "Error running job: x",
                error,
                true,
                true,
            ),
            (
                "wandb: ERROR   File \"a.py\"",
                "  File \"a.py\"",
                error,
                true,
                false,
            ),
            ("wandb: ERROR", "", error, true, false),
            ("wandb: ERRORS are fine", "ERRORS are fine", None, true, false),
            (
                "wandb: launch: Launching job: a",
                "Launching job: a",
                None,
                true,
                true,
            ),
            (
                "2025-11-16 05:02:35,871 INFO    MainThread:7 [a.py:b():141] image x",
                "image x",
                info,
                false,
                false,
            ),
            (
                "2025-11-16 05:02:35,871 ERROR   MainThread:7 [a.py:b():1] launch: no",
                "no",
                error,
                false,
                true,
            ),
            (
                "INFO:google.cloud.aiplatform.jobs:Creating CustomJob",
                "Creating CustomJob",
                info,
                false,
                false,
            ),
            (
                "ERROR: (gcloud.ai) no",
                "ERROR: (gcloud.ai) no",
                error,
                false,
                false,
            ),
            (
                "WARN[0120] Error uploading",
                "Error uploading",
                Some(Level::Warning),
                false,
                false,
            ),
            ("[ERROR] no", "no", error, false, false),
            ("2026-11-16T05:02:35.871Z no", "no", None, false, false),
            (
                "time=\"2026\" level=error msg=\"no\"",
                "no\"",
                error,
                false,
                false,
            ),
        ] {
            assert_eq!(parts(raw), (message.to_owned(), level, wandb, agent), "{raw}");
        }
    }

    #[test]
    fn colour_goes_whether_or_not_the_escape_character_survived() {
        for raw in [
            "\u{1b}[34m\u{1b}[1mwandb\u{1b}[0m: Starting",
            "[34m[1mwandb[0m: Starting",
        ] {
            assert_eq!(parts(raw).0, "Starting");
        }
        assert_eq!(parts("\u{1b}]0;title\u{7}[1/2] a").0, "\u{7}[1/2] a");
        assert_eq!(parts("[0m\u{1b}").0, "");
    }

    #[test]
    fn json_lines_say_what_their_message_says() {
        let mut seen = Vec::new();
        let raw = r#"{"severity":"ERROR","message":"a\nb","error":"c"}"#;
        Line::unfold(raw, &mut |line| {
            seen.push((line.message().to_owned(), line.level))
        });
        let error = Some(Level::Error);
        assert_eq!(seen, [("a".to_owned(), error), ("b: c".to_owned(), error)]);
    }
}
