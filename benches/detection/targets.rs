//! The targets: for each what was reached, computed from what was played and from what other runs have left in
//! `target/bench/`; and where it was not, what stands in the way.

mod left;
mod machine;
mod played;

use std::fmt::Write as _;

use crate::record::Played;
use left::Left;
use played::Run;

/// One line of the table.
struct Target {
    id: &'static str,
    what: &'static str,
    /// None where nothing was measured.
    found: Option<Found>,
    /// Where the figure comes from, if it is not there.
    command: &'static str,
    /// What stands in the way, where it is not reached; nothing where the figure says it.
    obstacle: &'static str,
}

struct Found {
    reached: bool,
    figure: String,
}

impl Found {
    fn new(reached: bool, figure: String) -> Self {
        Self { reached, figure }
    }
}

/// All targets as Markdown.
pub(crate) fn table(played: &[Played]) -> String {
    let (run, left) = (Run { played }, Left::found());
    let all = left
        .own()
        .into_iter()
        .chain(run.latencies())
        .chain(run.costs())
        .chain(left.soaked(played))
        .chain(machine::targets(left.scale.as_ref(), left.classify.as_ref()));
    let mut text =
        String::from("| | target | reached | figure; what stands in the way |\n|---|---|---|---|\n");
    for target in all {
        let (reached, figure) = target.told();
        let _ = writeln!(text, "| {} | {} | {reached} | {figure} |", target.id, target.what);
    }
    text
}

impl Target {
    /// Whether it is reached, and the figure or where it comes from.
    fn told(&self) -> (&'static str, String) {
        match &self.found {
            Some(found) if found.reached => ("yes", found.figure.clone()),
            Some(found) if self.obstacle.is_empty() => ("no", found.figure.clone()),
            Some(found) => ("no", format!("{}. {}", found.figure, self.obstacle)),
            None => ("not measured here", self.command.to_owned()),
        }
    }
}

fn seconds(ms: f64) -> String {
    format!("{:.2} s", ms / 1000.0)
}
