//! How output looks: decided once by whoever knows the terminal, obeyed by the reporters.

use anstyle::{AnsiColor, Style as Ansi};

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// Colours at a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`
    #[default]
    Auto,
    /// Colours everywhere
    Always,
    /// No colours
    Never,
}

/// Columns assumed where the width is unknown.
const USUAL_WIDTH: usize = 80;

/// Below this many columns nothing can be laid out; lines may be wider than such a terminal.
const LEAST_WIDTH: usize = 24;

/// Text wider than this is hard to read, however wide the terminal.
const MOST_WIDTH: usize = 110;

/// How output looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and weights are written.
    pub color: bool,
    /// A person looks at a terminal: boxes, the rocketship, a spinner. Otherwise plain lines.
    pub terminal: bool,
    /// Columns.
    pub width: usize,
}

impl Style {
    /// Plain lines, as for a file.
    pub const PLAIN: Self = Self {
        color: false,
        terminal: false,
        width: MOST_WIDTH,
    };

    /// From what the command line, the environment and the terminal say. An explicit `--color` outranks `NO_COLOR`, which
    /// counts when it is set and not empty (no-color.org).
    pub fn new(
        choice: ColorChoice,
        no_color: Option<&str>,
        term: Option<&str>,
        terminal: bool,
        width: Option<usize>,
    ) -> Self {
        let dumb = term == Some("dumb");
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !dumb && !refused,
        };
        let width = width.filter(|columns| *columns > 0).unwrap_or(USUAL_WIDTH);
        Self {
            color,
            terminal: terminal && !dumb,
            width: width.clamp(LEAST_WIDTH, MOST_WIDTH),
        }
    }

    /// The text in the colour of its role; the caller has made it safe.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let ansi = role.ansi();
        if !self.color || ansi.is_plain() || text.is_empty() {
            return text.to_owned();
        }
        format!("{ansi}{text}{ansi:#}")
    }
}

/// What a piece of text is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing special.
    Plain,
    /// Beside the point.
    Dim,
    /// Names a part.
    Heading,
    /// Went well.
    Good,
    /// The great news.
    Triumph,
    /// May matter.
    Warning,
    /// Went wrong.
    Bad,
    /// Printed by W&B.
    Wandb,
}

impl Role {
    fn ansi(self) -> Ansi {
        let color = |color: AnsiColor| Ansi::new().fg_color(Some(color.into()));
        match self {
            Self::Plain => Ansi::new(),
            Self::Dim => Ansi::new().dimmed(),
            Self::Heading => Ansi::new().bold(),
            Self::Good => color(AnsiColor::Green),
            Self::Triumph => color(AnsiColor::Cyan).bold(),
            Self::Warning => color(AnsiColor::Yellow),
            Self::Bad => color(AnsiColor::Red).bold(),
            Self::Wandb => color(AnsiColor::Cyan),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_chosen_by_flag_then_no_color_then_terminal() {
        use ColorChoice::{Always, Auto, Never};
        for (choice, no_color, term, terminal, expected) in [
            (Auto, None, Some("xterm"), true, true),
            (Auto, None, None, false, false),
            (Auto, Some("1"), Some("xterm"), true, false),
            (Auto, Some(""), Some("xterm"), true, true),
            (Auto, None, Some("dumb"), true, false),
            (Always, Some("1"), None, false, true),
            (Never, None, Some("xterm"), true, false),
        ] {
            let style = Style::new(choice, no_color, term, terminal, None);
            assert_eq!(
                style.color, expected,
                "{choice:?} {no_color:?} {term:?} {terminal}"
            );
        }
    }

    #[test]
    fn a_dumb_terminal_gets_plain_lines() {
        assert!(!Style::new(ColorChoice::Always, None, Some("dumb"), true, None).terminal);
        assert!(Style::new(ColorChoice::Never, None, Some("xterm"), true, None).terminal);
    }

    #[test]
    fn absurd_widths_are_bounded() {
        for (given, used) in [
            (None, 80),
            (Some(0), 80),
            (Some(1), 24),
            (Some(60), 60),
            (Some(9_999), 110),
        ] {
            assert_eq!(Style::new(ColorChoice::Auto, None, None, true, given).width, used);
        }
    }
}
