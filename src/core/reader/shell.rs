//! Traced shell scripts (`set -x`): a command that a script lets fail is followed by `+ true`, one that only asks whether
//! something is there by whatever the script does then.

use jiff::Timestamp;

use super::text::numbered;
use crate::core::pattern::Line;

/// Lines after a traced command that are taken for its output.
const OUTPUT: u8 = 3;

/// What commands are called that only ask: their failure is an answer.
const PROBES: [&str; 6] = [
    " describe ",
    " inspect ",
    " ls ",
    " show-ref ",
    " stat ",
    " head-object ",
];

/// How scripts end, or speak of their end.
const ENDINGS: [&str; 6] = ["exit", "return", "echo", "printf", "trap", "die"];

/// The last traced command of a lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traced {
    /// Lines since it was printed; more than [`OUTPUT`] where there was none.
    lines: u8,
    /// Whether it only asks.
    probe: bool,
    /// When the newest line was printed: an older one that comes late, or again, changes nothing.
    at: Timestamp,
}

/// What a traced command after a failure says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It was let go by.
    Tolerated,
    /// The command only asked, and the script goes on with the answer.
    Answered,
    /// It was not, as far as this tells.
    Unknown,
}

impl Default for Traced {
    fn default() -> Self {
        Self {
            lines: u8::MAX,
            probe: false,
            at: Timestamp::MIN,
        }
    }
}

impl Traced {
    /// Sees the next line.
    pub(super) fn see(&mut self, line: &Line<'_>, at: Timestamp) {
        if at < self.at {
            return;
        }
        self.at = at;
        match command(line.message()) {
            Some(command) => {
                self.lines = 0;
                self.probe = PROBES.iter().any(|word| command.contains(word));
            }
            None => self.lines = self.lines.saturating_add(1),
        }
    }

    /// Sees lines that no pattern speaks for; the last few tell.
    pub(super) fn pass(&mut self, text: &str, at: Timestamp) {
        if at < self.at {
            return;
        }
        let (start, count) = last_lines(text);
        if memchr::memchr(b'+', &text.as_bytes()[start..]).is_some() {
            numbered(0, &text[start..]).for_each(|(_, line)| self.see(&Line::parse(line), at));
        } else {
            self.at = at;
            self.lines = self.lines.saturating_add(count);
        }
    }

    /// Whether the line that was seen last is a traced command's output.
    pub(super) fn covers(self) -> bool {
        (1..=OUTPUT).contains(&self.lines)
    }

    /// What a line after the output of this command says about its failure; `None` for one that is no traced command.
    pub(super) fn then(self, line: &Line<'_>) -> Option<Then> {
        let next = command(line.message())?;
        let word = next.split(' ').next().unwrap_or(next);
        Some(match word {
            "true" | ":" => Then::Tolerated,
            word if self.probe && !ENDINGS.contains(&word) => Then::Answered,
            _ => Then::Unknown,
        })
    }
}

/// Where the last lines of a text begin, one more than may be a command's output, and how many they are.
fn last_lines(text: &str) -> (usize, u8) {
    let mut rest = without_end(text);
    for count in 1..=OUTPUT {
        let Some(end) = memchr::memrchr2(b'\n', b'\r', rest.as_bytes()) else {
            return (0, count);
        };
        rest = without_end(&rest[..=end]);
    }
    let end = memchr::memrchr2(b'\n', b'\r', rest.as_bytes());
    (end.map_or(0, |end| end + 1), OUTPUT + 1)
}

/// A text without the end of its last line.
fn without_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// Whether a text ends in a traced command.
pub(super) fn is_traced(text: &str) -> bool {
    let last = text.trim_end().rsplit('\n').next();
    last.is_some_and(|line| command(line).is_some())
}

/// The command of a trace's line: `+ docker pull x`, deeper `++ …`.
fn command(message: &str) -> Option<&str> {
    let command = message.strip_prefix('+')?.trim_start_matches('+');
    command.strip_prefix(' ')
}

#[cfg(test)]
mod tests {
    use super::last_lines;
    use crate::core::finding::Label;
    use crate::core::reader::tests::label;

    #[test]
    fn a_carriage_return_and_a_newline_end_one_line() {
        for (text, start, count) in [
            ("a\r\nb\r\n", 0, 2),
            ("a\n\r\nb\rc", 0, 4),
            ("a\nb\nc\nd\ne\n", 2, 4),
            ("", 0, 1),
        ] {
            assert_eq!(last_lines(text), (start, count), "{text:?}");
        }
    }

    #[test]
    fn what_a_script_lets_fail_ends_nothing() {
        let pull = "+ docker pull us-docker.pkg.dev/p/r/job:cache";
        let unknown = "Error response from daemon: manifest for us-docker.pkg.dev/p/r/job:cache not found: manifest unknown";
        assert_eq!(label(&[pull, unknown]), Label::Fatal);
        assert_eq!(label(&[pull, unknown, "+ true"]), Label::Benign);
        assert_eq!(label(&[pull, unknown, unknown, "+ :"]), Label::Benign);
        assert_eq!(label(&[pull, unknown, "+ docker build ."]), Label::Fatal);
        assert_eq!(label(&[unknown, "+ true"]), Label::Fatal, "another command's");
    }

    #[test]
    fn a_command_that_asks_may_fail_if_the_script_goes_on() {
        let ask = "+ gcloud artifacts repositories describe trainers --location=us-central1";
        let no = "ERROR: (gcloud.artifacts.repositories.describe) NOT_FOUND: Requested entity was not found.";
        let create = "+ gcloud artifacts repositories create trainers --location=us-central1";
        assert_eq!(label(&[ask, no, create]), Label::Benign);
        assert_eq!(label(&[ask, no, "+ exit 1"]), Label::Fatal);
        assert_eq!(label(&[ask, no]), Label::Fatal);
        let denied = "ERROR: (gcloud.artifacts.repositories.describe) PERMISSION_DENIED: Permission 'artifactregistry.repositories.get' denied on resource 'x'";
        assert_eq!(
            label(&[ask, denied, "+ cleanup"]),
            Label::Fatal,
            "that is no answer"
        );
    }
}
