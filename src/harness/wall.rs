//! The same on the real clock, with the emulator in another process: what the machine adds, and what it costs.
//!
//! Both processes read the machine's wall clock once and count on from there, so that their times agree to what that clock
//! is set by in between. A life's deciding instant is the creation of its execution, which the API tells, plus the offset
//! that it was drawn with.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::liftoff::{self, Kit, Said};
use super::stage::{HarnessError, Stage, client};
use super::verdict::{Claim, Tally};
use super::workload::Life;
use crate::clock::Clock;
use crate::core::ids::{RunJob, Scope};
use crate::core::pattern::PatternSet;
use crate::core::verdict::Outcome;
use crate::gcp::{ApiError, ErrorKind, Gcp, Http, SetupError};

/// A read that the quota refused is made again after this.
const AGAIN: Duration = Duration::from_secs(1);

/// What the projects of launches are called; the number of the first life follows, so that processes that play different
/// lives against one cloud share no quota.
const PROJECT: &str = "wall";

/// How a process of launches speaks to the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// As with Google's servers: one connection, of little memory. A server answers so many requests of it at a time, 200 by
    /// hyper's default; where more launches than that wait for their executions' ends, the other requests queue.
    Http2,
    /// A connection for each request under way, with 60 KiB of buffers.
    Http1,
}

impl Transport {
    fn client(self) -> Result<Http, SetupError> {
        match self {
            Self::Http2 => Http::over_http2("liftoff-bench"),
            Self::Http1 => Http::new("liftoff-bench"),
        }
    }
}

/// What a process of Liftoff came to and cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cost {
    /// Its verdicts.
    pub tally: Tally,
    /// Requests to Cloud Run, Cloud Logging and Vertex AI.
    pub requests: [u64; 3],
    /// Time on a processor from the first start to the last end, over all threads, in milliseconds.
    pub cpu_ms: f64,
    /// The time itself, in seconds.
    pub seconds: f64,
    /// Resident memory before the first start, in KiB, patterns and client included.
    pub base_kib: u64,
    /// The most resident memory, in KiB.
    pub peak_kib: u64,
    /// Of either, what are pages of the program and its libraries, which other processes share, in KiB.
    pub program_kib: u64,
    /// Open files at the end.
    pub files: usize,
    /// Of each verdict, the time from the last byte of the last answer to it, in milliseconds.
    pub own_ms: Vec<f64>,
}

/// Measures what the machine takes, where the tokio clock is virtual.
#[expect(
    clippy::disallowed_types,
    reason = "what the simulation takes is the machine's time"
)]
pub(super) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    pub(super) fn start() -> Self {
        #[expect(clippy::disallowed_types, reason = "as above")]
        Self(std::time::Instant::now())
    }

    pub(super) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Serves the cloud of a cell until the process is ended; tells where, and the token, once it listens.
pub async fn serve(cell: &Cell, told: impl FnOnce(&str, &str)) -> Result<(), HarnessError> {
    let lives = cell.lives()?;
    let stage = Stage::start_at(cell.setting(0, &lives), Clock::system()).await?;
    told(&stage.emulator.endpoint(), &stage.emulator.static_token());
    std::future::pending().await
}

/// Launches a cell's lives against the emulator at `endpoint`.
pub async fn launch(
    cell: &Cell,
    endpoint: &str,
    token: &str,
    transport: Transport,
) -> Result<Cost, HarnessError> {
    let clock = Clock::system();
    let gcp = client(transport.client()?, endpoint, token, clock)?;
    let kit = Kit {
        gcp: gcp.clone(),
        patterns: Rc::new(PatternSet::builtin()?),
        clock,
        starts: cell.starts,
    };
    let jobs = jobs(cell);
    let (base_kib, cpu, begun) = (status("VmRSS"), cpu_ms(), tokio::time::Instant::now());
    let said = liftoff::launch(kit, &jobs).await?;
    let requests = gcp.requests();
    let mut cost = Cost {
        tally: Tally::default(), // judged when all else is measured
        requests: [requests.run, requests.logging, requests.vertex],
        cpu_ms: cpu_ms() - cpu,
        seconds: begun.elapsed().as_secs_f64(),
        base_kib,
        peak_kib: status("VmHWM"),
        program_kib: status("RssFile"),
        files: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
        own_ms: own_times(&said),
    };
    let heard = said.into_iter().map(|said| said.map(Heard::from)).collect();
    cost.tally = judged(cell, &gcp, heard).await?;
    Ok(cost)
}

/// Where a cell's launches live, in the order of its lives.
pub fn jobs(cell: &Cell) -> Vec<RunJob> {
    cell.places(&format!("{PROJECT}{}", cell.first), cell.jobs().iter())
}

/// What was said of one launch.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The verdict's outcome,
    pub outcome: Outcome,
    /// when it was given, by the machine's wall clock,
    pub at: Timestamp,
    /// and the full name of the execution that it is about; empty if none was started.
    pub execution: String,
}

impl From<Said> for Heard {
    fn from(said: Said) -> Self {
        Self {
            outcome: said.outcome,
            at: said.at,
            execution: said.execution,
        }
    }
}

/// Judges what a process said of a cell's launches, in the order of [`jobs`], by the emulator at `endpoint`.
pub async fn judge(
    cell: &Cell,
    endpoint: &str,
    token: &str,
    heard: Vec<Option<Heard>>,
) -> Result<Tally, HarnessError> {
    let gcp = client(
        Http::over_http2("liftoff-bench")?,
        endpoint,
        token,
        Clock::system(),
    )?;
    judged(cell, &gcp, heard).await
}

async fn judged(cell: &Cell, gcp: &Gcp, heard: Vec<Option<Heard>>) -> Result<Tally, HarnessError> {
    let created = creations(gcp, &jobs(cell)).await?;
    let mut tally = Tally::default();
    for (heard, (job, life)) in heard.into_iter().zip(cell.lives()?) {
        let created = heard.as_ref().and_then(|heard| created.get(&heard.execution));
        let judged = claim(heard.as_ref(), created.copied(), &life).judge();
        tally.add(judged);
        tally.wonder(judged, || match heard {
            Some(heard) => format!(
                "{job}: {judged:?}, said {:?} of {}",
                heard.outcome, heard.execution
            ),
            None => format!("{job}: {judged:?}, said nothing"),
        });
    }
    Ok(tally)
}

fn own_times(said: &[Option<Said>]) -> Vec<f64> {
    let times = said.iter().flatten().map(|said| said.since_answer);
    times.map(|time| time.as_secs_f64() * 1000.0).collect()
}

fn claim(said: Option<&Heard>, created: Option<Timestamp>, life: &Life) -> Claim {
    let shown = created.and_then(|created| created.checked_add(life.decided).ok());
    Claim {
        said: said.map(|said| (said.outcome, said.at)),
        truth: life.outcome,
        shown,
        given_up: shown.and_then(|shown| life.given_up(shown)),
    }
}

/// When each execution was created, by its full name: a list for every scope, so that ten thousand take a hundred requests
/// of a quota that the launches may have used up.
async fn creations(gcp: &Gcp, jobs: &[RunJob]) -> Result<HashMap<String, Timestamp>, ApiError> {
    let scopes: HashSet<&Scope> = jobs.iter().map(|job| &job.scope).collect();
    let mut created = HashMap::new();
    for scope in scopes {
        let all = RunJob::any_of(scope.clone());
        let mut token: Option<String> = None;
        loop {
            let page = match gcp.executions_page(&all, token.as_deref(), &|_| None).await {
                Err(error) if error.kind() == ErrorKind::RateLimited => {
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
                answer => answer?,
            };
            let views = page.fresh.into_iter().map(|listed| listed.item);
            created.extend(views.filter_map(|view| Some((view.name.to_string(), view.create_time?))));
            if page.next.is_none() {
                break;
            }
            token = page.next;
        }
    }
    Ok(created)
}

/// A field of `/proc/self/status` in KiB; 0 where there is none.
fn status(field: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}

/// Time on a processor so far, over the threads that live, by the kernel's count of nanoseconds.
fn cpu_ms() -> f64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = tasks.filter_map(|task| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    nanos.sum::<u64>() as f64 / 1e6
}
