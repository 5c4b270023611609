//! The time line of all launches as SVG, grouped by how they came out.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use super::Said;
use super::timeline::{Group, Row, Stage, groups};
use crate::report::ledger::Ledger;
use crate::report::words;

/// Units of the drawing's width; the page scales it.
const WIDTH: f64 = 1000.0;

/// Units at the left, for names and groups.
const GUTTER: f64 = 190.0;

/// Units at the right, so that the last label is whole.
const MARGIN: f64 = 24.0;

/// Units above the rows, for the time.
const AXIS: f64 = 26.0;

/// Units between two groups; a label is as high.
const BETWEEN: f64 = 14.0;

/// Units that all lanes together may be high, however many there are.
const TALL: f64 = 900.0;

/// Units from lane to lane, at most.
const LANE: f64 = 16.0;

/// Lanes of at least this many units have the launch's name beside them, if it has one for itself.
const NAMED: f64 = 12.0;

/// Characters of a name that fit beside a row.
const NAME: usize = 26;

/// The picture with its legend; nothing where there is nothing to draw.
pub(super) fn picture(ledger: &Ledger) -> Markup {
    let groups = groups(ledger);
    let rows: usize = groups.iter().map(|group| group.rows.len()).sum();
    if rows == 0 {
        return html! {};
    }
    let drawing = Drawing::of(&groups, rows);
    let height = drawing.height(&groups);
    html! {
        section aria-labelledby="timeline" {
            h2 id="timeline" { "Time line" }
            p.note { "Each launch from its request to its verdict. Point at one for its name; click it for its details." }
            ul.legend {
                @for stage in Stage::ALL {
                    li { svg viewBox="0 0 14 10" width="14" height="10" aria-hidden="true" { path class=(stage.class()) d="M0 5h14" stroke-width="10" {} } (stage.label()) }
                }
                li { svg viewBox="0 0 14 10" width="14" height="10" aria-hidden="true" { path.e-success d="M5 5h4" stroke-width="10" {} } "ended well" }
                li { svg viewBox="0 0 14 10" width="14" height="10" aria-hidden="true" { path.e-failure d="M5 5h4" stroke-width="10" {} } "failed" }
                li { svg viewBox="0 0 14 10" width="14" height="10" aria-hidden="true" { path.e-timeout d="M5 5h4" stroke-width="10" {} } "ended otherwise" }
            }
            div.picture tabindex="0" role="region" aria-label="Time line of all launches" {
                svg viewBox=(format!("0 0 {WIDTH} {height:.0}")) role="img" aria-labelledby="picture-title picture-desc" {
                    title id="picture-title" { "Time line of " (rows) " launches" }
                    desc id="picture-desc" { (described(&groups)) }
                    (PreEscaped(drawing.drawn(&groups, height)))
                }
            }
        }
    }
}

fn described(groups: &[Group<'_>]) -> Markup {
    html! {
        @for group in groups { (group.rows.len()) " " (Said(&group.title, 80)) ". " }
        "The table of launches below says the same in words."
    }
}

/// How large things are.
struct Drawing {
    /// Units from lane to lane.
    pitch: f64,
    /// Each launch has a lane of its own.
    named: bool,
    /// Milliseconds across the picture.
    span: i64,
}

impl Drawing {
    fn of(groups: &[Group<'_>], rows: usize) -> Self {
        let all = groups.iter().flat_map(|group| &group.rows);
        let ends = all.flat_map(|row| {
            row.spans
                .iter()
                .map(|span| span.to)
                .chain(row.end.map(|(_, at)| at))
        });
        let lanes = lanes(groups);
        let pitch = (TALL / lanes as f64).clamp(0.4, LANE);
        Self {
            pitch,
            named: lanes == rows && pitch >= NAMED,
            span: ends.max().unwrap_or_default().max(1),
        }
    }

    fn height(&self, groups: &[Group<'_>]) -> f64 {
        AXIS + lanes(groups) as f64 * self.pitch + (groups.len() + 1) as f64 * BETWEEN
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds on a page of a thousand units"
    )]
    fn x(&self, ms: i64) -> f64 {
        GUTTER + (WIDTH - GUTTER - MARGIN) * ms as f64 / self.span as f64
    }

    fn drawn(&self, groups: &[Group<'_>], height: f64) -> String {
        let mut svg = String::new();
        self.axis(&mut svg, height);
        // A bar is a little thinner than its lane, so that lanes are told apart; not where they are hairs.
        let bar = if self.pitch >= 3.0 {
            self.pitch * 0.72
        } else {
            self.pitch
        };
        let _ = write!(svg, r#"<g stroke-width="{bar:.2}">"#);
        let mut y = AXIS;
        for group in groups {
            y += BETWEEN;
            let title = format!("{} ({})", group.title, group.rows.len());
            text(&mut svg, "group", 2.0, y - 3.0, &title, 60);
            for row in &group.rows {
                self.row(&mut svg, row, y + self.pitch * (row.lane as f64 + 0.5));
            }
            y += self.pitch * group.lanes as f64;
        }
        svg.push_str("</g>");
        svg
    }

    fn axis(&self, svg: &mut String, height: f64) {
        let step = step(self.span);
        for at in (0..=self.span / step).map(|nth| nth * step) {
            let x = self.x(at);
            let _ = write!(svg, r#"<path class="grid" d="M{x:.1} {AXIS}V{height:.0}"/>"#);
            text(svg, "tick", x, AXIS - 8.0, &clock(at), 12);
        }
    }

    fn row(&self, svg: &mut String, row: &Row<'_>, y: f64) {
        let _ = write!(
            svg,
            r##"<a href="#l{}" tabindex="-1"><title>{}</title>"##,
            row.number,
            tip(row)
        );
        for span in &row.spans {
            let (from, to) = (self.x(span.from), self.x(span.to));
            let _ = write!(
                svg,
                r#"<path class="{}" d="M{from:.1} {y:.1}h{:.1}"/>"#,
                span.stage.class(),
                to - from
            );
        }
        if let Some((outcome, at)) = row.end {
            let class = words::json(outcome);
            let _ = write!(
                svg,
                r#"<path class="e-{class}" d="M{:.1} {y:.1}h3"/>"#,
                self.x(at) - 1.5
            );
        }
        svg.push_str("</a>");
        if self.named {
            text(svg, "name", GUTTER - 8.0, y + 4.0, row.record.title(), NAME);
        }
    }
}

fn lanes(groups: &[Group<'_>]) -> usize {
    groups.iter().map(|group| group.lanes).sum()
}

fn tip(row: &Row<'_>) -> String {
    let how = match &row.record.end {
        Some(end) => {
            let time = end.elapsed_ms.map(words::elapsed).unwrap_or_default();
            format!("{} after {time}", words::outcome(end.verdict.outcome))
        }
        None => row.record.unjudged().1.to_owned(),
    };
    html! { (Said(row.record.title(), 80)) ": " (how) }.into_string()
}

fn text(svg: &mut String, class: &str, x: f64, y: f64, words: &str, most: usize) {
    let words = html! { (Said(words, most)) }.into_string();
    let _ = write!(
        svg,
        r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{words}</text>"#
    );
}

/// The time between two marks of the axis, so that there are at most ten, ms.
fn step(span: i64) -> i64 {
    const SECOND: i64 = 1000;
    const STEPS: [i64; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
    let mut steps = STEPS.into_iter().map(|seconds| seconds * SECOND);
    steps
        .find(|step| span / step <= 9)
        .unwrap_or_else(|| (span / 9).max(SECOND))
}

/// `0:30`, `1:05:00`.
fn clock(ms: i64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..3600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}
