//! Lines of `key=value` pairs, as Go's loggers print them (logrus, go-kit, log15): what they say, and how bad they call it.

use super::line::Level;

/// What a logger was told to say.
const MESSAGE: [&str; 2] = ["msg", "message"];
/// What went wrong.
const TROUBLE: [&str; 6] = ["err", "error", "detail", "exc", "exception", "reason"];
/// How bad it is.
const LEVEL: [&str; 3] = ["level", "lvl", "severity"];

/// The message and level of a line that is nothing but pairs; `None` for any other text, and for one without a message.
pub(super) fn message(raw: &str) -> Option<(String, Option<Level>)> {
    let pairs = pairs(raw.trim())?;
    let values = |keys: &[&str]| -> Vec<&str> {
        let found = pairs.iter().filter(|(key, _)| keys.contains(key));
        found.map(|(_, value)| value.as_str()).collect()
    };
    let level = values(&LEVEL).first().and_then(|word| Level::abbreviated(word));
    let said = [values(&MESSAGE), values(&TROUBLE)].concat().join(": ");
    if said.is_empty() {
        return None;
    }
    Some((said, level))
}

/// All pairs; two at least, and nothing else.
fn pairs(text: &str) -> Option<Vec<(&str, String)>> {
    let (mut pairs, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let named = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if key.is_empty() || !key.bytes().all(named) {
            return None;
        }
        let (value, after) = value(after);
        pairs.push((key, value));
        rest = after.trim_start_matches(' ');
    }
    (pairs.len() > 1).then_some(pairs)
}

/// The value that a text begins with, without its quotes, and what follows.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(' ').unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, char) in quoted.char_indices() {
        match char {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, &quoted[at + 1..]),
            char => {
                value.push(if escaped && matches!(char, 'n' | 't') {
                    ' '
                } else {
                    char
                });
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
}
