//! The README's part: tables between two markers, and the figures they go with.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use liftoff::harness::stats::growth;

use crate::figures;
use crate::record::{Played, Row};

const BEGIN: &str = "<!-- detection: begin (written by `cargo bench --bench detection -- --publish`) -->\n";
const END: &str = "<!-- detection: end -->";

/// Writes figures and README.
pub(crate) fn publish(played: &[Played]) -> Result<(), Box<dyn std::error::Error>> {
    let folder = root().join("benches/figures");
    fs::create_dir_all(&folder)?;
    if let Some(cell) = played
        .iter()
        .find(|cell| cell.name.starts_with("ways vertex-success"))
    {
        figures::latency(cell, &folder.join("latency.svg"))?;
    }
    figures::requests(&suite(played, "growth"), &folder.join("requests.svg"))?;
    replace(&root().join("README.md"), &block(played))?;
    Ok(())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn suite<'a>(played: &'a [Played], name: &str) -> Vec<&'a Played> {
    let mine = |cell: &&Played| cell.name.split(' ').next() == Some(name);
    played.iter().filter(mine).collect()
}

/// Puts `text` between the markers.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let readme = fs::read_to_string(path)?;
    let lost = || io::Error::other(format!("{} has no markers of this bench", path.display()));
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(lost)?;
    let (_, after) = rest.split_once(END).ok_or_else(lost)?;
    fs::write(path, format!("{before}{BEGIN}{text}{END}{after}"))
}

/// All tables, as Markdown.
pub(crate) fn block(played: &[Played]) -> String {
    let mut text = String::new();
    let ways = suite(played, "ways");
    if let Some(first) = ways.first() {
        let launches = first.arms.first().map_or(0, |row| row.launches);
        let _ = writeln!(
            text,
            "One launch in a project, {} ms round trip, Google's quotas, log lag 5 to 15 s; {launches} launches a field, seed {}.\n\
             Against the built-in cloud, in virtual time. p50 / p99 in seconds; **n!** are launches of which it said what is not\n\
             true, or nothing.\n",
            first.rtt_ms, first.seed
        );
        matrix(&mut text, &ways);
    }
    heading(
        &mut text,
        "As life is: other people's jobs in the region, a wrapper that cheers before anything is submitted, stragglers in the\n\
         log, 1 % of requests failing:",
    );
    matrix(&mut text, &suite(played, "life"));
    let crowds = suite(played, "crowd");
    for launches in [10, 100] {
        let cells: Vec<&Played> = crowds
            .iter()
            .filter(|cell| cell.launches == launches)
            .copied()
            .collect();
        heading(
            &mut text,
            &format!("{launches} launches at once in one project, under Google's quotas:"),
        );
        matrix(&mut text, &cells);
    }
    let growing = suite(played, "growth");
    heading(
        &mut text,
        "Requests a minute of one project grow with the number of launches by the power of",
    );
    for row in growing.first().map_or(&[][..], |cell| cell.arms.as_slice()) {
        let points = figures::growth_points(&growing, row.policy);
        if let Some(slope) = growth(&points) {
            let most = points.last().map_or(0.0, |point| point.0);
            let _ = writeln!(text, "- {}: {slope:.2} (1 to {most:.0} launches)", row.policy);
        }
    }
    text.push_str(
        "\n![latency](benches/figures/latency.svg)\n\n![requests](benches/figures/requests.svg)\n\n",
    );
    text
}

fn heading(text: &mut String, line: &str) {
    let _ = writeln!(text, "\n{line}\n");
}

/// A table: a row per policy, a column per case.
fn matrix(text: &mut String, cells: &[&Played]) {
    let Some(first) = cells.first() else {
        return;
    };
    let names: Vec<&str> = cells.iter().map(|cell| cell.case).collect();
    let _ = writeln!(text, "| | {} | requests a launch | 429 |", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(names.len() + 2));
    for policy in first.arms.iter().map(|row| row.policy) {
        let rows: Vec<&Row> = cells.iter().filter_map(|cell| cell.row(policy)).collect();
        let fields: Vec<String> = rows.iter().map(|row| field(row)).collect();
        let requests = rows.iter().map(|row| row.requests_per_launch).sum::<f64>() / rows.len().max(1) as f64;
        let throttled: u64 = rows.iter().flat_map(|row| row.throttled).sum();
        let _ = writeln!(
            text,
            "| {policy} | {} | {requests:.0} | {throttled} |",
            fields.join(" | ")
        );
    }
}

fn field(row: &Row) -> String {
    let bad = if row.bad() > 0 {
        format!(" **{}!**", row.bad())
    } else {
        String::new()
    };
    if row.latency.count == 0 {
        return bad.trim().to_owned();
    }
    let seconds = |ms: f64| format!("{:.2}", ms / 1000.0);
    format!("{} / {}{bad}", seconds(row.latency.p50), seconds(row.latency.p99))
}
