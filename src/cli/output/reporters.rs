//! Which reporters the settings ask for, and how what they write looks.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};

use crate::cli::failure::Failure;
use crate::config::{Color, Env as _, Output as Format, Reporting, SystemEnv, Verbosity};
use crate::report::batch::{Batch, Crowd};
use crate::report::html::Html;
use crate::report::human::{self, Human};
use crate::report::jsonl::Jsonl;
use crate::report::junit::Junit;
use crate::report::style::{ColorChoice, Style};
use crate::report::verdict_file::VerdictFile;
use crate::report::{Reporter, events_file};

/// The reporters that the settings ask for: of stdout first, then of each file. Nothing is written yet.
pub(super) fn reporters(settings: &Reporting) -> Result<Vec<Box<dyn Reporter>>, Failure> {
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
        let file = Html::create(&path.value).map_err(|error| unwritable("--report", &path.value, &error))?;
        all.push(Box::new(file));
    }
    if let Some(path) = &settings.junit {
        let file = Junit::create(&path.value).map_err(|error| unwritable("--junit", &path.value, &error))?;
        all.push(Box::new(file));
    }
    Ok(all)
}

fn human(settings: &Reporting) -> Human<io::Stdout> {
    let spinner = is_watched().then(ProgressDrawTarget::stderr);
    Human::new(io::stdout(), style(settings), verbosity(settings), spinner)
}

pub(super) fn crowd(settings: &Reporting, batch: Batch) -> Crowd<io::Stdout> {
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
pub(in crate::cli) fn style(settings: &Reporting) -> Style {
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
