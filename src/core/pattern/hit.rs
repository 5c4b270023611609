//! One pattern, one line: whether it matches, and what it then says.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use regex::bytes::{Captures, Regex};

use super::compile::Pattern;
use super::line::Line;
use super::set::{Context, admits};
use super::shape;
use crate::core::finding::{ContainerExit, Finding};
use crate::core::ids::CustomJobName;

/// Longest line that a finding keeps, in bytes: enough for a person, small enough for a thousand launches.
const MAX_LINE: usize = 2000;

/// Where a line was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Task index.
    pub task: u32,
    /// Attempt of that task.
    pub attempt: u32,
    /// When.
    pub at: Timestamp,
}

/// A pattern that matched, with what its regexes captured.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The pattern.
    pub pattern: Arc<Pattern>,
    captures: Vec<(String, String)>,
    message: String,
    line: String,
}

/// Whether a pattern matches a line where it stands.
pub(super) fn find(pattern: &Arc<Pattern>, line: &Line<'_>, context: Context) -> Option<Hit> {
    if !admits(pattern, line, context) {
        return None;
    }
    let message = line.message().trim();
    let captures = match &pattern.regex {
        Some(matcher) => captured(matcher.regex()?, message)?,
        None => Vec::new(),
    };
    Some(Hit {
        pattern: pattern.clone(),
        captures,
        message: message.to_owned(),
        line: first_bytes(line.raw, MAX_LINE).to_owned(),
    })
}

impl Hit {
    /// The line itself, without prefix and colour.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line as it was printed.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Whether the pattern needs the line after this one as well.
    pub fn wants_next(&self) -> bool {
        self.pattern.next.is_some()
    }

    /// Takes the line after this one; false if it is not the one that the pattern wants.
    pub fn take_next(&mut self, line: &Line<'_>) -> bool {
        let message = line.message().trim();
        let next = self.pattern.next.as_ref().and_then(|next| next.regex());
        let captures = next.and_then(|next| Some((next, next.captures(message.as_bytes())?)));
        let Some((regex, captures)) = captures else {
            return false;
        };
        self.captures.extend(named(regex, &captures, message));
        line.raw.clone_into(&mut self.line);
        true
    }

    /// Whether a line soon after may say that this one did not matter, or say better what it means.
    pub fn may_be_taken_back(&self) -> bool {
        self.pattern.unless.is_some() || self.is_explained_below()
    }

    /// Whether the lines below say what happened.
    pub fn is_explained_below(&self) -> bool {
        self.is_bare_status() || self.has_body_below()
    }

    /// Whether it is the status of an error of gRPC, which prints what happened on the next line.
    pub fn is_bare_status(&self) -> bool {
        self.message.starts_with("status = StatusCode.")
    }

    /// Whether the body of an answer follows, indented.
    fn has_body_below(&self) -> bool {
        self.message.ends_with(": {")
    }

    /// Whether a line says so.
    pub fn is_taken_back(&self, line: &Line<'_>) -> bool {
        let message = line.message().trim().as_bytes();
        let unless = self.pattern.unless.as_ref().and_then(|unless| unless.regex());
        unless.is_some_and(|unless| unless.is_match(message))
    }

    /// What the regexes captured, by name.
    pub fn captures(&self) -> &[(String, String)] {
        &self.captures
    }

    /// What the regexes captured under a name.
    pub fn capture(&self, name: &str) -> Option<&str> {
        let found = self.captures.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The finding of a line that stands for itself.
    pub fn finding(&self, place: Place) -> Finding {
        self.clone().into_finding(place).0
    }

    /// The finding of a line that stands for itself, and what the regexes captured.
    pub fn into_finding(self, place: Place) -> (Finding, Vec<(String, String)>) {
        let pattern = &self.pattern;
        let finding = Finding {
            label: pattern.label,
            scope: pattern.scope,
            vague: pattern.vague,
            category: pattern.category.clone(),
            summary: self.summary(),
            hint: self.hint(),
            doc: pattern.doc.clone(),
            pattern: pattern.id.clone(),
            phase: pattern.phase,
            weak_success: pattern.weak_success,
            job: self.job(),
            queue_item: self.capture("queue_item").map(str::to_owned),
            exit: self.exit(),
            task: place.task,
            attempt: place.attempt,
            at: place.at,
            line: self.line,
        };
        (finding, self.captures)
    }

    /// Whether it is one of Cloud Run's exit lines.
    pub fn is_exit(&self) -> bool {
        self.exit().is_some()
    }

    /// The summary, filled in.
    pub fn summary(&self) -> String {
        self.pattern.summary.fill(&|name| self.value(name))
    }

    /// The hint, filled in.
    pub fn hint(&self) -> Option<String> {
        let hint = self.pattern.hint.as_ref()?;
        Some(hint.fill(&|name| self.value(name)))
    }

    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            "text" => Some(Cow::Borrowed(shape::without_class(&self.message))),
            _ => self.capture(name).map(Cow::Borrowed),
        }
    }

    /// The captures `project`, `location` and `job` of a proof line.
    fn job(&self) -> Option<CustomJobName> {
        let part = |name| self.capture(name);
        let (project, location, job) = (part("project")?, part("location")?, part("job")?);
        CustomJobName::parse(&format!(
            "projects/{project}/locations/{location}/customJobs/{job}"
        ))
        .ok()
    }

    /// The captures `exit_code` and `exit_signal` of Cloud Run's exit lines.
    fn exit(&self) -> Option<ContainerExit> {
        let number = |name| self.capture(name).and_then(|text| text.parse().ok());
        number("exit_code")
            .map(ContainerExit::Code)
            .or_else(|| number("exit_signal").map(ContainerExit::Signal))
    }
}

/// What a regex captures by name, if it matches: where it names nothing, that is all there is to ask.
fn captured(regex: &Regex, message: &str) -> Option<Vec<(String, String)>> {
    if regex.captures_len() == 1 {
        return regex.is_match(message.as_bytes()).then(Vec::new);
    }
    Some(named(regex, &regex.captures(message.as_bytes())?, message))
}

fn named(regex: &Regex, captures: &Captures<'_>, message: &str) -> Vec<(String, String)> {
    let groups = regex.capture_names().zip(captures.iter());
    let taken = groups.filter_map(|(name, value)| {
        let (name, value) = (name?, value?);
        let whole = message.get(value.range()).map(str::to_owned);
        let value = whole.unwrap_or_else(|| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Some((name.to_owned(), value))
    });
    taken.collect()
}

/// The first `max` bytes of a text, at a character's boundary.
fn first_bytes(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
