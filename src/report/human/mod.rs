//! Output for a person: what happens as it happens, one rocketship or one boxed cause, and where to look next.
//!
//! The reporter owns what it has said about each launch (`Seen`), so that nothing is said twice. Each event becomes a
//! `Page`, written whole; the page makes every text safe, so the files that fill it pass on what the cloud said as it is.
//! To show one more kind of event: an arm in [`Human::fill`] and a function in the file that its subject belongs to.

mod batch;
mod checked;
mod ending;
pub(super) mod page;
mod past;
mod planned;
mod progress;
mod seen;
mod spinner;
mod success;

pub use past::{Past, past_launches, standing};
use std::collections::BTreeMap;
use std::io::{self, Write};

use indicatif::ProgressDrawTarget;

use self::page::Page;
use self::seen::Seen;
use self::spinner::Spinner;
use super::{Reporter, Style, words};
use crate::core::checkup::Standing;
use crate::core::event::{Event, EventKind, Planned};
use crate::core::verdict::{Outcome, Summary, Verdict};
use crate::report::style::Role;

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// `-q`: the verdict and the summary.
    Quiet,
    /// The launch as it goes.
    #[default]
    Normal,
    /// `-v`: also the evidence and how the sources answer.
    Verbose,
}

/// Writes events for a person.
#[derive(Debug)]
pub struct Human<W: Write> {
    out: W,
    style: Style,
    verbosity: Verbosity,
    /// Only at a terminal.
    spinner: Option<Spinner>,
    launches: BTreeMap<String, Seen>,
    /// Launches are only planned, and the titles over them were written.
    titled: bool,
    /// What a launch needs is looked at; nothing is launched.
    examining: bool,
}

impl<W: Write> Human<W> {
    /// Onto this writer. At a terminal a spinner turns on `target`, if there is one; not with [`Verbosity::Quiet`].
    pub fn new(out: W, style: Style, verbosity: Verbosity, target: Option<ProgressDrawTarget>) -> Self {
        let wanted = style.terminal && verbosity != Verbosity::Quiet;
        let spinner = target.filter(|_| wanted).map(Spinner::new);
        Self {
            out,
            style,
            verbosity,
            spinner,
            launches: BTreeMap::new(),
            titled: false,
            examining: false,
        }
    }

    /// How it looks.
    pub(super) fn style(&self) -> Style {
        self.style
    }

    /// Writes a page, whole. While it does, the spinner is not there.
    pub(super) fn write(&mut self, page: Page) -> io::Result<()> {
        let text = page.into_text();
        if text.is_empty() {
            return Ok(());
        }
        let out = &mut self.out;
        let mut write = || {
            out.write_all(text.as_bytes())?;
            out.flush()
        };
        match &self.spinner {
            Some(spinner) => spinner.aside(write),
            None => write(),
        }
    }

    /// A launch that would be: a row under titles.
    fn planned(&mut self, event: &Event, planned: &Planned) -> Page {
        let mut page = Page::new(self.style, None);
        let titled = std::mem::replace(&mut self.titled, true);
        if self.verbosity == Verbosity::Quiet {
            return page; // the summary tells what would be refused
        }
        if !titled {
            planned::titles(&mut page);
        }
        planned::planned(&mut page, event.name.as_deref().unwrap_or_default(), planned);
        page
    }

    /// What is said of an event.
    fn fill(&mut self, page: &mut Page, event: &Event) {
        let launch = event.launch.clone().unwrap_or_default();
        let verbosity = self.verbosity;
        let first = self.launches.is_empty();
        let seen = self.launches.entry(launch.clone()).or_default();
        seen.remember(&event.kind);
        match &event.kind {
            EventKind::Verdict(verdict) => {
                if seen.verdict.is_none() {
                    end(page, seen, verdict, verbosity);
                    seen.verdict = Some((**verdict).clone());
                }
            }
            EventKind::Summary(summary) => self.summary(page, event, summary),
            EventKind::Checked(found) => {
                self.examining = true;
                if verbosity != Verbosity::Quiet || found.standing == Standing::Failed {
                    checked::checked(page, found);
                }
            }
            _ if verbosity == Verbosity::Quiet => {}
            EventKind::LaunchRequested(asked) => {
                if !first {
                    page.gap();
                }
                progress::requested(page, asked, &launch);
            }
            _ => course(page, seen, event, verbosity),
        }
    }

    /// The end of the output.
    fn summary(&mut self, page: &mut Page, event: &Event, summary: &Summary) {
        self.refined(page, summary);
        // Of what was only planned there is nothing to resume.
        let batch = event.batch.as_deref().filter(|_| !self.titled);
        if self.examining && summary.error.is_none() {
            checked::all_well(page);
        }
        let whole = self.verbosity == Verbosity::Verbose;
        ending::summary(page, summary, batch, event.elapsed_ms, whole);
    }

    fn stop(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.stop();
        }
    }

    /// The causes that became more specific without having been told, as where a diagnosis was too much to say.
    fn refined(&self, page: &mut Page, summary: &Summary) {
        for launch in &summary.launches {
            let told = self
                .launches
                .get(&launch.launch)
                .and_then(|seen| seen.verdict.as_ref());
            if let Some(told) = told {
                let now = &launch.verdict;
                ending::cause(page, Some(told), (&now.category, &now.summary, &now.hint));
            }
        }
    }
}

impl<W: Write> Reporter for Human<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let name = event
            .name
            .as_deref()
            .or(event.batch.as_ref().and(event.launch.as_deref()));
        let page = if let EventKind::LaunchPlanned(planned) = &event.kind {
            self.planned(event, planned)
        } else {
            let mut page = Page::new(self.style, name);
            self.fill(&mut page, event);
            page
        };
        if matches!(event.kind, EventKind::Summary(_)) {
            self.stop();
            return self.write(page);
        }
        self.write(page)?;
        if let Some(spinner) = &self.spinner {
            spinner.show(&waiting(&self.launches), event.elapsed_ms);
        }
        Ok(())
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        let mut page = Page::new(self.style, None);
        page.mark(0, Role::Warning, "!", text);
        self.write(page)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.stop();
        self.out.flush()
    }
}

/// What is waited for, in the spinner's line.
fn waiting(launches: &BTreeMap<String, Seen>) -> String {
    let launches: Vec<_> = launches.values().filter(|seen| seen.is_launch()).collect();
    if let [only] = launches.as_slice() {
        return only.waiting().to_owned();
    }
    let judged = launches.iter().filter(|seen| seen.verdict.is_some()).count();
    format!("{judged} of {} launches judged", launches.len())
}

/// What happens between a launch's request and its verdict, and what is found out after it.
fn course(page: &mut Page, seen: &mut Seen, event: &Event, verbosity: Verbosity) {
    let ms = event.elapsed_ms;
    match &event.kind {
        EventKind::LaunchStarted(started) => progress::started(page, started, ms),
        EventKind::Phase(reached) => {
            if seen.phases.insert(reached.phase, ms).is_none() {
                progress::phase(page, reached, ms, verbosity);
            }
        }
        EventKind::Log(line) => progress::log(page, seen, line),
        EventKind::Evidence(fact) if verbosity == Verbosity::Verbose => progress::evidence(page, fact),
        // A launch alone says at its end that it was not started.
        EventKind::NotStarted(error) if page.is_prefixed() => ending::error_box(page, error),
        EventKind::Source(changed) => progress::source(page, seen, changed, verbosity),
        EventKind::Diagnosis(found) => {
            ending::diagnosis(page, seen.verdict.as_ref(), found);
            if let Some(told) = &mut seen.verdict {
                told.refine(found);
            }
        }
        EventKind::Evidence(_)
        | EventKind::NotStarted(_)
        | EventKind::LaunchPlanned(_)
        | EventKind::Recorded(_)
        | EventKind::LaunchRequested(_)
        | EventKind::Verdict(_)
        | EventKind::Summary(_)
        | EventKind::Checked(_) => {}
    }
}

/// The verdict, in the form that its outcome deserves. Among several launches, only what tells them apart.
fn end(page: &mut Page, seen: &Seen, verdict: &Verdict, verbosity: Verbosity) {
    if verdict.outcome != Outcome::Success {
        ending::verdict(page, seen, verdict);
        return;
    }
    success::headline(page, verdict);
    if verbosity == Verbosity::Quiet || page.is_prefixed() {
        success::brief(page, verdict);
    } else {
        success::rocket(page);
        success::sections(page, seen, verdict);
    }
}

#[cfg(test)]
mod tests;
