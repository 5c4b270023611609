//! One printed line, taken apart: colour, prefix, level, message.

#[cfg(test)]
mod tests;

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
