//! `liftoff config` and `liftoff completions`.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use super::args::{Cli, CompletionsArgs, ConfigArgs, ConfigView};
use super::session::Session;
use crate::config::{DEFAULTS, show};
use crate::core::verdict::exit;
use crate::report::schema::schema;

pub(super) fn config(args: &ConfigArgs) -> u8 {
    let text = match args.view() {
        ConfigView::Schema => format!("{:#}\n", schema()),
        ConfigView::Default => DEFAULTS.to_owned(),
        ConfigView::Show => match Session::open(&args.flags()) {
            Ok(session) => show(&session.settings),
            Err(code) => return code,
        },
    };
    let _ = io::stdout().write_all(text.as_bytes());
    exit::SUCCESS
}

pub(super) fn completions(args: CompletionsArgs) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "liftoff", &mut script);
    let _ = io::stdout().write_all(&script);
    exit::SUCCESS
}
