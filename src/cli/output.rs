//! What a command writes: events to its reporters, and the summary last.
//!
//! [`Output`] owns the reporters of a process, behind its bus. Which they are is said in [`reporters`]: one more is a line there.
//! What the last event says is in [`summary`].

mod reporters;
mod summary;

use std::cell::RefCell;
use std::io::{self, Write as _};
use std::rc::Rc;
use std::time::Duration;

use serde_json::Map;

use super::failure::Failure;
use crate::clock::Clock;
use crate::config::{Output as Format, Reporting, Verbosity};
use crate::core::event::{Event, EventKind};
use crate::core::ids::BatchId;
use crate::core::verdict::Summary;
use crate::gcp::Requests;
use crate::report::batch::Batch;
use crate::report::human::{self, Human};
use crate::report::jsonl::Jsonl;
use crate::report::style::Style;
use crate::report::{Fanout, Reporter};
use crate::supervise::{Bus, LaunchEnd, Quota, worst};

use reporters::crowd;
use summary::{counts, counts_of_batch};

pub(super) use reporters::style;

/// Between two looks at whether a batch's table is up to date.
const TICK: Duration = Duration::from_millis(100);

/// The reporters of one process, behind a bus.
pub(super) struct Output {
    pub(super) bus: Rc<Bus>,
    reporters: Rc<RefCell<Fanout>>,
}

impl Output {
    /// The reporters that the settings ask for. Nothing is written yet.
    pub(super) fn new(settings: &Reporting, clock: Clock) -> Result<Self, Failure> {
        Ok(Self::of(reporters::reporters(settings)?, clock))
    }

    /// JSON on stdout and nothing else: for errors before there are settings.
    pub(super) fn json_only(clock: Clock) -> Self {
        Self::of(vec![Box::new(Jsonl::new(io::stdout()))], clock)
    }

    /// Plain text on stderr: for errors before there are settings.
    pub(super) fn plain(clock: Clock) -> Self {
        let human = Human::new(io::stderr(), Style::PLAIN, human::Verbosity::Quiet, None);
        Self::of(vec![Box::new(human)], clock)
    }

    /// The same output for a batch, before its first event: a person gets a table or a batch's lines, and every event says
    /// whose batch it is of. Needs a running event loop.
    pub(super) fn for_batch(self, settings: &Reporting, clock: Clock, batch: Batch) -> Self {
        let mut reporters = self.reporters.take();
        let id = batch.id.clone();
        if settings.output.value == Format::Human {
            reporters.replace_first(Box::new(crowd(settings, batch)));
        }
        let output = Self::through(reporters, clock, Some(id));
        let reporters = Rc::downgrade(&output.reporters);
        actix_rt::spawn(async move {
            while let Some(reporters) = reporters.upgrade() {
                if let Err(error) = reporters.borrow_mut().tick(clock.now()) {
                    log::warn!("cannot write the table: {error}");
                }
                drop(reporters);
                tokio::time::sleep(TICK).await;
            }
        });
        output
    }

    /// The same output for a batch that is only looked at, before its first event.
    pub(super) fn for_dry_run(self, clock: Clock, batch: &BatchId) -> Self {
        Self::through(self.reporters.take(), clock, Some(batch.to_string()))
    }

    /// Tells an event that happened before this process.
    pub(super) fn relay(&self, event: &Event) {
        self.bus.relay(event);
    }

    /// Says something to a person that is about no launch, without spoiling a table that is drawn.
    pub(super) fn aside(&self, text: &str) {
        if let Err(error) = self.reporters.borrow_mut().note(text) {
            log::warn!("cannot write a note: {error}");
        }
    }

    fn of(all: Vec<Box<dyn Reporter>>, clock: Clock) -> Self {
        Self::through(Fanout::new(all), clock, None)
    }

    fn through(reporters: Fanout, clock: Clock, batch: Option<String>) -> Self {
        let reporters = Rc::new(RefCell::new(reporters));
        let sink = Rc::clone(&reporters);
        let bus = Bus::new(clock, batch, move |event| {
            // Supervision goes on when nobody can hear of it: the exit code still tells.
            if let Err(error) = sink.borrow_mut().event(event) {
                log::warn!("cannot write an event: {error}");
            }
        });
        Self {
            bus: Rc::new(bus),
            reporters,
        }
    }

    /// Says something aside, on stderr: what was decided for the user, what is weaker than it should be.
    pub(super) fn note(settings: &Reporting, text: &str) {
        if settings.verbosity.value > Verbosity::Quiet {
            let _ = writeln!(io::stderr(), "note: {}", crate::core::text::safe_line(text));
        }
    }

    /// Ends the process's output with the launches' summary; gives the exit code.
    pub(super) fn finish(self, ends: &[LaunchEnd], requests: Requests, code: Option<u8>) -> u8 {
        let exit_code = code.unwrap_or_else(|| worst(ends.iter().map(LaunchEnd::exit_code)));
        self.end(summary::of_launches(ends, exit_code, counts(ends, requests)))
    }

    /// The same for a batch, of which so many launches were never begun, and which took so long under these quotas.
    pub(super) fn finish_batch(
        self,
        ends: &[LaunchEnd],
        left_out: usize,
        requests: Requests,
        (took, quota): (Duration, Quota),
    ) -> u8 {
        let counts = counts_of_batch(ends, left_out, requests, (took, quota));
        let exit_code = worst(ends.iter().map(LaunchEnd::exit_code));
        self.end(summary::of_launches(ends, exit_code, counts))
    }

    /// Ends the output of a command that starts nothing, well or with a failure; gives the exit code.
    pub(super) fn finish_dry(self, failure: Option<&Failure>, counts: Map<String, serde_json::Value>) -> u8 {
        self.end(summary::of_nothing(failure, counts))
    }

    /// Ends the output with a failure of the command itself; gives the exit code.
    pub(super) fn finish_with(self, failure: &Failure) -> u8 {
        self.end(summary::of_failure(failure))
    }

    fn end(self, summary: Summary) -> u8 {
        let code = summary.exit_code;
        self.bus.emit(None, EventKind::Summary(Box::new(summary)));
        if let Err(error) = self.reporters.borrow_mut().finish() {
            log::warn!("cannot finish the output: {error}");
        }
        code
    }
}
