//! What is played: the workloads, not every combination of their dimensions but every value of each.

use std::time::Duration;

use liftoff::harness::{Case, Cell, Draw, Enforced, Lag, Policy, Rival, Spread};

/// A cell, and who watches it.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) cell: Cell,
    pub(crate) policies: Vec<Policy>,
}

/// How much is played.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    /// Launches of each cell, watched by Liftoff.
    pub(crate) events: usize,
    /// The first so many of them are watched by the others too.
    pub(crate) rivals: usize,
    pub(crate) seed: u64,
}

const REPAIRED: Policy = Policy::Rival(Rival::Repaired);
const POLITE: Policy = Policy::Rival(Rival::Polite);
const OLD: Policy = Policy::Rival(Rival::OldLoop);
const LATER: Policy = Policy::Rival(Rival::LaterLoop);
/// The paths that are looked at in every dimension.
pub(crate) const PATHS: [Case; 3] = [Case::JobActive, Case::ExecutionFailed, Case::LogFatal];
/// Starts of a batch: 144 a minute are Liftoff's pace in one region, with a margin for the burst that it begins with.
const STARTS_PER_MINUTE: usize = 130;

fn entry(suite: &str, cell: Cell, policies: Vec<Policy>) -> Entry {
    let name = format!(
        "{suite} {} rtt={} n={}",
        cell.draw.case.name(),
        cell.rtt.as_millis(),
        cell.launches
    );
    Entry { name, cell, policies }
}

/// As life is: a wrapper that cheers early, other people's jobs, stragglers in the log.
fn lifelike(case: Case) -> Draw {
    Draw {
        case,
        foreign: 10,
        cheer: true,
        lag: Lag::Stragglers,
        ..Draw::default()
    }
}

impl Scale {
    fn cell(self, case: Case) -> Cell {
        Cell {
            draw: Draw {
                case,
                ..Draw::default()
            },
            events: self.events,
            rival_events: self.rivals,
            seed: self.seed,
            ..Cell::default()
        }
    }

    /// Every way to be decided, one launch, every rival.
    fn ways(self) -> impl Iterator<Item = Entry> {
        let everyone = || {
            std::iter::once(Policy::Liftoff)
                .chain(Rival::ALL.map(Policy::Rival))
                .collect()
        };
        Case::ALL
            .into_iter()
            .map(move |case| entry("ways", self.cell(case), everyone()))
    }

    /// The round-trip times beside the usual 80 ms.
    fn distances(self) -> impl Iterator<Item = Entry> {
        let times = [1, 20, 250].into_iter();
        times.flat_map(move |rtt| {
            PATHS.map(|case| {
                let cell = Cell {
                    rtt: Duration::from_millis(rtt),
                    events: self.events / 4,
                    rival_events: self.rivals / 2,
                    ..self.cell(case)
                };
                entry("distance", cell, vec![Policy::Liftoff, REPAIRED])
            })
        })
    }

    /// As life is, and one request in a hundred failing.
    fn life(self) -> impl Iterator<Item = Entry> {
        Case::ALL.into_iter().map(move |case| {
            let cell = Cell {
                faults: 0.01,
                draw: lifelike(case),
                events: self.events.div_ceil(2),
                rival_events: self.rivals.div_ceil(2),
                ..self.cell(case)
            };
            entry("life", cell, vec![Policy::Liftoff, OLD, LATER, REPAIRED])
        })
    }

    /// Several launches in one project under Google's quotas.
    fn crowds(self, sizes: &'static [usize]) -> impl Iterator<Item = Entry> {
        sizes.iter().flat_map(move |&launches| {
            PATHS.map(|case| {
                let cell = Cell {
                    launches,
                    ..self.cell(case)
                };
                entry("crowd", cell, vec![Policy::Liftoff, REPAIRED, POLITE])
            })
        })
    }

    /// The same without quotas, where pollers look best.
    fn unlimited(self) -> impl Iterator<Item = Entry> {
        PATHS.into_iter().map(move |case| {
            let cell = Cell {
                launches: 100,
                quotas: Enforced::None,
                events: self.rivals,
                ..self.cell(case)
            };
            entry("no-quotas", cell, vec![Policy::Liftoff, OLD, REPAIRED])
        })
    }

    /// Two hundred launches over five projects and four regions of each.
    fn scopes(self) -> impl Iterator<Item = Entry> {
        PATHS.into_iter().map(move |case| {
            let cell = Cell {
                launches: 200,
                events: self.events.div_ceil(2),
                spread: Spread {
                    projects: 5,
                    regions: 4,
                },
                ..self.cell(case)
            };
            entry("scopes", cell, vec![Policy::Liftoff, REPAIRED])
        })
    }

    /// A hundred launches, three of which print a thousand lines a second: more than any reader may read.
    fn flood(self) -> impl Iterator<Item = Entry> {
        PATHS.into_iter().map(move |case| {
            let mut cell = Cell {
                launches: 100,
                events: self.events.min(200),
                ..self.cell(case)
            };
            cell.draw.flood = 1000;
            entry("flood", cell, vec![Policy::Liftoff])
        })
    }

    /// Requests over the number of launches, each up to five minutes long, started as fast as a batch starts them. Ten
    /// thousand start within ten minutes and live up to fourteen, where starts are not limited.
    fn growth(self, sizes: &'static [usize]) -> impl Iterator<Item = Entry> {
        sizes.iter().map(move |&launches| {
            let mut cell = Cell {
                launches,
                starts: starts(launches),
                events: launches.max(20),
                rival_events: usize::MAX,
                ..self.cell(Case::JobActive)
            };
            cell.draw.within = Duration::from_mins(5);
            if launches > 1000 {
                (cell.quotas, cell.starts) = (Enforced::Reads, Duration::from_mins(10));
                cell.draw.within = Duration::from_mins(14);
            }
            let mut policies = vec![Policy::Liftoff];
            if launches <= 100 {
                policies.extend([REPAIRED, POLITE]); // beyond, both are refused almost everything
            }
            entry("growth", cell, policies)
        })
    }

    /// A thousand launches alive at once, for up to a quarter of an hour, decided by each path. Starts are not limited.
    fn long(self) -> impl Iterator<Item = Entry> {
        PATHS.into_iter().map(move |case| {
            let mut cell = Cell {
                launches: 1000,
                quotas: Enforced::Reads,
                events: 1000,
                ..self.cell(case)
            };
            cell.draw.within = Duration::from_secs(870);
            entry("long", cell, vec![Policy::Liftoff])
        })
    }

    /// Ten thousand launches alive at once, decided by what their runners print. Their starts take ten minutes.
    fn thousands(self) -> impl Iterator<Item = Entry> {
        let mut cell = Cell {
            launches: 10_000,
            quotas: Enforced::Reads,
            starts: Duration::from_mins(10),
            events: 10_000,
            ..self.cell(Case::LogFatal)
        };
        cell.draw.within = Duration::from_mins(14);
        std::iter::once(entry("thousands", cell, vec![Policy::Liftoff]))
    }

    /// Everything.
    pub(crate) fn full(self) -> Vec<Entry> {
        self.ways()
            .chain(self.life())
            .chain(self.distances())
            .chain(self.crowds(&[10, 100]))
            .chain(self.unlimited())
            .chain(self.scopes())
            .chain(self.flood())
            .chain(self.growth(&[1, 10, 100, 1000, 10_000]))
            .chain(self.long())
            .chain(self.thousands())
            .collect()
    }

    /// What a gate can afford.
    pub(crate) fn short(self) -> Vec<Entry> {
        let pair = |mut entry: Entry| {
            entry.policies = vec![Policy::Liftoff, REPAIRED];
            entry
        };
        let few = Self {
            events: self.events / 2,
            ..self
        };
        self.ways()
            .chain(self.life())
            .map(pair)
            .chain(few.crowds(&[10]).map(pair))
            .collect()
    }

    /// Nothing but Liftoff, a hundred launches at a time, as life is; of a hundred requests one fails, and of those every
    /// fourth is executed before its answer is lost.
    pub(crate) fn soak(self) -> Vec<Entry> {
        let cell = |case| Cell {
            draw: lifelike(case),
            launches: 100,
            faults: 0.0075,
            lost: 0.0025,
            ..self.cell(case)
        };
        let cells = Case::ALL.into_iter().map(cell);
        cells
            .map(|cell| entry("soak", cell, vec![Policy::Liftoff]))
            .collect()
    }
}

fn starts(launches: usize) -> Duration {
    Duration::from_secs((launches * 60 / STARTS_PER_MINUTE).max(60) as u64)
}
