//! Targets that are held to what the benches `scale` and `classify` have left: what Liftoff takes of the machine.

use std::fmt::Write as _;

use liftoff::harness::Amiss;
use serde::Deserialize as _;
use serde_json::Value;

use super::left::cores;
use super::{Found, Target};

const SCALE: &str = "`--bench scale`";
/// Seconds that launches of a quarter of an hour need at least to be decided.
const LONG: u64 = 870;

/// All of them, from these two files.
pub(super) fn targets(scale: Option<&Value>, classify: Option<&Value>) -> Vec<Target> {
    let target = |id, what, found, command, obstacle| Target {
        id,
        what,
        found,
        command,
        obstacle,
    };
    vec![
        target(
            "T10",
            "1,000 launches of 900 s: ≤ 5 ms of a processor each",
            scale.and_then(processor),
            "`--bench scale -- --launches 1000:870`",
            "At rest 40 % are mailboxes and supervisors, 30 % HTTP/2, sockets and timers, 30 % pages that are read",
        ),
        target(
            "T11",
            "base ≤ 12 MB, ≤ 16 KiB a launch, 10,000 launches ≤ 180 MB",
            scale.and_then(memory),
            "`--bench scale -- --launches 1,1000,10000`",
            "It is what is known of each launch and its four actors, nearly nothing that launches share",
        ),
        target(
            "T12",
            "10,000 launches in one process, each judged rightly",
            scale.and_then(crowd),
            "`--bench scale -- --launches 10000`",
            "",
        ),
        target(
            "T13",
            "classification ≥ 1 GB/s on one core, pages ≥ 0.5 GB/s",
            classify.and_then(speed),
            "`--bench classify`",
            "Of plain lines' time half is the sieve, which alone reads 1.6 GB/s (two fifths of it are looks at a table as large as the first-level cache), a third the lines that mean something, 0.6 to 3 µs each",
        ),
        target(
            "T15",
            "`--version` ≤ 5 ms, first request ≤ 60 ms",
            scale.and_then(starts),
            SCALE,
            "What counts is the 95th percentile of forty starts, on a host that is shared",
        ),
        target(
            "T16",
            "binary ≤ 16 MB",
            scale.and_then(binary),
            SCALE,
            "Most is code of libraries: HTTP/2 of client and emulator, TLS, SQLite, regular expressions, arguments",
        ),
    ]
}

/// So many launches at once, as `scale` kept them.
struct Size<'a> {
    launches: u64,
    kept: &'a Value,
}

impl Size<'_> {
    fn cost(&self, field: &str) -> Option<f64> {
        self.kept["cost"][field].as_f64()
    }
}

fn sizes(scale: &Value) -> impl Iterator<Item = Size<'_>> {
    let sizes = scale["sizes"].as_array().into_iter().flatten();
    sizes.filter_map(|kept| {
        let launches = kept["launches"].as_u64()?;
        Some(Size { launches, kept })
    })
}

/// Alive for a quarter of an hour.
fn is_long(size: &Size<'_>) -> bool {
    size.kept["within_s"].as_u64() >= Some(LONG)
}

fn processor(scale: &Value) -> Option<Found> {
    let size = sizes(scale).find(|size| size.launches >= 1000 && is_long(size))?;
    let (cpu, launches) = (size.cost("cpu_ms")?, size.launches);
    let requests = size.kept["cost"]["requests"].as_array()?.iter();
    let requests: u64 = requests.filter_map(Value::as_u64).sum();
    let (each, a_request) = (cpu / launches as f64, cpu / requests.max(1) as f64);
    let figure = format!(
        "{each:.1} ms, {launches} launches; {requests} requests, {a_request:.1} ms each; {}",
        cores(scale)?
    );
    Some(Found::new(each <= 5.0, figure))
}

/// The base is a process with one launch, at its most: connections, and the code and tables that nothing needed before it, are
/// what launches share.
fn memory(scale: &Value) -> Option<Found> {
    let one = sizes(scale).find(|size| size.launches == 1)?;
    let base = one.cost("peak_kib")?;
    let (mut reached, mut figure) = (
        base <= 12.0 * 1024.0,
        format!("with one launch {:.1} MB", base / 1024.0),
    );
    let mut smaller: Option<(u64, f64)> = None;
    for size in sizes(scale).filter(|size| size.launches >= 1000 && !is_long(size)) {
        let most = size.cost("peak_kib")?;
        let each = (most - base) / (size.launches - 1) as f64;
        reached &= each <= 16.0 && (size.launches < 10_000 || most <= 180.0 * 1024.0);
        let _ = write!(
            figure,
            ", {} launches {:.0} MB, {each:.1} KiB each",
            size.launches,
            most / 1024.0
        );
        if let Some((fewer, less)) = smaller.filter(|(fewer, _)| *fewer < size.launches) {
            let more = (most - less) / (size.launches - fewer) as f64;
            let _ = write!(figure, " ({more:.1} beyond the {fewer})");
        }
        smaller = Some((size.launches, most));
    }
    let (most, _) = smaller?;
    let figure = format!("{figure}; {}", cores(scale)?);
    (most >= 10_000).then(|| Found::new(reached, figure))
}

fn crowd(scale: &Value) -> Option<Found> {
    let size = sizes(scale).find(|size| size.launches >= 10_000)?;
    let amiss = |verdicts: &Value| Amiss::deserialize(verdicts).ok();
    let (alive, batch) = (
        amiss(&size.kept["verdicts"])?,
        amiss(&scale["batch"]["verdicts"])?,
    );
    let figure = format!(
        "of {} alive at once {alive}; of a `liftoff batch` of {} {batch}; {}",
        size.launches,
        scale["batch"]["launches"].as_u64()?,
        cores(scale)?
    );
    Some(Found::new(alive.bad() + batch.bad() == 0, figure))
}

fn speed(classify: &Value) -> Option<Found> {
    let of = |field: &str| Some(classify[field].as_f64()? / 1000.0);
    let (plain, pages, json) = (of("plain")?, of("pages")?, of("json")?);
    let figure = format!(
        "{plain:.2} and {pages:.2} GB/s, of the latter the JSON alone {json:.2} GB/s; {}",
        cores(classify)?
    );
    Some(Found::new(plain >= 1.0 && pages >= 0.5, figure))
}

/// By the 95th percentile of the starts.
fn starts(scale: &Value) -> Option<Found> {
    let of = |kind: &str| {
        let figures = &scale["binary"][kind];
        Some((figures["p50"].as_f64()?, figures["p95"].as_f64()?))
    };
    let (version, first) = (of("version")?, of("first_request")?);
    let figure = format!(
        "{:.1} ms (p95 {:.1}), {:.1} ms (p95 {:.1}); {}",
        version.0,
        version.1,
        first.0,
        first.1,
        cores(scale)?
    );
    Some(Found::new(version.1 <= 5.0 && first.1 <= 60.0, figure))
}

/// Without symbols.
fn binary(scale: &Value) -> Option<Found> {
    let megabytes = scale["binary"]["stripped"].as_f64()? / 1e6;
    Some(Found::new(
        megabytes <= 16.0,
        format!("{megabytes:.1} MB without symbols"),
    ))
}
