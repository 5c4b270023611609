//! One kind of picture for every bench: lines over a logarithmic axis, on white, so that it can be read on any page.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;

const SIZE: (u32, u32) = (860, 460);
const INK: RGBColor = RGBColor(0x40, 0x40, 0x40);
const FIRST: RGBColor = RGBColor(0xd4, 0x3d, 0x1a);
/// Told apart also by those who see no red or green: Okabe and Ito's, without the first line's.
const OTHERS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x80, 0x80, 0x80),
    RGBColor(0x00, 0x00, 0x00),
];

/// A line; the first of a picture is Liftoff's.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// The vertical axis.
pub(crate) enum Scale {
    Linear(Range<f64>),
    Logarithmic(Range<f64>),
}

/// A picture.
pub(crate) struct Chart<'a> {
    pub(crate) title: &'a str,
    /// Below the title: against what, under which conditions.
    pub(crate) note: &'a str,
    /// What the logarithmic horizontal axis shows, and from where to where.
    pub(crate) x: (&'a str, Range<f64>),
    pub(crate) y: (&'a str, Scale),
    /// Marks the points: few and measured.
    pub(crate) dots: bool,
    /// Where the lines leave room for their names.
    pub(crate) names: SeriesLabelPosition,
    pub(crate) lines: Vec<Line>,
}

impl Chart<'_> {
    /// Draws it as SVG.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let root = SVGBackend::new(path, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let root = root.titled(self.title, ("sans-serif", 18).into_font().color(&INK))?;
        let root = root.titled(self.note, ("sans-serif", 13).into_font().color(&INK.mix(0.8)))?;
        let mut builder = ChartBuilder::on(&root);
        builder.margin(14).x_label_area_size(44).y_label_area_size(68);
        let x = self.x.1.clone().log_scale();
        match &self.y.1 {
            Scale::Linear(y) => self.paint(builder.build_cartesian_2d(x, y.clone())?)?,
            Scale::Logarithmic(y) => self.paint(builder.build_cartesian_2d(x, y.clone().log_scale())?)?,
        }
        root.present()?;
        Ok(())
    }

    fn paint<'b, X, Y>(
        &self,
        mut chart: ChartContext<'b, SVGBackend<'b>, Cartesian2d<X, Y>>,
    ) -> Result<(), Box<dyn Error>>
    where
        X: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        chart
            .configure_mesh()
            .x_desc(self.x.0)
            .y_desc(self.y.0)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| short(*value))
            .axis_style(INK)
            .axis_desc_style(("sans-serif", 14, &INK))
            .label_style(("sans-serif", 13, &INK))
            .light_line_style(INK.mix(0.05))
            .bold_line_style(INK.mix(0.15))
            .draw()?;
        // The first is drawn last: on top of the others. The names keep their order.
        for (nth, line) in self.lines.iter().enumerate().rev() {
            let style = Self::style(nth);
            chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
            if self.dots {
                let dot = |point: &(f64, f64)| Circle::new(*point, 3, style.filled());
                chart.draw_series(line.points.iter().map(dot))?;
            }
        }
        for (nth, line) in self.lines.iter().enumerate() {
            let style = Self::style(nth);
            chart
                .draw_series(std::iter::empty::<Circle<(f64, f64), i32>>())?
                .label(line.name.as_str())
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
        if self.lines.len() > 1 {
            chart
                .configure_series_labels()
                .label_font(("sans-serif", 13, &INK))
                .background_style(WHITE.mix(0.9))
                .border_style(INK.mix(0.2))
                .position(self.names.clone())
                .draw()?;
        }
        Ok(())
    }

    fn style(nth: usize) -> ShapeStyle {
        let color = nth
            .checked_sub(1)
            .map_or(FIRST, |other| OTHERS[other % OTHERS.len()]);
        color.stroke_width(if nth == 0 { 3 } else { 2 })
    }
}

/// A number of an axis: no more digits than it needs.
fn short(value: f64) -> String {
    if value.abs() >= 1000.0 && value % 1000.0 == 0.0 {
        return format!("{},000", value / 1000.0);
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
