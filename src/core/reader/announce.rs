//! Which lines announce a traceback: a logger prints one for an exception that was caught, under its own message.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::core::finding::Label;
use crate::core::pattern::{Hit, Level, Line};

/// What messages of information speak of when a traceback follows: nobody else logs one as information.
const TROUBLE: [&str; 23] = [
    "abort",
    "cannot",
    "can't",
    "caught",
    "could not",
    "couldn't",
    "crash",
    "error",
    "exception",
    "fail",
    "fall",
    "ignor",
    "invalid",
    "missing",
    "no ",
    "not ",
    "retr",
    "skip",
    "traceback",
    "unable",
    "unexpected",
    "unread",
    "without",
];

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).build(TROUBLE).ok()
});

/// The level of the last line of a text that begins a message; `None` if no line of it does.
pub(super) fn last_level(text: &str) -> Option<Level> {
    let mut rest = text;
    loop {
        let end = memchr::memrchr2(b'\n', b'\r', rest.as_bytes());
        let mut level = None;
        Line::unfold(&rest[end.map_or(0, |end| end + 1)..], &mut |line| {
            if !line.is_blank() && !line.is_indented() {
                level = Some(level_of(&line, None));
            }
        });
        if level.is_some() {
            return level;
        }
        rest = &rest[..end?];
    }
}

/// What a logger calls a line that may announce a traceback. Any other line, whoever printed it, is as good as an error: what
/// follows it is not its own.
pub(super) fn level_of(line: &Line<'_>, hit: Option<&Hit>) -> Level {
    let alone = hit.is_some_and(|hit| {
        let pattern = &hit.pattern;
        pattern.complete || matches!(pattern.label, Label::Progress | Label::Success)
    });
    let level = line.level.filter(|_| !line.by_wandb && !alone);
    let announces = |level| level != Level::Info || speaks_of_trouble(line.message());
    level.filter(|level| announces(*level)).unwrap_or(Level::Error)
}

fn speaks_of_trouble(message: &str) -> bool {
    message.trim_end().ends_with(':') || WORDS.as_ref().is_none_or(|words| words.is_match(message))
}
