//! `liftoff classify`: what the patterns say of lines.
//!
//! A filter: `input` cuts bytes into whole lines, `lines` reads them as one log, `items` judges each line's item by itself.
//! What is shown is made in [`crate::report::classify`]. To read another form of input: a file here that turns it into rows,
//! and its arm in [`run`].

mod input;
mod items;
mod lines;

use std::io::{self, BufWriter, Write};

use super::args::{ClassifyArgs, InputForm};
use super::failure::Failure;
use super::output::{Output, style};
use super::{flags_want_json, session};
use crate::clock::Clock;
use crate::config::{Output as Format, Reporting};
use crate::core::pattern::PatternSet;
use crate::core::verdict::exit;
use crate::report::classify::{HumanRows, JsonRows, Rows};
use input::Source;

/// Bytes written at once.
const WRITTEN: usize = 64 * 1024;

pub(super) fn classify(args: &ClassifyArgs) -> u8 {
    match run(args) {
        Ok(code) => code,
        Err(failure) => {
            let clock = Clock::system();
            let output = if flags_want_json(&args.flags()) {
                Output::json_only(clock)
            } else {
                Output::plain(clock)
            };
            output.finish_with(&failure)
        }
    }
}

fn run(args: &ClassifyArgs) -> Result<u8, Failure> {
    let settings = session::settings(&args.flags())?;
    let patterns = session::patterns(&settings.judging.patterns.value)?;
    let source = Source::new(args.file.as_deref());
    let out = BufWriter::with_capacity(WRITTEN, io::stdout().lock());
    let explain = args.explain.then_some(&patterns);
    match args.input {
        InputForm::Jsonl => items::judge(&source, &patterns, JsonRows::new(out, explain)),
        InputForm::Lines => {
            let mut rows = rows(out, &settings.reporting, explain);
            lines::read(&source, &patterns, &mut *rows, args)
        }
    }
}

fn rows<'p>(
    out: impl Write + 'p,
    reporting: &Reporting,
    explain: Option<&'p PatternSet>,
) -> Box<dyn Rows + 'p> {
    match reporting.output.value {
        Format::Json => Box::new(JsonRows::new(out, explain)),
        Format::Human => Box::new(HumanRows::new(out, style(reporting), explain)),
    }
}

/// The exit code once the output has failed: a reader that has seen enough (`| head`) is no failure, a full disk is.
fn after(error: &io::Error, code: u8) -> Result<u8, Failure> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(code);
    }
    let message = format!("the output cannot be written: {error}");
    Err(Failure::usage("unwritable-output", message, None))
}

fn code(fatal: bool) -> u8 {
    if fatal { exit::FAILED } else { exit::SUCCESS }
}
