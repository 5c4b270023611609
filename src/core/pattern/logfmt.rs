//! Lines of `key=value` pairs, as Go's loggers print them (logrus, go-kit, log15, slog), or with pairs after a message, as
//! structlog does on a console: what they say, and how bad they call it.

use super::line::Level;
use super::prefix::after_time;

/// What a logger was told to say.
const MESSAGE: [&str; 2] = ["msg", "message"];
/// What went wrong.
const TROUBLE: [&str; 10] = [
    "err",
    "error",
    "detail",
    "exc",
    "exception",
    "reason",
    "stderr",
    "output",
    "tail",
    "state",
];
/// A line of another program, passed on: how bad it is, it says itself.
const PASSED_ON: &str = "line";
/// How bad it is.
const LEVEL: [&str; 3] = ["level", "lvl", "severity"];

/// The message and level of a line that is nothing but pairs; `None` for any other text, and for one without a message.
pub(super) fn message(raw: &str) -> Option<(String, Option<Level>)> {
    let pairs = pairs(raw.trim())?;
    // One that is a place in a source file has no words.
    let passed_on = |(key, value): &&(&str, String)| *key == PASSED_ON && value.contains(' ');
    if let Some((_, line)) = pairs.iter().find(passed_on) {
        return Some((line.clone(), None));
    }
    let level = values(&pairs, &LEVEL).next().and_then(Level::abbreviated);
    let said = together(values(&pairs, &MESSAGE).chain(values(&pairs, &TROUBLE)));
    (!said.is_empty()).then_some((said, level))
}

/// structlog's on a console: `2026-09-14 09:07:39 [error    ] create_failed   region=us-west4 error='400 no'`. `None` for a
/// line without a pair that says what went wrong.
pub(super) fn event(raw: &str) -> Option<(String, Option<Level>)> {
    let (level, rest) = after_time(raw)?.strip_prefix('[')?.split_once(']')?;
    let level = Level::parse(level.trim_end())?;
    let (event, rest) = rest.trim_start().split_once("  ")?;
    let pairs = some_pairs(rest.trim_start())?;
    let mut trouble = values(&pairs, &TROUBLE).peekable();
    trouble.peek()?;
    Some((together(std::iter::once(event).chain(trouble)), Some(level)))
}

/// The values under some keys, in their order.
fn values<'p>(pairs: &'p [(&str, String)], keys: &[&str]) -> impl Iterator<Item = &'p str> {
    let found = pairs.iter().filter(move |(key, _)| keys.contains(key));
    found.map(|(_, value)| value.as_str())
}

/// One line, but for what has several: those are lines of another program, and begin a line each.
fn together<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut said = String::new();
    for part in parts {
        if !said.is_empty() {
            said.push_str(if part.contains('\n') { "\n" } else { ": " });
        }
        said.push_str(part);
    }
    said
}

/// All pairs; two at least, and nothing else.
fn pairs(text: &str) -> Option<Vec<(&str, String)>> {
    some_pairs(text).filter(|pairs| pairs.len() > 1)
}

fn some_pairs(text: &str) -> Option<Vec<(&str, String)>> {
    let (mut pairs, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        // Most lines have a word first, and are found out by its end.
        let end = memchr::memchr2(b'=', b' ', rest.as_bytes())?;
        let (key, after) = (&rest[..end], rest[end..].strip_prefix('=')?);
        let named = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if key.is_empty() || !key.bytes().all(named) {
            return None;
        }
        let (value, after) = value(after);
        pairs.push((key, value));
        rest = after.trim_start_matches(' ');
    }
    Some(pairs)
}

/// The value that a text begins with, without its quotes, and what follows.
fn value(text: &str) -> (String, &str) {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        let end = text.find(' ').unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let quoted = &text[1..];
    let (mut value, mut escaped) = (String::new(), false);
    for (at, char) in quoted.char_indices() {
        match char {
            '\\' if !escaped => escaped = true,
            char if char == quote && !escaped => return (value, &quoted[at + 1..]),
            char => {
                match char {
                    'n' if escaped => value.push('\n'),
                    't' if escaped => value.push(' '),
                    'r' if escaped => {}
                    char => value.push(char),
                }
                escaped = false;
            }
        }
    }
    // The line was cut.
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_say_a_message_and_what_went_wrong() {
        for (line, said, level) in [
            (
                r#"time="2026-09-03T07:00:00Z" level=warning msg="no" error="say \"why\"""#,
                Some("no: say \"why\""),
                Some(Level::Warning),
            ),
            ("lvl=eror t=2026 msg=no", Some("no"), Some(Level::Error)),
            (
                r#"level=fatal ts=1788412999 err="why"#,
                Some("why"),
                Some(Level::Error),
            ),
            ("exc=CommError detail=\"no\"", Some("CommError: no"), None),
            (
                r#"level=ERROR msg="git failed" exit=128 stderr="no\r\nfatal: no""#,
                Some("git failed\nno\nfatal: no"),
                Some(Level::Error),
            ),
            (
                r#"level=INFO msg="agent stderr" line="wandb: ERROR no""#,
                Some("wandb: ERROR no"),
                None,
            ),
            (
                "level=error msg=no file=main.go line=42",
                Some("no"),
                Some(Level::Error),
            ),
            ("k8s.pod=agent-0 msg=\"no\"", Some("no"), None),
            ("msg=alone", None, None),
            ("epoch=3 loss=0.2", None, None),
            ("level=info and so on msg=no", None, None),
            ("", None, None),
        ] {
            let found = message(line);
            assert_eq!(found.as_ref().map(|(text, _)| text.as_str()), said, "{line}");
            assert_eq!(found.and_then(|(_, level)| level), level, "{line}");
        }
    }

    #[test]
    fn an_event_says_what_went_wrong_in_the_pairs_behind_it() {
        let line = "2026-09-14 09:07:39 [error    ] create_failed      region=us-west4 error='400 no'";
        assert_eq!(
            event(line),
            Some(("create_failed: 400 no".to_owned(), Some(Level::Error)))
        );
        for other in [
            "2026-09-14 09:07:39 [info     ] created      region=us-west4",
            "2026-09-14 09:07:39 [error    ] error='no'",
            "[error    ] create_failed      error='no'",
        ] {
            assert_eq!(event(other), None, "{other}");
        }
    }
}
