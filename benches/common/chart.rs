//! One kind of picture for every bench: lines over a logarithmic axis, on white, so that it can be read on any page.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const SIZE: (u32, u32) = (860, 460);
/// The width right of the plot for the names of its lines: there they cover none.
const NAMES: u32 = 190;
/// The height of a name.
const ROW: i32 = 22;
/// The width of the piece of its line before it,
const DASH: i32 = 18;
/// and from that to the name.
const GAP: i32 = 8;
/// The margin right of the plot: half of the last label below it stands out so far.
const LABEL: u32 = 24;
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
    pub(crate) lines: Vec<Line>,
}

impl Chart<'_> {
    /// Draws it as SVG.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let root = SVGBackend::new(path, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let root = root.titled(self.title, ("sans-serif", 18).into_font().color(&INK))?;
        let root = root.titled(self.note, ("sans-serif", 13).into_font().color(&INK.mix(0.8)))?;
        let (width, _) = root.dim_in_pixel();
        let beside = if self.lines.len() > 1 { NAMES } else { 0 };
        let (plot, names) = root.split_horizontally(width - beside);
        let mut builder = ChartBuilder::on(&plot);
        builder
            .margin(14)
            .margin_right(LABEL)
            .x_label_area_size(44)
            .y_label_area_size(68);
        let x = self.x.1.clone().log_scale();
        match &self.y.1 {
            Scale::Linear(y) => self.paint(builder.build_cartesian_2d(x, y.clone())?)?,
            Scale::Logarithmic(y) => self.paint(builder.build_cartesian_2d(x, y.clone().log_scale())?)?,
        }
        if beside > 0 {
            self.name(&names)?;
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
        // The first is drawn last: on top of the others.
        for (nth, line) in self.lines.iter().enumerate().rev() {
            let style = Self::style(nth);
            chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
            if self.dots {
                let dot = |point: &(f64, f64)| Circle::new(*point, 3, style.filled());
                chart.draw_series(line.points.iter().map(dot))?;
            }
        }
        Ok(())
    }

    /// The names of the lines, one below the other.
    fn name(&self, beside: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Box<dyn Error>> {
        let text = ("sans-serif", 13).into_font().color(&INK);
        let text = text.pos(Pos::new(HPos::Left, VPos::Center));
        let rows = (1..).map(|row| row * ROW);
        for ((nth, line), y) in self.lines.iter().enumerate().zip(rows) {
            beside.draw(&PathElement::new([(0, y), (DASH, y)], Self::style(nth)))?;
            beside.draw(&Text::new(line.name.as_str(), (DASH + GAP, y), text.clone()))?;
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
