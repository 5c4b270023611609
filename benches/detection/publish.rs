//! The README's part: tables between two markers, and the figures they go with.

use std::fmt::Write as _;
use std::fs;

use liftoff::harness::stats::growth;

use crate::record::{Played, Row};
use crate::{figures, readme, targets};

/// Writes figures and README.
pub(crate) fn publish(played: &[Played]) -> Result<(), Box<dyn std::error::Error>> {
    let folder = readme::root().join("benches/figures");
    fs::create_dir_all(&folder)?;
    if let Some(cell) = played
        .iter()
        .find(|cell| cell.name.starts_with("ways vertex-success"))
    {
        figures::latency(cell, &folder.join("latency.svg"))?;
    }
    figures::requests(&suite(played, "growth"), &folder.join("requests.svg"))?;
    readme::replace("README.md", "detection", &block(played))?;
    readme::replace("benches/README.md", "targets", &targets::table(played))?;
    Ok(())
}

/// The cells of a suite.
pub(crate) fn suite<'a>(played: &'a [Played], name: &str) -> Vec<&'a Played> {
    let mine = |cell: &&Played| cell.name.split(' ').next() == Some(name);
    played.iter().filter(mine).collect()
}

/// All tables, as Markdown.
pub(crate) fn block(played: &[Played]) -> String {
    let mut text = String::new();
    alone(&mut text, &suite(played, "ways"));
    life(&mut text, &suite(played, "life"));
    crowds(&mut text, &suite(played, "crowd"));
    heading(
        &mut text,
        "200 launches at once over 5 projects and 4 regions of each:",
    );
    matrix(&mut text, &suite(played, "scopes"));
    heading(
        &mut text,
        "100 launches at once in one project, of which 3 print 1,000 lines a second each:",
    );
    matrix(&mut text, &suite(played, "flood"));
    growing(&mut text, &suite(played, "growth"));
    text.push_str(
        "\n![latency](benches/figures/latency.svg)\n\n![requests](benches/figures/requests.svg)\n\n",
    );
    text
}

fn alone(text: &mut String, cells: &[&Played]) {
    let Some(first) = cells.first() else {
        return;
    };
    let launches = |row: Option<&Row>| row.map_or(0, |row| row.launches);
    let _ = writeln!(
        text,
        "One launch in a project, {} ms round trip, Google's quotas, log lag 5 to 15 s; {} launches a field, the first {} of\n\
         them for the other rules, seed {}. Against the built-in cloud, in virtual time. p50 / p99 in seconds; **n!** are\n\
         launches of which it said what is not true, or nothing.\n",
        first.rtt_ms,
        launches(first.arms.first()),
        launches(first.arms.last()),
        first.seed
    );
    matrix(text, cells);
}

fn life(text: &mut String, cells: &[&Played]) {
    heading(
        text,
        "As life is: other people's jobs in the region, a wrapper that cheers before anything is submitted, stragglers in the\n\
         log, 1 % of requests failing:",
    );
    matrix(text, cells);
    let rows = cells.iter().filter_map(|cell| cell.row("liftoff"));
    let open: usize = rows.map(|row| row.amiss.open).sum();
    let _ = writeln!(
        text,
        "\n{open} of Liftoff's are `undetermined`, rightly: the line that decides showed later than 20 s after the runner's end,\n\
         when the log counts as complete and everybody who asks has been told."
    );
}

fn crowds(text: &mut String, cells: &[&Played]) {
    for launches in [10, 100] {
        let crowd = cells.iter().filter(|cell| cell.launches == launches);
        let crowd: Vec<&Played> = crowd.copied().collect();
        heading(
            text,
            &format!("{launches} launches at once in one project, under Google's quotas:"),
        );
        matrix(text, &crowd);
    }
}

fn growing(text: &mut String, cells: &[&Played]) {
    heading(
        text,
        "Requests a minute of one project grow with the number of launches by the power of",
    );
    for row in cells.first().map_or(&[][..], |cell| cell.arms.as_slice()) {
        let points = figures::growth_points(cells, &row.policy, usize::MAX);
        if let Some(slope) = growth(&points) {
            let most = points.last().map_or(0.0, |point| point.0);
            let _ = writeln!(text, "- {}: {slope:.2} (1 to {most:.0} launches)", row.policy);
        }
    }
}

fn heading(text: &mut String, line: &str) {
    let _ = writeln!(text, "\n{line}\n");
}

/// A table: a row per policy, a column per case.
fn matrix(text: &mut String, cells: &[&Played]) {
    let Some(first) = cells.first() else {
        return;
    };
    let names: Vec<&str> = cells.iter().map(|cell| cell.case.as_str()).collect();
    let _ = writeln!(text, "| | {} | requests a launch | 429 |", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(names.len() + 2));
    for policy in first.arms.iter().map(|row| row.policy.as_str()) {
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
