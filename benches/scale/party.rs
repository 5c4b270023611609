//! Two processes and what became of them: one is the cloud, the other launches.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use liftoff::harness::stats::Figures;
use liftoff::harness::wall::{Cost, Transport};
use liftoff::harness::{Case, Cell, Draw, Enforced};
use serde::Serialize;

use crate::batch;
use crate::process::{self, Process};
use crate::verdicts::Verdicts;

/// Above this only the emulated quotas on reads hold: a thousand starts would take minutes of theirs, and the first would be
/// over before the last began.
const WITHIN_QUOTAS: usize = 100;

/// What is played: so many launches, decided one way, each within a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) case: Case,
    pub(crate) launches: usize,
    /// The latest deciding fact; long beside the starts, so that nearly all are alive at once.
    pub(crate) within: Duration,
}

impl Scene {
    /// The usual time for so many.
    pub(crate) fn usual(case: Case, launches: usize) -> Self {
        Self {
            case,
            launches,
            within: Duration::from_secs(45 + launches as u64 / 20),
        }
    }

    /// The one that `N` or `N:SECONDS` asks for, decided by Vertex AI.
    pub(crate) fn asked(text: &str) -> Result<Self, std::num::ParseIntError> {
        let (launches, within) = text.split_once(':').map_or((text, None), |(n, s)| (n, Some(s)));
        let mut scene = Self::usual(Case::JobActive, launches.parse()?);
        if let Some(seconds) = within {
            scene.within = Duration::from_secs(seconds.parse()?);
        }
        Ok(scene)
    }

    /// The lives, drawn alike in both processes.
    pub(crate) fn cell(self) -> Cell {
        Cell {
            draw: Draw {
                case: self.case,
                within: self.within,
                ..Draw::default()
            },
            launches: self.launches,
            starts: Duration::from_secs(5).max(Duration::from_secs(self.launches as u64 / 100)),
            quotas: if self.launches <= WITHIN_QUOTAS {
                Enforced::Google
            } else {
                Enforced::Reads
            },
            events: self.launches,
            seed: 11,
            ..Cell::default()
        }
    }

    fn parse(words: &[&str]) -> Result<Self, Box<dyn Error>> {
        let [case, launches, within] = words else {
            return Err("no such scene".into());
        };
        let case = Case::ALL.into_iter().find(|known| known.name() == *case);
        Ok(Self {
            case: case.ok_or("no such case")?,
            launches: launches.parse()?,
            within: Duration::from_secs(within.parse()?),
        })
    }
}

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {}",
            self.case.name(),
            self.launches,
            self.within.as_secs()
        )
    }
}

/// What this program does when it calls itself.
pub(crate) enum Part {
    Serve(Cell),
    Launch(Scene, String, String),
}

impl Part {
    pub(crate) fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["serve", scene @ ..] => Ok(Self::Serve(Scene::parse(scene)?.cell())),
            ["serve-batch", launches] => Ok(Self::Serve(batch::cell(launches.parse()?))),
            ["launch", endpoint, token, scene @ ..] => Ok(Self::Launch(
                Scene::parse(scene)?,
                (*endpoint).into(),
                (*token).into(),
            )),
            _ => Err("no such part".into()),
        }
    }

    pub(crate) fn play(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Serve(cell) => process::serve(&cell),
            Self::Launch(scene, endpoint, token) => {
                process::launch(&scene.cell(), &endpoint, &token, Transport::Http2)
            }
        }
    }
}

/// What so many launches in one process cost.
#[derive(Serialize)]
pub(crate) struct Size {
    pub(crate) launches: usize,
    /// The latest deciding fact, in seconds from a launch's start.
    pub(crate) within_s: u64,
    pub(crate) verdicts: Verdicts,
    pub(crate) latency: Figures,
    pub(crate) cost: Cost,
}

impl Size {
    /// Plays a scene in two processes.
    pub(crate) fn play(scene: Scene) -> Result<Self, Box<dyn Error>> {
        let mut cloud = Process::start(&format!("serve {scene}"))?;
        let told = cloud.line()?;
        let mut launches = Process::start(&format!("launch {told} {scene}"))?;
        let cost: Cost = serde_json::from_str(&launches.line()?)?;
        Ok(Self {
            launches: scene.launches,
            within_s: scene.within.as_secs(),
            verdicts: Verdicts::of(&cost.tally),
            latency: Figures::of(&cost.tally.latencies, scene.cell().seed),
            cost,
        })
    }

    /// Resident memory of one more launch beyond those of a smaller size, or beyond none, KiB.
    pub(crate) fn kib_per_launch(&self, smaller: Option<&Self>) -> f64 {
        let (launches, kib) = smaller.map_or((0, self.cost.base_kib), |size| {
            (size.launches, size.cost.peak_kib)
        });
        let more = self.launches.saturating_sub(launches).max(1);
        self.cost.peak_kib.saturating_sub(kib) as f64 / more as f64
    }

    /// Processor time of one launch for its whole life here, ms.
    pub(crate) fn cpu_per_launch(&self) -> f64 {
        self.cost.cpu_ms / self.launches as f64
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cost = &self.cost;
        let megabytes = |kib: u64| kib as f64 / 1024.0;
        writeln!(
            f,
            "N {}: {}; p50 {:.0} p99 {:.0} ms; memory {:.1} MB at first, {:.1} MB at most ({:.1} MB of either are the \
             program), {:.1} KiB a launch; processor {:.2} ms a launch ({:.1} % of one for {:.0} s); {} files; \
             requests {:?}",
            self.launches,
            self.verdicts,
            self.latency.p50,
            self.latency.p99,
            megabytes(cost.base_kib),
            megabytes(cost.peak_kib),
            megabytes(cost.program_kib),
            self.kib_per_launch(None),
            self.cpu_per_launch(),
            cost.cpu_ms / cost.seconds / 10.0,
            cost.seconds,
            cost.files,
            cost.requests
        )
    }
}
