//! One printed line, taken apart: colour, prefix, level, message.

use std::borrow::Cow;

use super::collector::collected;
use super::escape::{without_colour, without_escapes};
use super::prefix::{before_place, logger_prefix, shown_again, wandb_level, wandb_prefix};
use super::work;
use super::{json, logfmt};

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

/// How a line was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Text,
    /// As the message of a JSON object, or of `key=value` pairs.
    Structured,
}

/// One line of an entry.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// As it was printed.
    pub raw: &'a str,
    text: Cow<'a, str>,
    start: usize,
    /// The message with its quotes unescaped, if any were escaped.
    unescaped: Option<String>,
    /// What its prefix says.
    pub level: Option<Level>,
    /// Printed by W&B's `term*` functions: every line of a message has the prefix.
    pub by_wandb: bool,
    /// Printed by the launch agent (`launch: `).
    pub by_agent: bool,
    /// Begins with a logger's prefix: the start of a new message.
    pub by_logger: bool,
    /// How it was printed: no part of a message that was printed otherwise.
    pub form: Form,
}

/// The lines of an entry's text. Progress bars overprint with carriage returns, and docker's output comes glued by them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r'])
}

/// The first line of a text, and what follows its end.
pub fn first_line(text: &str) -> (&str, &str) {
    match memchr::memchr2(b'\n', b'\r', text.as_bytes()) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    }
}

impl<'a> Line<'a> {
    /// Takes one line apart and hands over the result; a JSON object or `key=value` pairs say their message, each line of it.
    pub fn unfold(raw: &'a str, take: &mut dyn FnMut(Line<'_>)) {
        let said = collected(shown_again(raw));
        // A warning among an entry's fields is a severity, which decides nothing; one that a logger prints was caught.
        let entry = json::message(said)
            .map(|(message, level)| (message, level.filter(|level| *level != Level::Warning)));
        let pairs = || logfmt::message(said).or_else(|| logfmt::event(said));
        let text = || json::text_payload(said).or_else(|| json::behind(said));
        let other = || text().map(|text| (text, None));
        let Some((message, level)) = entry.or_else(pairs).or_else(other) else {
            return take(Self::apart(raw, Some(said)));
        };
        for text in lines(&message) {
            let mut line = Line::parse(text);
            line.raw = raw;
            line.form = Form::Structured;
            // Whoever passes on a line of W&B's knows less of it than it says itself.
            let own = line.level.filter(|_| line.by_wandb);
            line.level = own.or(level).or(line.level);
            take(line);
        }
    }

    /// Takes one line apart.
    pub fn parse(raw: &'a str) -> Self {
        Self::apart(raw, None)
    }

    /// Takes one line apart of which it may be known what follows the marks of collectors.
    fn apart(raw: &'a str, said: Option<&str>) -> Self {
        work::count(raw.len());
        let text = without_place(without_colour(raw));
        let said = said.filter(|_| text.len() == raw.len());
        let marks = text.len() - said.unwrap_or_else(|| collected(shown_again(&text))).len();
        let mut line = Self {
            raw,
            text,
            start: 0,
            unescaped: None,
            level: None,
            by_wandb: false,
            by_agent: false,
            by_logger: false,
            form: Form::Text,
        };
        line.strip_prefixes(marks);
        line.unescaped = without_escapes(line.printed());
        line
    }

    /// What it says: no colour, no prefix, no escaped quotes; indentation is kept.
    pub fn message(&self) -> &str {
        self.unescaped.as_deref().unwrap_or_else(|| self.printed())
    }

    /// The message as it was printed, with its escaped quotes.
    pub fn printed(&self) -> &str {
        &self.text[self.start..]
    }

    /// Whether nothing is left without the prefix.
    pub fn is_blank(&self) -> bool {
        self.message().trim().is_empty()
    }

    /// Whether the message is indented: a traceback's frame, or more of the message before it.
    pub fn is_indented(&self) -> bool {
        self.indent() > 0
    }

    /// Blanks and tabs before the message.
    pub fn indent(&self) -> usize {
        let message = self.message();
        message.len() - message.trim_start_matches([' ', '\t']).len()
    }

    /// Whether it is part of W&B's dump of a job (`pprint`): keys and values that users chose, so any text may be in them.
    pub fn is_dumped_data(&self) -> bool {
        let inner = self.message().trim_start().trim_start_matches(['{', '[', '(']);
        self.by_wandb && !self.by_agent && self.level.is_none() && inner.starts_with(['\'', '"'])
    }

    fn strip_prefixes(&mut self, marks: usize) {
        let text = self.text.as_ref();
        let message = &text[marks..];
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
        self.start = text.len() - after.unwrap_or(rest).len();
    }
}

/// A line without the column of rich's that says where it comes from.
fn without_place(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(end) = before_place(&text) else {
        return text;
    };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(text) => Cow::Owned(text[..end].to_owned()),
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

    /// Reads a level's name, or a letter, as structured loggers print them.
    pub(super) fn abbreviated(word: &str) -> Option<Self> {
        match word {
            "d" | "D" | "i" | "I" => Some(Self::Info),
            "w" | "W" => Some(Self::Warning),
            "e" | "E" | "eror" | "f" | "F" => Some(Self::Error),
            word => Self::parse(word),
        }
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
            (
                "2026-08-21 10:02:12 runner-0 runner.submit[7] ERROR no",
                "no",
                error,
                false,
                false,
            ),
            (
                "[09:06:55] ERROR    no     submit.py:97",
                "no",
                error,
                false,
                false,
            ),
            ("2026-09-14T09:07:08.1Z\tERROR\tno", "no", error, false, false),
            (
                "2026-09-14T09:07:08.1Z\tINFO\ta/main.go:4\tno",
                "no",
                info,
                false,
                false,
            ),
            ("[I 2025-08-30 03:12:44,019] no", "no", info, false, false),
            ("I0502 10:00:00.0 7 status.cc:12] no", "no", info, false, false),
            ("E0502 10:00:00.0 7 status.cc:12] no", "no", None, false, false),
            ("  ► 41:wandb: ERROR no", "no", error, true, false),
            ("[05/03/2026 23:30:18 ERROR run.py] no", "no", error, false, false),
            ("2026-11-16T05:02:35.871Z no", "no", None, false, false),
        ] {
            assert_eq!(parts(raw), (message.to_owned(), level, wandb, agent), "{raw}");
        }
    }

    #[test]
    fn names_of_loggers_and_marks_of_collectors_are_taken_off() {
        let (error, info) = (Some(Level::Error), Some(Level::Info));
        for (raw, message, level, wandb, agent) in [
            (
                "2026-09-01 22:14:08,551 INFO google.cloud.aiplatform.jobs no",
                "no",
                info,
                false,
                false,
            ),
            (
                "2026-09-01 22:14:08,551 - __main__ - ERROR - no",
                "no",
                error,
                false,
                false,
            ),
            (
                "2026-09-01 22:14:08.551 | INFO     | train.main:run:12 - no",
                "no",
                info,
                false,
                false,
            ),
            (
                "2026-09-01 22:14:08,551 ERROR a.b.SomeError: no",
                "a.b.SomeError: no",
                error,
                false,
                false,
            ),
            ("2026/11/16 05:02:35.871 no", "no", None, false, false),
            ("[launcher]   no", "  no", None, false, false),
            ("#10 18.23 ERROR: no", "ERROR: no", error, false, false),
            ("Step #0 - \"build\":   no", "  no", None, false, false),
            ("[rank0]:   File \"a.py\"", "  File \"a.py\"", None, false, false),
            (
                "(train pid=12, ip=10.0.0.1) ValueError: no",
                "ValueError: no",
                None,
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
            seen.push((line.message().to_owned(), line.level));
        });
        let error = Some(Level::Error);
        Line::unfold(r#"{"level":30,"msg":"wandb: ERROR no"}"#, &mut |line| {
            assert_eq!((line.message(), line.level), ("no", error));
        });
        assert_eq!(seen, [("a".to_owned(), error), ("b: c".to_owned(), error)]);
    }
}
