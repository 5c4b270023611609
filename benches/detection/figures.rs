//! The pictures: latency of every policy, requests over the number of launches.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::record::Played;

const SIZE: (u32, u32) = (860, 480);
const INK: RGBColor = RGBColor(0x60, 0x60, 0x60); // readable on white and on dark pages
const LIFTOFF: RGBColor = RGBColor(0xd4, 0x3d, 0x1a);

fn color(nth: usize, policy: &str) -> RGBColor {
    const OTHERS: [(u8, u8, u8); 7] = [
        (0x1f, 0x77, 0xb4),
        (0x2c, 0xa0, 0x2c),
        (0x94, 0x67, 0xbd),
        (0x8c, 0x56, 0x4b),
        (0x17, 0xbe, 0xcf),
        (0xbc, 0xbd, 0x22),
        (0x7f, 0x7f, 0x7f),
    ];
    let (r, g, b) = OTHERS[nth % OTHERS.len()];
    if policy == "liftoff" {
        LIFTOFF
    } else {
        RGBColor(r, g, b)
    }
}

/// One line of a picture.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// The share of launches that are judged rightly within a time, per policy.
pub(crate) fn latency(played: &Played, path: &Path) -> Result<(), Box<dyn Error>> {
    let lines: Vec<Line> = played
        .arms
        .iter()
        .map(|row| {
            let all = row.launches as f64;
            let sorted = liftoff::harness::stats::sorted(&row.latencies);
            let points = (1..)
                .zip(sorted)
                .map(|(nth, ms)| (ms / 1000.0, 100.0 * f64::from(nth) / all));
            Line {
                name: row.policy.to_owned(),
                points: points.collect(),
            }
        })
        .collect();
    let title = format!(
        "{}: % of launches judged rightly within s (RTT {} ms, N {}, built-in cloud)",
        played.case, played.rtt_ms, played.launches
    );
    let backend = SVGBackend::new(path, SIZE);
    let root = backend.into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 16, &INK))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d((0.02_f64..100.0).log_scale(), 0.0_f64..100.0)?;
    chart
        .configure_mesh()
        .x_desc("seconds from the first answer that shows the deciding fact")
        .axis_style(INK)
        .label_style(("sans-serif", 13, &INK))
        .light_line_style(INK.mix(0.06))
        .bold_line_style(INK.mix(0.18))
        .draw()?;
    for (nth, line) in lines.into_iter().enumerate() {
        let color = color(nth, &line.name);
        let steps = line.points;
        chart
            .draw_series(LineSeries::new(steps, color.stroke_width(2)))?
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .label_font(("sans-serif", 13, &INK))
        .position(SeriesLabelPosition::LowerRight)
        .draw()?;
    root.present()?;
    Ok(())
}

/// Requests a minute of one project over the number of launches in it, per policy.
pub(crate) fn requests(cells: &[&Played], path: &Path) -> Result<(), Box<dyn Error>> {
    let lines = growth_lines(cells);
    let backend = SVGBackend::new(path, SIZE);
    let root = backend.into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .caption(
            "Requests a minute of one project and region (RTT 80 ms, Google's quotas, built-in cloud)",
            ("sans-serif", 16, &INK),
        )
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d((1.0_f64..1000.0).log_scale(), (10.0_f64..20_000.0).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("launches at once")
        .axis_style(INK)
        .label_style(("sans-serif", 13, &INK))
        .light_line_style(INK.mix(0.06))
        .bold_line_style(INK.mix(0.18))
        .draw()?;
    for (nth, line) in lines.into_iter().enumerate() {
        let color = color(nth, &line.name);
        chart
            .draw_series(LineSeries::new(line.points, color.stroke_width(2)).point_size(3))?
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .label_font(("sans-serif", 13, &INK))
        .position(SeriesLabelPosition::UpperLeft)
        .draw()?;
    root.present()?;
    Ok(())
}

fn growth_lines(cells: &[&Played]) -> Vec<Line> {
    let Some(first) = cells.first() else {
        return Vec::new();
    };
    let line = |policy: &str| Line {
        name: policy.to_owned(),
        points: growth_points(cells, policy),
    };
    first.arms.iter().map(|row| line(row.policy)).collect()
}

/// Launches, and requests a minute, of a policy in the cells of the growth suite.
pub(crate) fn growth_points(cells: &[&Played], policy: &str) -> Vec<(f64, f64)> {
    let points = cells.iter().filter_map(|cell| {
        let row = cell.row(policy)?;
        Some((cell.launches as f64, row.requests_per_minute.iter().sum()))
    });
    points.collect()
}
