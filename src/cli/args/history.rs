//! What was launched: `history`, `show`.

use std::time::Duration;

use clap::Args;

use crate::config::{self, CommonFlags, Flags};

/// `liftoff history`.
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// Only launches of this batch
    #[arg(long, value_name = "ID")]
    pub batch: Option<String>,
    /// Only launches of the last so long, such as 90m or 48h
    #[arg(long, value_name = "DURATION", value_parser = config::duration)]
    pub since: Option<Duration>,
    /// Only with this outcome: success, failure, cancelled, timeout, undetermined, interrupted, `not_started`, …
    #[arg(long, value_name = "WORD")]
    pub outcome: Option<String>,
    /// Only with this cause, such as quota-exceeded
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<String>,
    /// Only launches in this project
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<String>,
    /// Only with this label; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    pub label: Vec<(String, String)>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl HistoryArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        self.common.flags()
    }
}

/// `liftoff show ID`.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// The launch: its id, its runner's, or the name of its execution; or a batch
    #[arg(value_name = "ID")]
    pub id: String,
    /// What is said, where settings come from, and where launches are recorded.
    #[command(flatten)]
    pub common: CommonFlags,
}

impl ShowArgs {
    /// The settings among the arguments.
    pub fn flags(&self) -> Flags {
        self.common.flags()
    }
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
