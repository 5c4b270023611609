//! The table as lines: a pure function of the state, the size and the time.
//!
//! ```text
//! Batch nightly   57 of 200 done · 20 active · 123 waiting
//! ████████████▓▓▓▒▒▒▒░░░░░░░░░░░░░░░░░  4m 12s, about 9m left
//! 45 ok   12 failed (7 quota-exceeded, 5 image-not-found)
//!
//! ✗ train-0042   quota-exceeded      12s ago  Vertex AI refused the job: …      (newest first)
//!
//! ◇ train-0043   job received       1m 02s  wandb: launch: Launch agent …       (oldest first)
//! … and 4 more active
//! ```
//!
//! What a small terminal cannot show goes in this order: empty lines, the youngest active launches, the older failures,
//! the counts, the bar.

use std::time::Duration;

use jiff::Timestamp;

use super::board::{Active, Board, Failure, age};
use super::line::Line;
use crate::core::verdict::Outcome;
use crate::report::columns::columns;
use crate::report::style::Role;
use crate::report::words;

/// Lines from which on parts are set apart by empty ones.
const ROOMY: usize = 16;

/// Columns of the second column: the longest phase.
const PHASE: usize = 18;

/// Columns of a time: `59m 59s`, `12s ago`.
const TIME: usize = 8;

/// Below this many columns, nobody understands what a launch last said.
const LEAST_LAST: usize = 12;

/// Columns and lines that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The table, never more lines and columns than there are.
pub(super) fn lines(board: &Board, size: Size, now: Timestamp) -> Vec<Line> {
    let mut lines = vec![heading(board, size.width), bar(board, size.width, now)];
    if board.tally.all() > 0 {
        lines.push(outcomes(board, size.width));
    }
    lines.truncate(size.height);
    let gap = size.height >= ROOMY;
    let gaps = 2 * usize::from(gap);
    let free = size.height.saturating_sub(lines.len() + gaps);
    // A quarter for failures, and what the active ones leave.
    let wanted = board.active.len();
    let failures = board
        .failures
        .len()
        .min((free / 4).max(free.saturating_sub(wanted)));
    let names = Names::of(board, failures, free, size.width);
    if gap && failures > 0 {
        lines.push(Line::new(0));
    }
    let newest = board.failures.iter().rev().take(failures);
    lines.extend(newest.map(|failure| failed(failure, &names, now)));
    if gap && wanted > 0 {
        lines.push(Line::new(0));
    }
    active(&mut lines, board, &names, free - failures, now);
    lines
}

fn heading(board: &Board, width: usize) -> Line {
    let (done, all) = (board.tally.all(), board.launches());
    let (active, waiting) = (board.active.len(), board.waiting());
    let long = format!("   {done} of {all} done · {active} active · {waiting} waiting");
    let title = format!("Batch {}", board.batch.id);
    if columns(&title) + columns(&long) <= width {
        return Line::of(width, Role::Heading, &title).with(Role::Plain, &long);
    }
    let short = format!("{done}/{all} done · {active} active · {waiting} waiting");
    Line::of(width, Role::Plain, &short)
}

/// How far it is, in proportion, and the time.
fn bar(board: &Board, width: usize, now: Timestamp) -> Line {
    let since = board.begun.map_or(Duration::ZERO, |begun| age(begun, now));
    let left = board
        .left(now)
        .filter(|_| board.tally.all() < board.launches())
        .map(|left| format!(", {} left", about(left)));
    let time = format!("  {}{}", brief(since), left.unwrap_or_default());
    let cells = width.saturating_sub(columns(&time));
    let ok = board.tally.of(Outcome::Success);
    let parts = [
        (Role::Good, '█', ok),
        (Role::Bad, '▓', board.tally.all() - ok),
        (Role::Triumph, '▒', board.active.len()),
        (Role::Dim, '░', board.waiting()),
    ];
    let all = board.launches().max(1);
    let (mut line, mut sum, mut drawn) = (Line::new(width), 0, 0);
    for (role, cell, count) in parts {
        // Each ends where its share of the whole ends, so that the parts always add up.
        sum += count;
        let end = (cells * sum / all).min(cells);
        line = line.with(role, &cell.to_string().repeat(end.saturating_sub(drawn)));
        drawn = drawn.max(end);
    }
    line.with(Role::Dim, &time)
}

fn outcomes(board: &Board, width: usize) -> Line {
    let mut line = Line::new(width);
    for (outcome, text) in board.tally.parts() {
        if line.columns() > 0 {
            line = line.with(Role::Plain, "   ");
        }
        line = line.with(role(outcome), &text);
    }
    line
}

/// How wide the names are, the same for all rows.
struct Names {
    width: usize,
    name: usize,
}

impl Names {
    fn of(board: &Board, failures: usize, active: usize, width: usize) -> Self {
        let newest = board
            .failures
            .iter()
            .rev()
            .take(failures)
            .map(|failure| &failure.title);
        let oldest = board.active.values().take(active).map(|active| &active.title);
        let longest = newest.chain(oldest).map(|title| columns(title)).max();
        let most = (width / 3).saturating_sub(2).max(8);
        Self {
            width,
            name: longest.unwrap_or_default().clamp(8, most),
        }
    }

    /// `sign name  what  time  text`
    fn row(&self, sign: &str, role: Role, title: &str) -> Line {
        Line::of(self.width, role, sign)
            .with(Role::Plain, " ")
            .column(Role::Plain, title, self.name)
            .with(Role::Plain, " ")
    }
}

fn failed(failure: &Failure, names: &Names, now: Timestamp) -> Line {
    let (sign, role) = (words::sign(failure.outcome), role(failure.outcome));
    let what = failure
        .category
        .as_deref()
        .unwrap_or(words::counted(failure.outcome));
    let ago = format!("{} ago", short(age(failure.at, now)));
    let line = names
        .row(sign, role, &failure.title)
        .column(role, what, PHASE)
        .with(Role::Dim, &format!(" {ago:>TIME$}"));
    with_last(line, &failure.summary)
}

fn active(lines: &mut Vec<Line>, board: &Board, names: &Names, free: usize, now: Timestamp) {
    let all = board.active.len();
    let shown = if all > free { free.saturating_sub(1) } else { all };
    lines.extend(
        board
            .active
            .values()
            .take(shown)
            .map(|active| under_way(active, names, now)),
    );
    if free > 0 && shown < all {
        let more = format!("… and {} more active", all - shown);
        lines.push(Line::of(names.width, Role::Dim, &more));
    }
}

fn under_way(active: &Active, names: &Names, now: Timestamp) -> Line {
    let time = brief(age(active.begun, now));
    let line = names
        .row("◇", Role::Wandb, &active.title)
        .column(Role::Plain, words::standing(active.phase, active.started), PHASE)
        .with(Role::Dim, &format!(" {time:>TIME$}"));
    let again = if active.again { "again: " } else { "" };
    with_last(line, &format!("{again}{}", active.last()))
}

fn with_last(line: Line, text: &str) -> Line {
    if line.room() < LEAST_LAST + 2 || text.is_empty() {
        return line;
    }
    line.with(Role::Plain, "  ").with(Role::Dim, text)
}

fn role(outcome: Option<Outcome>) -> Role {
    match outcome {
        Some(Outcome::Success) => Role::Good,
        Some(Outcome::Failure) | None => Role::Bad,
        Some(_) => Role::Warning,
    }
}

/// `42s`, `1m 02s`, `1h 02m`: tenths would only flicker.
pub(super) fn brief(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds => words::elapsed(seconds.saturating_mul(1000)),
    }
}

/// One unit: `42s`, `7m`, `3h`.
fn short(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3600 => format!("{}m", seconds / 60),
        seconds => format!("{}h", seconds / 3600),
    }
}

/// No more exact than an estimate is.
pub(super) fn about(time: Duration) -> String {
    match time.as_secs() {
        0..45 => "less than 1m".to_owned(),
        seconds @ 45..3600 => format!("about {}m", (seconds + 30) / 60),
        seconds => format!("about {}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
