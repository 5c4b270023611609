//! The picture: memory over the number of launches.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

use crate::party::Size;

const INK: RGBColor = RGBColor(0x60, 0x60, 0x60); // readable on white and on dark pages
const LIFTOFF: RGBColor = RGBColor(0xd4, 0x3d, 0x1a);

pub(crate) fn memory(sizes: &[Size], path: &Path) -> Result<(), Box<dyn Error>> {
    let megabytes = |kib: u64| kib as f64 / 1024.0;
    let most = sizes
        .iter()
        .map(|size| megabytes(size.cost.peak_kib))
        .fold(1.0, f64::max);
    let widest = sizes.iter().map(|size| size.launches as f64).fold(10.0, f64::max);
    let root = SVGBackend::new(path, (860, 360)).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .caption(
            "Resident memory of one process, MB, over launches at once in it (built-in cloud)",
            ("sans-serif", 16, &INK),
        )
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d((1.0_f64..widest).log_scale(), 0.0..most * 1.2)?;
    chart
        .configure_mesh()
        .x_desc("launches at once")
        .axis_style(INK)
        .label_style(("sans-serif", 13, &INK))
        .light_line_style(INK.mix(0.06))
        .bold_line_style(INK.mix(0.18))
        .draw()?;
    let points = sizes
        .iter()
        .map(|size| (size.launches as f64, megabytes(size.cost.peak_kib)));
    chart.draw_series(LineSeries::new(points, LIFTOFF.stroke_width(2)).point_size(3))?;
    root.present()?;
    Ok(())
}
