//! The picture: memory over the number of launches.

use std::error::Error;
use std::path::Path;

use crate::chart::{Chart, Line, Scale};
use crate::party::Size;

pub(crate) fn memory(sizes: &[Size], path: &Path) -> Result<(), Box<dyn Error>> {
    let point = |size: &Size| (size.launches as f64, size.cost.peak_kib as f64 / 1024.0);
    let mut points: Vec<_> = sizes.iter().map(point).collect();
    points.dedup_by_key(|(launches, _)| *launches); // the same number for longer takes no other memory
    let widest = points.iter().map(|(launches, _)| *launches).fold(10.0, f64::max);
    let most = points.iter().map(|(_, megabytes)| *megabytes).fold(1.0, f64::max);
    Chart {
        title: "What watching many launches takes of memory",
        note: "one process, round trip 80 ms, HTTP/2; against the built-in cloud, real time",
        x: ("launches at once", 1.0..widest),
        y: (
            "resident MB, the program's pages included",
            Scale::Linear(0.0..most * 1.2),
        ),
        dots: true,
        lines: vec![Line {
            name: "liftoff".to_owned(),
            points,
        }],
    }
    .write(path)
}
