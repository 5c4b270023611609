//! What a command writes: events to its reporters, and the summary last.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};
use serde_json::{Map, json};

use super::failure::Failure;
use crate::clock::Clock;
use crate::config::{Color, Env as _, Output as Format, Reporting, SystemEnv, Verbosity};
use crate::core::event::{Event, EventKind};
use crate::core::ids::BatchId;
use crate::core::verdict::{Final, NotStarted, Retry, Started, Summary, exit};
use crate::gcp::Requests;
use crate::report::batch::{Batch, Crowd};
use crate::report::html::Html;
use crate::report::human::{self, Human};
use crate::report::jsonl::Jsonl;
use crate::report::junit::Junit;
use crate::report::style::{ColorChoice, Style};
use crate::report::verdict_file::VerdictFile;
use crate::report::{Fanout, Reporter, events_file};
use crate::supervise::{Bus, LaunchEnd, Quota, worst};

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
        let mut all: Vec<Box<dyn Reporter>> = Vec::new();
        all.push(match settings.output.value {
            Format::Json => Box::new(Jsonl::new(io::stdout())),
            Format::Human => Box::new(human(settings)),
        });
        if let Some(path) = &settings.events_file {
            let file = events_file::open(&path.value)
                .map_err(|error| unwritable("--events-file", &path.value, &error))?;
            all.push(Box::new(file));
        }
        if let Some(path) = &settings.verdict_file {
            let file = VerdictFile::create(&path.value)
                .map_err(|error| unwritable("--verdict-file", &path.value, &error))?;
            all.push(Box::new(file));
        }
        if let Some(path) = &settings.report {
            let file =
                Html::create(&path.value).map_err(|error| unwritable("--report", &path.value, &error))?;
            all.push(Box::new(file));
        }
        if let Some(path) = &settings.junit {
            let file =
                Junit::create(&path.value).map_err(|error| unwritable("--junit", &path.value, &error))?;
            all.push(Box::new(file));
        }
        Ok(Self::of(all, clock))
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
        self.finish_counted(ends, exit_code, counts(ends, requests))
    }

    /// The same for a batch, of which so many launches were never begun, and which took so long under these quotas.
    pub(super) fn finish_batch(
        self,
        ends: &[LaunchEnd],
        left_out: usize,
        requests: Requests,
        (took, quota): (Duration, Quota),
    ) -> u8 {
        let mut counts = counts(ends, requests);
        counts.insert("left_out".into(), json!(left_out));
        let minutes = (took.as_secs_f64() / 60.0).max(1.0); // within its first minute it used what it used
        for (api, requests, quota) in [
            ("logging", requests.logging, quota.logging),
            ("run", requests.run, quota.run),
            ("vertex", requests.vertex, quota.vertex),
        ] {
            counts.insert(
                format!("a_minute_{api}"),
                json!((requests as f64 / minutes).round()),
            );
            counts.insert(format!("quota_{api}"), json!(quota));
        }
        self.finish_counted(ends, worst(ends.iter().map(LaunchEnd::exit_code)), counts)
    }

    fn finish_counted(self, ends: &[LaunchEnd], exit_code: u8, counts: Map<String, serde_json::Value>) -> u8 {
        let failed = ends
            .iter()
            .find(|end| end.verdict.is_none() && end.failure.is_some());
        let launches = ends.iter().filter_map(|end| {
            Some(Final {
                launch: end.launch.clone(),
                name: end.name.clone(),
                elapsed_ms: Some(end.elapsed_ms),
                verdict: end.verdict.clone()?,
            })
        });
        self.end(Summary {
            exit_code,
            started: started(ends),
            retry: ends
                .iter()
                .map(LaunchEnd::retry)
                .max_by_key(|retry| rank(*retry))
                .unwrap_or(Retry::Pointless),
            error: failed.and_then(LaunchEnd::error),
            launches: launches.collect(),
            counts,
            not_started: ends.iter().filter_map(not_started).collect(),
        })
    }

    /// Ends the output of a command that starts nothing, well or with a failure; gives the exit code.
    pub(super) fn finish_dry(self, failure: Option<&Failure>, counts: Map<String, serde_json::Value>) -> u8 {
        self.end(Summary {
            exit_code: failure.map_or(exit::SUCCESS, |failure| failure.exit_code),
            started: Started::No,
            retry: failure.map_or(Retry::Safe, Failure::retry),
            error: failure.map(|failure| failure.error.clone()),
            launches: Vec::new(),
            not_started: Vec::new(),
            counts,
        })
    }

    /// Ends the output with a failure of the command itself; gives the exit code.
    pub(super) fn finish_with(self, failure: &Failure) -> u8 {
        self.end(Summary {
            exit_code: failure.exit_code,
            started: failure.started,
            retry: failure.retry(),
            error: Some(failure.error.clone()),
            launches: Vec::new(),
            not_started: Vec::new(),
            counts: Map::new(),
        })
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

fn human(settings: &Reporting) -> Human<io::Stdout> {
    let spinner = is_watched().then(ProgressDrawTarget::stderr);
    Human::new(io::stdout(), style(settings), verbosity(settings), spinner)
}

fn crowd(settings: &Reporting, batch: Batch) -> Crowd<io::Stdout> {
    let style = style(settings);
    let table =
        (is_watched() && style.terminal).then(|| Box::new(Term::buffered_stderr()) as Box<dyn TermLike>);
    let (verbosity, logs) = (verbosity(settings), settings.logs.value);
    Crowd::new(io::stdout(), style, verbosity, logs, batch, table)
}

/// Whether a person looks at both what is written and what moves.
fn is_watched() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// How text on stdout looks.
pub(super) fn style(settings: &Reporting) -> Style {
    let terminal = io::stdout().is_terminal();
    let choice = match settings.color.value {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let (no_color, term) = (SystemEnv.var("NO_COLOR"), SystemEnv.var("TERM"));
    let columns = SystemEnv.var("COLUMNS").and_then(|text| text.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = columns.or_else(|| terminal.then(measured).flatten());
    Style::new(choice, no_color.as_deref(), term.as_deref(), terminal, width)
}

fn verbosity(settings: &Reporting) -> human::Verbosity {
    match settings.verbosity.value {
        Verbosity::Quiet => human::Verbosity::Quiet,
        Verbosity::Normal => human::Verbosity::Normal,
        Verbosity::Verbose | Verbosity::Debug => human::Verbosity::Verbose,
    }
}

fn unwritable(flag: &str, path: &Path, error: &io::Error) -> Failure {
    let message = format!("{flag} {} cannot be written: {error}", path.display());
    Failure::usage(
        "unwritable-file",
        message,
        Some("Choose a path in a directory that exists".to_owned()),
    )
}

fn not_started(end: &LaunchEnd) -> Option<NotStarted> {
    let error = end.error().filter(|_| end.verdict.is_none())?;
    Some(NotStarted {
        launch: end.launch.clone(),
        name: end.name.clone(),
        exit_code: end.exit_code(),
        started: end.started,
        error,
    })
}

fn started(ends: &[LaunchEnd]) -> Started {
    let any = |wanted| ends.iter().any(|end| end.started == wanted);
    match (any(Started::Unknown), any(Started::Yes)) {
        (true, _) => Started::Unknown,
        (false, true) => Started::Yes,
        (false, false) => Started::No,
    }
}

fn rank(retry: Retry) -> u8 {
    match retry {
        Retry::Safe => 0,
        Retry::Pointless => 1,
        Retry::Unsafe => 2,
    }
}

fn counts(ends: &[LaunchEnd], requests: Requests) -> Map<String, serde_json::Value> {
    let mut counts = Map::new();
    counts.insert("launches".into(), json!(ends.len()));
    for end in ends {
        let word = end
            .verdict
            .as_ref()
            .and_then(|verdict| serde_json::to_value(verdict.outcome).ok());
        let detached = || {
            if end.exit_code() == exit::SUCCESS {
                "detached"
            } else {
                "not_started"
            }
        };
        let word = word
            .as_ref()
            .and_then(|word| word.as_str())
            .unwrap_or_else(detached);
        let before = counts.get(word).and_then(serde_json::Value::as_u64).unwrap_or(0);
        counts.insert(word.to_owned(), json!(before + 1));
    }
    counts.insert("requests_run".into(), json!(requests.run));
    counts.insert("requests_logging".into(), json!(requests.logging));
    counts.insert("requests_vertex".into(), json!(requests.vertex));
    counts
}
