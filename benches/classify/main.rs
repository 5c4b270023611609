//! `cargo bench --bench classify`: how fast logs are read, beside `grep -F -f` and Python with the same literals. See
//! `benches/README.md`.

mod corpus;
#[path = "../common/kept.rs"]
mod kept;
mod rivals;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use liftoff::core::pattern::PatternSet;
use liftoff::core::reader::{Passage, RunnerReader, TextReader};
use liftoff::gcp::EntriesPage;
use serde::Serialize;
use tokio::time::Instant;

/// Plain lines read, in bytes.
const PLAIN: usize = 64 << 20;
/// Pages of entries read.
const PAGES: usize = 48;
/// Bytes that a filter has at once.
const CHUNK: usize = 128 * 1024;
/// Rounds in which each is measured once, for some fifteen seconds together; the best counts, as the others had to share the
/// machine.
const TIMES: u32 = 50;

/// What is kept: megabytes a second on one core.
#[derive(Serialize)]
struct Speeds {
    /// Of the machine.
    cores: usize,
    plain: f64,
    /// Pages of entries, with their JSON,
    pages: f64,
    /// and their JSON alone.
    json: f64,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let patterns = PatternSet::builtin()?;
    let log = corpus::log(PLAIN);
    let pages: Vec<String> = (0..PAGES).map(corpus::page).collect();
    let mut out = io::stdout().lock();
    let mut table = Table::new(&mut out);

    let newlines = || memchr::memchr_iter(b'\n', log.as_bytes()).count();
    let [mut plain, mut read, mut parse, mut copied] = [Duration::MAX; 4];
    let (mut meant, mut entries) = (0, 0);
    for _ in 0..TIMES {
        meant = timed(&mut plain, || read_plain(&patterns, &log));
        entries = timed(&mut read, || read_pages(&patterns, &pages));
        timed(&mut parse, || {
            pages.iter().map(|page| parsed(page).entries.len()).sum::<usize>()
        });
        timed(&mut copied, newlines);
    }
    let json = pages.iter().map(String::len).sum();
    table.row("plain lines, one core", log.len(), plain)?;
    table.row("entries.list pages, JSON and all", json, read)?;
    table.row("  of these, JSON alone", json, parse)?;
    table.row("  (counting newlines)", log.len(), copied)?;

    let speeds = Speeds {
        cores: kept::cores(),
        plain: speed(log.len(), plain),
        pages: speed(json, read),
        json: speed(json, parse),
    };
    kept::write("classify.json", &speeds)?;

    let literals: Vec<&str> = patterns.literals().collect();
    rivals::all(&mut table, &literals, &log, plain)?;
    writeln!(out, "{meant} of the lines mean something; {entries} entries")?;
    Ok(())
}

/// How many lines of a log mean something.
fn read_plain(patterns: &PatternSet, log: &str) -> usize {
    let mut reader = TextReader::new();
    let mut meant = 0;
    for chunk in chunks(log) {
        let mut rest = patterns.sift(chunk);
        while let Some(passage) = reader.next(patterns, &mut rest) {
            meant += match passage {
                Passage::Quiet { .. } => 0,
                Passage::Line { told, .. } => told.len(),
            };
        }
    }
    meant + reader.finish().len()
}

/// Whole lines, as a filter gets them.
fn chunks(log: &str) -> impl Iterator<Item = &str> {
    let mut rest = log;
    std::iter::from_fn(move || {
        let most = rest.floor_char_boundary(CHUNK);
        let end = memchr::memrchr(b'\n', &rest.as_bytes()[..most]).map_or(rest.len(), |end| end + 1);
        let (chunk, after) = rest.split_at(end);
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// Reads pages as a supervised launch does.
fn read_pages(patterns: &PatternSet, pages: &[String]) -> usize {
    let mut reader = RunnerReader::new();
    let mut entries = 0;
    for page in pages {
        let page = parsed(page);
        std::hint::black_box(reader.read(patterns, &page.entries));
        entries += page.entries.len();
    }
    entries
}

fn parsed(page: &str) -> EntriesPage {
    EntriesPage::parse(page.as_bytes(), &|_| false).unwrap_or_default()
}

/// Does some work, and keeps how long it took at best.
fn timed<T>(best: &mut Duration, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = std::hint::black_box(work());
    *best = begun.elapsed().min(*best);
    result
}

/// Megabytes a second.
fn speed(bytes: usize, took: Duration) -> f64 {
    bytes as f64 / took.as_secs_f64() / 1e6
}

/// One line a measurement.
pub(crate) struct Table<'a> {
    out: &'a mut dyn io::Write,
}

impl<'a> Table<'a> {
    fn new(out: &'a mut dyn io::Write) -> Self {
        Self { out }
    }

    fn row(&mut self, what: &str, bytes: usize, took: Duration) -> io::Result<()> {
        let speed = speed(bytes, took);
        writeln!(self.out, "{what:<46} {:>6} MiB {speed:>9.0} MB/s", bytes >> 20)
    }

    /// How many times slower a rival is than Liftoff, which reads `ours` megabytes a second.
    fn ratio(&mut self, what: &str, bytes: usize, took: Duration, ours: f64) -> io::Result<()> {
        let speed = speed(bytes, took);
        writeln!(
            self.out,
            "{what:<46} {:>6} MiB {speed:>9.0} MB/s   liftoff: {:.1} times as fast",
            bytes >> 20,
            ours / speed
        )
    }

    fn skip(&mut self, what: &str, why: &str) -> io::Result<()> {
        writeln!(self.out, "{what:<46} skipped: {why}")
    }
}
