//! The one place where text becomes lines: made safe, wrapped, prefixed and coloured here, and nowhere else.
//!
//! Whoever fills a page passes raw text; nothing can reach a person around [`safe`]. At a terminal, sentences are wrapped
//! to its width; links and commands never are, because people copy them. Elsewhere nothing is wrapped, because people
//! search files by line, and nothing is drawn.

use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use crate::core::text::{safe, safe_line};
use crate::report::columns::{shortened, untabbed};
use crate::report::style::{Role, Style};

/// Columns of a field's label.
const LABEL: usize = 14;

/// What becomes of a word that is wider than the line: a box breaks it, elsewhere it stays whole and can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Long {
    Breaks,
    Stays,
}

/// Text for one event, built line by line.
#[derive(Debug)]
pub(in crate::report) struct Page {
    style: Style,
    prefix: String,
    text: String,
}

impl Page {
    /// An empty page; each of its lines will begin with the name, if there is one.
    pub(in crate::report) fn new(style: Style, name: Option<&str>) -> Self {
        let prefix = name
            .map(|name| format!("[{}] ", untabbed(&safe_line(name))))
            .unwrap_or_default();
        Self {
            style,
            prefix,
            text: String::new(),
        }
    }

    /// How it looks.
    pub(in crate::report) fn style(&self) -> Style {
        self.style
    }

    /// Whether its lines belong to one launch of several.
    pub(in crate::report) fn is_prefixed(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// What was written.
    pub(in crate::report) fn into_text(self) -> String {
        self.text
    }

    /// An empty line; at a terminal only, and not among the lines of several launches.
    pub(in crate::report) fn gap(&mut self) {
        if self.style.terminal && !self.is_prefixed() {
            self.text.push('\n');
        }
    }

    /// A sentence, or several lines of them, indented.
    pub(in crate::report) fn say(&mut self, indent: usize, role: Role, text: &str) {
        let text = untabbed(&safe(text));
        for line in text.trim_end_matches('\n').split('\n') {
            for wrapped in self.wrapped(line, self.columns(indent), Long::Stays) {
                self.row(indent, role, &wrapped);
            }
        }
    }

    /// A sentence behind a sign, with which it is aligned where it is wrapped.
    pub(in crate::report) fn mark(&mut self, indent: usize, role: Role, sign: &'static str, text: &str) {
        let text = untabbed(&safe_line(text));
        let sign = format!("{sign} ");
        let rows = self.wrapped(&text, self.columns(indent + sign.width()), Long::Stays);
        for (at, row) in rows.iter().enumerate() {
            let lead = if at == 0 {
                sign.clone()
            } else {
                " ".repeat(sign.width())
            };
            self.row(indent, role, &(lead + row));
        }
    }

    /// One line that is never wrapped.
    pub(in crate::report) fn raw(&mut self, indent: usize, role: Role, text: &str) {
        self.row(indent, role, &untabbed(&safe_line(text)));
    }

    /// `label   value`, never wrapped.
    pub(in crate::report) fn field(&mut self, label: &'static str, value: &str) {
        let label = self.style.paint(Role::Dim, &format!("{label:<LABEL$}"));
        let value = untabbed(&safe_line(value));
        self.begin(2);
        for part in [&label, &value, "\n"] {
            self.text.push_str(part);
        }
    }

    /// The title of what follows.
    pub(in crate::report) fn heading(&mut self, title: &'static str) {
        self.gap();
        let title = if self.style.terminal {
            format!("━━━ {title} ━━━")
        } else {
            format!("{title}:")
        };
        self.row(0, Role::Heading, &title);
    }

    /// A box around paragraphs; off a terminal the same words, indented under their title.
    pub(in crate::report) fn boxed(&mut self, role: Role, title: &str, paragraphs: &[String]) {
        self.gap();
        let title = untabbed(&safe_line(title));
        if !self.style.terminal || self.is_prefixed() {
            self.row(0, role, &title);
            for text in paragraphs {
                self.say(2, Role::Plain, text);
            }
            return;
        }
        let inner = self.columns(4);
        let title = shortened(&title, inner.saturating_sub(2));
        let edge = "─".repeat(inner.saturating_sub(title.width() + 1));
        self.row(0, role, &format!("╭─ {title} {edge}╮"));
        for (nth, text) in paragraphs.iter().enumerate() {
            if nth > 0 {
                self.side("", inner, role);
            }
            for line in untabbed(&safe(text)).trim_end_matches('\n').split('\n') {
                for wrapped in self.wrapped(line, inner, Long::Breaks) {
                    self.side(&wrapped, inner, role);
                }
            }
        }
        self.row(0, role, &format!("╰{}╯", "─".repeat(inner + 2)));
    }

    fn side(&mut self, text: &str, inner: usize, role: Role) {
        let bar = self.style.paint(role, "│");
        let fill = " ".repeat(inner.saturating_sub(text.width()));
        self.begin(0);
        for part in [&bar, " ", text, &fill, " ", &bar, "\n"] {
            self.text.push_str(part);
        }
    }

    fn row(&mut self, indent: usize, role: Role, text: &str) {
        self.begin(indent);
        self.text.push_str(&self.style.paint(role, text));
        self.text.push('\n');
    }

    fn begin(&mut self, indent: usize) {
        self.text.push_str(&self.style.paint(Role::Dim, &self.prefix));
        self.text.push_str(&" ".repeat(indent));
    }

    fn columns(&self, indent: usize) -> usize {
        self.style
            .width
            .saturating_sub(indent + self.prefix.width())
            .max(10)
    }

    fn wrapped(&self, line: &str, columns: usize, long: Long) -> Vec<String> {
        if !self.style.terminal {
            return vec![line.to_owned()];
        }
        let options = Options::new(columns)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(long == Long::Breaks);
        textwrap::wrap(line, options)
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Style = Style {
        color: false,
        terminal: true,
        width: 30,
    };

    #[test]
    fn a_box_is_as_wide_as_the_terminal_whatever_is_in_it() {
        let mut page = Page::new(NARROW, None);
        page.boxed(
            Role::Bad,
            &"title ".repeat(20),
            &["東京 ".repeat(30), "x".repeat(100), String::new()],
        );
        for row in page.into_text().lines().skip(1) {
            assert_eq!(row.width(), 30, "{row}");
        }
    }

    #[test]
    fn commands_are_never_wrapped_and_sentences_are() {
        let mut page = Page::new(NARROW, Some("a"));
        let long = "gcloud ai custom-jobs stream-logs 1234567890";
        page.field("Logs", long);
        page.say(2, Role::Plain, long);
        let text = page.into_text();
        assert!(text.lines().next().unwrap().ends_with(long));
        assert!(text.lines().count() > 2);
        assert!(text.lines().all(|row| row.starts_with("[a] ")), "{text}");
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let mut page = Page::new(Style::PLAIN, Some("a\n[b] ok\u{1b}[2J"));
        page.say(0, Role::Plain, "one");
        assert_eq!(page.into_text(), "[a\\u{a}[b] ok\\u{1b}[2J] one\n");
    }
}
