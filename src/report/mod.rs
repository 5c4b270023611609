//! Reporters: what people and scripts see of a launch.
//!
//! A reporter turns each [`Event`] into text, written to a writer that it was given. It reads no environment, no
//! terminal and no clock, so a test gives it a `Vec<u8>` and reads what a person would. Whatever the cloud said passes
//! through [`crate::core::text`] before it is written: in [`jsonl`] for every string of an event, in [`human`] in the one
//! place that writes to a page.
//!
//! ```text
//!  Event ─▶ Fanout ─┬▶ Human ──────▶ stdout        (or, for a batch)
//!                   ├▶ Crowd ──────▶ stdout        (or)
//!                   ├▶ Jsonl ──────▶ stdout
//!                   ├▶ Jsonl ──────▶ --events-file  (events_file::open)
//!                   ├▶ VerdictFile ▶ --verdict-file
//!                   ├▶ Junit ──────▶ --junit
//!                   └▶ Html ───────▶ --report
//! ```
//!
//! [`Fanout`] owns the reporters; each owns its writer and what it has to remember of the launches.
//! To add a format: one file with a type that implements [`Reporter`], one line below, and one line where the command
//! line chooses it.

use std::fmt;
use std::io;

use jiff::Timestamp;

use crate::core::event::Event;

pub mod batch;
mod causes;
pub mod classify;
mod columns;
pub mod events_file;
pub mod html;
pub mod human;
pub mod jsonl;
pub mod junit;
mod ledger;
pub mod schema;
pub mod style;
pub mod verdict_file;
mod whole_file;
mod words;

pub use batch::{Batch, Crowd};
pub use html::Html;
pub use human::{Human, Verbosity};
pub use jsonl::Jsonl;
pub use junit::Junit;
pub use style::{ColorChoice, Style};
pub use verdict_file::VerdictFile;

/// Shows events to someone.
pub trait Reporter {
    /// Takes one event, in the order of their `seq`.
    fn event(&mut self, event: &Event) -> io::Result<()>;

    /// Time has passed, whether something happened or not. Whoever shows ages brings them up to date.
    fn tick(&mut self, _now: Timestamp) -> io::Result<()> {
        Ok(())
    }

    /// Says something aside that is about no launch, to a person.
    fn note(&mut self, _text: &str) -> io::Result<()> {
        Ok(())
    }

    /// Ends the output; no event follows.
    fn finish(&mut self) -> io::Result<()>;
}

/// Gives each event to several reporters.
///
/// A reporter whose writer fails is dropped, and the others go on: the launch is worth more than its output. The error
/// is handed up once, so that it can be said; a closed pipe (`liftoff … | head`) is no error.
#[derive(Default)]
pub struct Fanout {
    reporters: Vec<Box<dyn Reporter>>,
}

impl Fanout {
    /// Over these.
    pub fn new(reporters: Vec<Box<dyn Reporter>>) -> Self {
        Self { reporters }
    }

    /// Whether anyone still listens.
    pub fn is_silent(&self) -> bool {
        self.reporters.is_empty()
    }

    /// Puts another in the place of the first.
    pub fn replace_first(&mut self, reporter: Box<dyn Reporter>) {
        if let Some(first) = self.reporters.first_mut() {
            *first = reporter;
        }
    }

    /// Lets each do it, drops those that cannot, and returns the first error worth telling.
    fn each(&mut self, mut act: impl FnMut(&mut dyn Reporter) -> io::Result<()>) -> io::Result<()> {
        let mut first = Ok(());
        self.reporters
            .retain_mut(|reporter| match act(reporter.as_mut()) {
                Ok(()) => true,
                Err(error) => {
                    if error.kind() != io::ErrorKind::BrokenPipe && first.is_ok() {
                        first = Err(error);
                    }
                    false
                }
            });
        first
    }
}

impl fmt::Debug for Fanout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fanout")
            .field("reporters", &self.reporters.len())
            .finish()
    }
}

impl Reporter for Fanout {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.each(|reporter| reporter.event(event))
    }

    fn tick(&mut self, now: Timestamp) -> io::Result<()> {
        self.each(|reporter| reporter.tick(now))
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.each(|reporter| reporter.note(text))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.each(|reporter| reporter.finish())
    }
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    struct Counting(Rc<RefCell<usize>>, Option<io::ErrorKind>);

    impl Reporter for Counting {
        fn event(&mut self, _: &Event) -> io::Result<()> {
            *self.0.borrow_mut() += 1;
            self.1.map_or(Ok(()), |kind| Err(kind.into()))
        }

        fn finish(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told_twice(error: Option<io::ErrorKind>) -> (usize, usize, [io::Result<()>; 2]) {
        let (bad, good) = (Rc::default(), Rc::default());
        let mut fanout = Fanout::new(vec![
            Box::new(Counting(Rc::clone(&bad), error)),
            Box::new(Counting(Rc::clone(&good), None)),
        ]);
        let event = sample::phase(crate::core::finding::Phase::Submitted, 1);
        let results = [fanout.event(&event), fanout.event(&event)];
        (*bad.borrow(), *good.borrow(), results)
    }

    #[test]
    fn a_closed_pipe_silences_only_its_own_reporter_and_is_no_error() {
        let (closed, open, results) = told_twice(Some(io::ErrorKind::BrokenPipe));
        assert_eq!((closed, open), (1, 2));
        assert!(results.iter().all(Result::is_ok));
    }

    #[test]
    fn a_full_disk_is_told_once_and_the_others_go_on() {
        let (full, open, [first, second]) = told_twice(Some(io::ErrorKind::StorageFull));
        assert_eq!((full, open), (1, 2));
        assert_eq!(first.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(second.is_ok());
    }
}
